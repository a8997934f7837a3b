export function sbomText(root: string, bundled: readonly string[], epochSeconds: number): string;
