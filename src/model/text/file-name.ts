// File names from any names, and absolute paths. Short names of lower-case letters, digits and `-` are used as they are. Other
// names are simplified and get a hash, so that no name leaves its folder, and names that differ only in case
// have different files.

/** Returns the name of the file for a name of any characters. */
export function fileNameFor(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,79}$/.test(name)) return name;
  const flat = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${flat.slice(0, 40)}-${fnv1a(name)}`;
}

function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

/** `resolve` of node:path, which resolves `..` in the text. */
type Resolve = (path: string) => string;

/**
 * Returns whether the kernel decides where the path leads, and its text does not: `..` after a link is the folder above
 * the link's target. Windows resolves `..` in the text, before it looks for a link.
 */
export function isReadByKernel(path: string, resolve: Resolve): boolean {
  return /(^|\/)\.\.(\/|$)/.test(path) && resolve("/") === "/";
}

/** Returns the absolute path of the same file: `..` stays where the kernel reads it. */
export function absolutePath(path: string, resolve: Resolve): string {
  if (!isReadByKernel(path, resolve)) return resolve(path);
  return path.startsWith("/") ? path : `${resolve(".")}/${path}`;
}
