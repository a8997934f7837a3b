export function hostTarget(): { readonly name: string };
