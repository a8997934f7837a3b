// Reads XML as AWS's services answer it: elements and text, no attributes that matter, no document type. Text that is
// not well-formed reads as undefined.

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Of an element without children. */
  readonly text: string;
}

const deepest = 40;

export function readXml(source: string): XmlElement | undefined {
  const tokens = source.matchAll(
    /<\?[^>]*\?>|<(\/?)([A-Za-z][\w.:-]*)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/g,
  );
  const open: { name: string; children: XmlElement[]; text: string }[] = [
    { name: "", children: [], text: "" },
  ];
  let end = 0;
  for (const token of tokens) {
    if (token.index !== end) return undefined;
    end += token[0].length;
    const [, closing, name, , single, text] = token;
    const parent = open.at(-1);
    if (parent === undefined || open.length > deepest) return undefined;
    if (text !== undefined) parent.text += text;
    else if (name === undefined) continue;
    else if (closing === "/") {
      const done = open.pop();
      if (done === undefined || done.name !== name || open.length === 0) return undefined;
      open.at(-1)?.children.push({ ...done, text: decodeText(done.text) });
    } else if (single === "/") parent.children.push({ name, children: [], text: "" });
    else open.push({ name, children: [], text: "" });
  }
  const [root] = open;
  if (end !== source.length || open.length !== 1 || root?.children.length !== 1) return undefined;
  return root.children[0];
}

/** The first element of a path below this one; undefined: none. */
export function childOf(
  element: XmlElement | undefined,
  ...path: readonly string[]
): XmlElement | undefined {
  return path.reduce((found, name) => found?.children.find((each) => each.name === name), element);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (element?.children ?? []).filter((each) => each.name === name);
}

/** The text of an element; undefined where there is none or it is empty. */
export function textOf(
  element: XmlElement | undefined,
  ...path: readonly string[]
): string | undefined {
  return childOf(element, ...path)?.text.trim() || undefined;
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

function decodeText(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
