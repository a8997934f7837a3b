// Explains why a text is not TOML, and what to write instead. The parser names the place; the reason is found in the
// line, since most mistakes have the same few causes. Every error has a next step.

export interface TomlMistake {
  /** From 1, like `column`. */
  readonly line: number;
  readonly column: number;
  /** The parser's reason, one line. */
  readonly reason: string;
}

export interface SyntaxExplanation {
  readonly message: string;
  readonly hint: string;
}

interface MistakenLine {
  readonly lines: readonly string[];
  /** The index of the line. */
  readonly at: number;
  /** The line without spaces around it. */
  readonly source: string;
  /** The character at the error; "" at the end of the line. */
  readonly character: string;
  readonly reason: string;
}

type Row = (line: MistakenLine) => SyntaxExplanation | undefined;

/** `text`: the whole file. */
export function explainSyntax(
  text: string,
  { line, column, reason }: TomlMistake,
): SyntaxExplanation {
  const lines = text.split(/\r?\n/);
  const at = line - 1;
  const raw = lines[at] ?? "";
  const character = String.fromCodePoint(raw.codePointAt(column - 1) ?? 0);
  const mistaken = {
    ...{ lines, at, reason, source: raw.trim() },
    character: column > raw.length ? "" : character,
  };
  for (const row of rows) {
    const found = row(mistaken);
    // A line that is much longer than a screen is not repeated.
    if (found !== undefined && found.hint.length <= longestHint) return found;
  }
  const hint = 'a setting is one line: name = "value"; config.example.toml has every setting';
  return { message: `not valid TOML: ${reason}`, hint };
}

const longestHint = 300;

/** The first row that finds its cause is used. */
const rows: readonly Row[] = [
  mergeMark,
  lineEnds,
  invisibleCharacter,
  settingOnHeader,
  otherComment,
  otherFormat,
  unclosedString,
  backslash,
  otherQuotes,
  repeatedName,
  missingValue,
  doubledSign,
  truthOrNothing,
  bareNumber,
  bareText,
  afterValue,
  nameInHeader,
  nameOfSetting,
  unclosedList,
];

function mergeMark({ source }: MistakenLine): SyntaxExplanation | undefined {
  if (!/^(<{7}|\|{7}|={7}|>{7})( |$)/.test(source)) return undefined;
  return {
    message: "this is a mark of a merge conflict that was not resolved",
    hint: "keep one of the two versions, and delete the lines that start with <<<<<<<, ======= and >>>>>>>",
  };
}

/** Spaces that look like a space, marks of byte order and of direction, and control characters. */
const invisible = /[^\P{C}\t]|[^\P{Z} ]/u;

function invisibleCharacter({ character }: MistakenLine): SyntaxExplanation | undefined {
  if (character === "" || !invisible.test(character)) return undefined;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return {
    message: `an invisible character (U+${code}) is here`,
    hint: "delete it; a text that was copied from a web page or a chat often contains some",
  };
}

/** awstools' parser accepted this; TOML does not. */
function settingOnHeader({ source }: MistakenLine): SyntaxExplanation | undefined {
  const [, header, rest = ""] = /^(\[[^\]]+\])\s*([^\s#\]].*)$/.exec(source) ?? [];
  if (header === undefined || !rest.includes("=")) return undefined;
  return {
    message: `a setting is on the line of the header ${header}`,
    hint: `put it on its own line: ${rest}`,
  };
}

function lineEnds({ source, character }: MistakenLine): SyntaxExplanation | undefined {
  if (character !== "\r" && !/\r[^\n]/.test(source)) return undefined;
  return {
    message: "the lines end with CR alone",
    hint: "save the file with line ends LF or CRLF",
  };
}

function otherComment({ source }: MistakenLine): SyntaxExplanation | undefined {
  const [mark] = /^(\/\/|\/\*|--|;|<!--)/.exec(source) ?? [];
  if (mark === undefined) return undefined;
  return { message: `${mark} starts no comment in TOML`, hint: "a comment starts with #" };
}

function otherFormat({ source }: MistakenLine): SyntaxExplanation | undefined {
  if (/^[{}]/.test(source)) {
    return {
      message: "TOML has no braces around its settings",
      hint: 'write each setting on its own line: name = "value"',
    };
  }
  const [, item] = /^- +(.+)$/.exec(source) ?? [];
  if (item !== undefined) {
    return {
      message: "TOML has no lists with dashes",
      hint: 'write the list in brackets: name = ["one", "two"]',
    };
  }
  return undefined;
}

function unclosedString({
  source,
  character,
  reason,
}: MistakenLine): SyntaxExplanation | undefined {
  const isWhole = reason === "unfinished string";
  if (!isWhole && (character !== "" || !reason.startsWith("control characters"))) return undefined;
  const [triple] = /"""|'''/.exec(source) ?? [];
  if (triple !== undefined) {
    return { message: "the string is not closed", hint: `close it with ${triple}` };
  }
  const [, quote] = /[=[{,]\s*(["'])[^"']*$/.exec(source) ?? /(["'])/.exec(source) ?? [];
  return {
    message: "the string is not closed",
    hint: `close it with ${quote ?? "a quotation mark"} on the same line`,
  };
}

function backslash({ source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!/escape/.test(reason)) return undefined;
  const [, before = "", value = ""] = /^([^"']*)"([^"']*)"/.exec(source) ?? [];
  const hint =
    value === ""
      ? "write two backslashes for one: \\\\"
      : `in single quotes, a backslash is a plain character: ${before}'${value}'`;
  return { message: "a backslash starts an escape sequence that TOML does not have", hint };
}

/** A mark that is not TOML's, in front of a string. Inside a string it is a character like others: `“Ada’s”`. */
const doubleQuoted = /[“”„‟«»]([^“”„‟«»"\\]*)[“”„‟«»"]/g;
const singleQuoted = /[‘’‚‛`´]([^‘’‚‛`´"\\]*)[‘’‚‛`´]/g;

function otherQuotes({ source, character }: MistakenLine): SyntaxExplanation | undefined {
  if (!/^[“”„‟«»‘’‚‛`´]$/.test(character)) return undefined;
  const quoted = /[“”„‟«»]/.test(character) ? doubleQuoted : singleQuoted;
  const written = source.replace(quoted, '"$1"');
  return {
    message: `${character} is not a quotation mark in TOML`,
    hint: `write straight quotes: ${written.includes(character) ? 'name = "value"' : written}`,
  };
}

function repeatedName({ lines, at, source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!reason.startsWith("trying to redefine")) return undefined;
  const message = `not valid TOML: ${reason}`;
  const header = headerOf(source);
  const name = header ?? keyOf(source);
  const first = firstLineOf(name, header !== undefined, lines.slice(0, at));
  if (first !== undefined && name !== undefined) {
    const remedy = header === undefined ? "remove one of them" : "put its settings there";
    return { message, hint: `line ${first} has ${name} already: ${remedy}` };
  }
  return { message, hint: "a name counts once in its table: remove it here, or above" };
}

/** Returns the number of the first line above that has this header, or this key in the last table. */
function firstLineOf(
  name: string | undefined,
  isHeader: boolean,
  above: readonly string[],
): number | undefined {
  let first: number | undefined;
  for (const [index, line] of above.entries()) {
    const source = line.trim();
    const header = headerOf(source);
    if (isHeader && header === name) return index + 1;
    if (!isHeader && header !== undefined) first = undefined;
    if (!isHeader && header === undefined && keyOf(source) === name) first ??= index + 1;
  }
  return first;
}

function headerOf(source: string): string | undefined {
  return /^\[[^[\]]+\]/.exec(source)?.[0].replaceAll(/\s/g, "");
}

function keyOf(source: string): string | undefined {
  const end = source.indexOf("=");
  return end <= 0 || /^[#[]/.test(source) ? undefined : source.slice(0, end).trim();
}

function missingValue({ source }: MistakenLine): SyntaxExplanation | undefined {
  const [, key] = /^([^=#]+?)\s*=\s*(?:#.*)?$/.exec(source) ?? [];
  if (key === undefined) return undefined;
  return {
    message: `${key} has no value`,
    hint: `write one, or delete the line: ${key} = "value"`,
  };
}

function doubledSign({ source }: MistakenLine): SyntaxExplanation | undefined {
  const [, key, value] = /^([^=:#"'\s]+)\s*(?:==+|:=|=>|\+=)\s*(.*)$/.exec(source) ?? [];
  if (key === undefined) return undefined;
  return {
    message: "one = is between a name and its value",
    hint: `write it so: ${key} = ${value}`,
  };
}

function truthOrNothing({ source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (reason !== "invalid value") return undefined;
  const [, key, text = ""] = /^([^=\s]+)\s*=\s*([A-Za-z]+)\s*(?:#.*)?$/.exec(source) ?? [];
  if (/^(true|yes|on|false|no|off)$/i.test(text)) {
    const value = /^(true|yes|on)$/i.test(text) ? "true" : "false";
    return { message: `${key} must be true or false`, hint: `write it so: ${key} = ${value}` };
  }
  if (/^(null|none|nil|undefined)$/i.test(text)) {
    return { message: `TOML has no ${text}`, hint: "delete the line: the setting is then not set" };
  }
  return undefined;
}

function bareNumber({ source }: MistakenLine): SyntaxExplanation | undefined {
  const [, key, digits] = /^(.+?)\s*=\s*(0\d+)\s*(#.*)?$/.exec(source) ?? [];
  if (key === undefined) return undefined;
  return {
    message: `${key} must be a string, not a number`,
    hint: `write it in quotes: ${key} = "${digits}"`,
  };
}

/** A text without quotes: `DeveloperAccess`, `4h`, `arn:aws:…`, `<your-account-id>`. */
function bareText({ source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!/invalid (value|date)|numeric|underscore|leading zero/.test(reason)) return undefined;
  const [, key, value] = /^([^=\s]+)\s*=\s*([^"'[{#\s][^"'#]*?)\s*(?:#.*)?$/.exec(source) ?? [];
  if (key === undefined || value === undefined) return undefined;
  // Between double quotes, a backslash starts an escape sequence.
  const quote = value.includes("\\") ? "'" : '"';
  return {
    message: `${key} must be a string in quotes`,
    hint: `write it in quotes: ${key} = ${quote}${value}${quote}`,
  };
}

function nameInHeader({ source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!/ key|end of table array/.test(reason)) return undefined;
  const [, inside, end] = /^\[([^[\]=]*)(\]?)\s*(?:#.*)?$/.exec(source) ?? [];
  if (inside === undefined) {
    const [, name] = /^([\w."-]+)\]\s*(?:#.*)?$/.exec(source) ?? [];
    if (name === undefined) return undefined;
    return { message: "the header has no [", hint: `write it so: [${name}]` };
  }
  if (inside.trim() === "") {
    return { message: "the header has no name", hint: "write one: [accounts]" };
  }
  const [, table, name] = /^\s*([\w-]+)\.(.+)$/.exec(inside) ?? [];
  const whole = table === undefined ? quoted(inside) : `${table}.${quoted(name ?? "")}`;
  return end === ""
    ? { message: "the header is not closed", hint: `write it so: [${whole}]` }
    : { message: "this name has to be in quotes", hint: `write it so: [${whole}]` };
}

function quoted(name: string): string {
  const plain = name.trim().replaceAll('"', "");
  return /^[\w-]+$/.test(plain) ? plain : `"${plain}"`;
}

function nameOfSetting({ source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!reason.includes(" key") && !reason.startsWith("incomplete key")) return undefined;
  const [, name = "", value] = /^([^="':#]+|"[^"]*"|'[^']*')\s*=\s*(.+)$/.exec(source) ?? [];
  if (value !== undefined) {
    const written = /^["']/.test(name) ? name.trim() : quoted(name);
    if (written === name.trim()) return nameInTable(source);
    return { message: "this name has to be in quotes", hint: `write it so: ${written} = ${value}` };
  }
  const [, key, rest] = /^([\w."-]+)(?:\s*:\s*|\s+)(["'[{\w].*)$/.exec(source) ?? [];
  if (key !== undefined) {
    return { message: `${key} needs a = before its value`, hint: `write it so: ${key} = ${rest}` };
  }
  const [, alone] = /^([\w."-]+)\s*(?:#.*)?$/.exec(source) ?? [];
  if (alone === undefined) return undefined;
  return {
    message: `${alone} has no value`,
    hint: `write one, or delete the line: ${alone} = "value"`,
  };
}

/** `{ team: "x" }` of JSON and YAML. */
function nameInTable(source: string): SyntaxExplanation | undefined {
  const written = source.replace(/([{,]\s*(?:[\w-]+|"[^"]*"))\s*:\s*/g, "$1 = ");
  if (written === source) return undefined;
  return {
    message: "a name in braces needs a = before its value",
    hint: `write it so: ${written}`,
  };
}

function afterValue({ source, reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!reason.startsWith("each key-value declaration")) return undefined;
  const [, sign] = /([;,\]])$/.exec(source) ?? [];
  if (sign !== undefined) {
    return { message: `the line ends with ${sign}`, hint: `delete the ${sign}` };
  }
  return {
    message: "the line has more than one header or setting",
    hint: "put each on its own line; a comment starts with #",
  };
}

function unclosedList({ reason }: MistakenLine): SyntaxExplanation | undefined {
  if (!/comma or end of structure|unfinished (array|table)/.test(reason)) return undefined;
  return {
    message: "a list or a table in braces is not complete",
    hint: "write a comma after each value, and at the end ] for a list, } for a table",
  };
}
