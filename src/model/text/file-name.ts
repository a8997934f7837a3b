// Makes file names from any names. Short names of lower-case letters, digits and `-` are used as they are. Other
// names are simplified and get a hash, so that no name leaves its folder, and names that differ only in case
// have different files.

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
