// Characters that are copied together with a text and can't be seen: zero width spaces, direction marks, no-break
// spaces. Messages name them by code point, since printing them shows nothing.

const names: Readonly<Record<number, string>> = {
  0: "NUL",
  9: "tab",
  32: "space",
  160: "no-break space",
  173: "soft hyphen",
  8203: "zero width space",
  8204: "zero width non-joiner",
  8205: "zero width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8216: "left single quotation mark",
  8217: "right single quotation mark",
  8220: "left double quotation mark",
  8221: "right double quotation mark",
  8232: "line separator",
  8239: "narrow no-break space",
  8288: "word joiner",
  12288: "ideographic space",
  65279: "byte order mark",
};

/** Returns the characters of a text that can't be seen, in their order. A plain space can be expected. */
export function invisibleCharacters(text: string): readonly string[] {
  // Almost every text is plain ASCII.
  if (/^[\x20-\x7e]*$/.test(text)) return [];
  return text.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu) ?? [];
}

export function withoutInvisible(text: string): string {
  const odd = invisibleCharacters(text);
  return odd.length === 0 ? text : [...text].filter((each) => !odd.includes(each)).join("");
}

/** `the character U+200B (zero width space)`; a letter that looks like another one is printed in quotes. */
export function nameCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  const isSeen = invisibleCharacters(character).length === 0 && character.trim() !== "";
  const name = names[point] ?? (isSeen ? JSON.stringify(character) : undefined);
  return `the character ${code}${name === undefined ? "" : ` (${name})`}`;
}
