// Names as file names. Short names of lowercase letters, digits and `-` stand as they are; any other
// is flattened and told apart by a hash, so that no name leads out of its folder and none that
// differ in case alone meet on a disk that does not care.

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
