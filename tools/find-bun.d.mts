export function findBun(): string | undefined;
export function findKeyringBinding(): string;
