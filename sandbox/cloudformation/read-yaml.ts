// Reads the part of YAML that CloudFormation templates are written in: maps and lists, in blocks or in brackets, plain
// and quoted texts, short forms of functions (`!Ref A` becomes { Ref: "A" }). Everything else is refused.

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

/** Throws a SyntaxError that names the line. */
export function readYaml(text: string): YamlValue {
  const lines = text.split("\n").flatMap((whole, at): Line[] => {
    const bare = withoutComment(whole).trimEnd();
    const indent = bare.length - bare.trimStart().length;
    return bare.trim() === "" ? [] : [{ indent, text: bare.trim(), number: at + 1 }];
  });
  const reader = new BlockReader(lines);
  const value = reader.block(0);
  reader.expectEnd();
  return value;
}

class BlockReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = [...lines];
  }

  expectEnd(): void {
    const line = this.#lines[this.#at];
    if (line) throw refusal(line, "is indented otherwise than the lines before it");
  }

  /** A map or a list that begins at this indentation or deeper. */
  block(least: number): YamlValue {
    const first = this.#lines[this.#at];
    if (!first || first.indent < least) return null;
    return first.text === "-" || first.text.startsWith("- ")
      ? this.#list(first.indent)
      : this.#map(first.indent);
  }

  #list(indent: number): YamlValue {
    const items: YamlValue[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line?.indent !== indent || !/^-( |$)/.test(line.text)) return items;
      const rest = line.text.slice(1).trim();
      if (rest === "") {
        this.#at++;
        items.push(this.block(indent + 1));
      } else if (keyOf(rest) !== undefined && !/^[{["'!]/.test(rest)) {
        // `- Effect: Allow`: a map that begins on the line of the dash.
        const inner = indent + (line.text.length - rest.length);
        this.#lines[this.#at] = { ...line, indent: inner, text: rest };
        items.push(this.#map(inner));
      } else {
        this.#at++;
        items.push(this.#value(rest, line, indent));
      }
    }
  }

  #map(indent: number): YamlValue {
    const map: Record<string, YamlValue> = {};
    for (;;) {
      const line = this.#lines[this.#at];
      if (line?.indent !== indent) return map;
      const found = keyOf(line.text);
      if (found === undefined) throw refusal(line, "has no key");
      if (Object.hasOwn(map, found.key)) throw refusal(line, `repeats ${found.key}`);
      this.#at++;
      map[found.key] =
        found.rest === "" ? this.block(indent + 1) : this.#value(found.rest, line, indent);
    }
  }

  /** What follows a key or a dash on its line; a function can have its value on the lines below. */
  #value(text: string, line: Line, indent: number): YamlValue {
    const tag = /^!(\w+)$/.exec(text)?.[1];
    if (tag !== undefined) return functionOf(tag, this.block(indent + 1), line);
    if (/^[|>&*]/.test(text)) throw refusal(line, "is YAML that this reader does not know");
    const flow = new FlowReader(text, line);
    const value = flow.value("");
    flow.expectEnd();
    return value;
  }
}

class FlowReader {
  readonly #text: string;
  readonly #line: Line;
  #at = 0;

  constructor(text: string, line: Line) {
    this.#text = text;
    this.#line = line;
  }

  expectEnd(): void {
    this.#skip();
    if (this.#at < this.#text.length) throw refusal(this.#line, "has more text after its value");
  }

  /** `ends`: characters that end a plain text here. */
  value(ends: string): YamlValue {
    this.#skip();
    const rest = this.#text.slice(this.#at);
    const tag = /^!(\w+) /.exec(rest);
    if (tag) {
      this.#at += tag[0].length;
      return functionOf(tag[1] ?? "", this.value(ends), this.#line);
    }
    if (rest.startsWith("[")) return this.#items();
    if (rest.startsWith("{")) return this.#members();
    const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0] ?? /^'(?:[^']|'')*'/.exec(rest)?.[0];
    if (quoted !== undefined) {
      this.#at += quoted.length;
      return unquoted(quoted);
    }
    let end = 0;
    while (end < rest.length && !ends.includes(rest[end] ?? "")) end++;
    this.#at += end;
    return plain(rest.slice(0, end).trim());
  }

  #items(): YamlValue {
    const items: YamlValue[] = [];
    this.#at++;
    for (;;) {
      if (this.#take("]")) return items;
      items.push(this.value(",]"));
      if (!this.#take(",") && !this.#text.slice(this.#at).trimStart().startsWith("]")) {
        throw refusal(this.#line, "has a list without an end");
      }
    }
  }

  #members(): YamlValue {
    const map: Record<string, YamlValue> = {};
    this.#at++;
    for (;;) {
      if (this.#take("}")) return map;
      const key = this.value(":,}");
      if (!this.#take(":") || typeof key !== "string") throw refusal(this.#line, "has no key");
      map[key] = this.value(",}");
      if (!this.#take(",") && !this.#text.slice(this.#at).trimStart().startsWith("}")) {
        throw refusal(this.#line, "has a map without an end");
      }
    }
  }

  #skip(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }

  #take(mark: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }
}

/** `Key: rest`, `"quoted:key": rest`; a key may contain colons that no space follows. */
function keyOf(text: string): { readonly key: string; readonly rest: string } | undefined {
  const quoted = /^("(?:[^"\\]|\\.)*"):(?: (.*))?$/.exec(text);
  if (quoted) return { key: unquoted(quoted[1] ?? ""), rest: (quoted[2] ?? "").trim() };
  const match = /^([^\s"'[\]{}!#][^\s]*?):(?: (.*))?$/.exec(text);
  return match ? { key: match[1] ?? "", rest: (match[2] ?? "").trim() } : undefined;
}

function functionOf(tag: string, value: YamlValue, line: Line): YamlValue {
  if (tag === "Ref" || tag === "Condition") return { [tag]: value };
  if (
    !["Sub", "GetAtt", "If", "Equals", "Not", "And", "Or", "Join", "Split", "Select"].includes(tag)
  ) {
    throw refusal(line, `calls !${tag}, which this reader does not know`);
  }
  const isDotted = tag === "GetAtt" && typeof value === "string";
  return { [`Fn::${tag}`]: isDotted ? value.split(".") : value };
}

function plain(text: string): YamlValue {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null" || text === "~" || text === "") return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function unquoted(text: string): string {
  return text.startsWith('"')
    ? (JSON.parse(text) as string)
    : text.slice(1, -1).replaceAll("''", "'");
}

/** A `#` begins a comment at the start of a line and after a space, outside of quotes. */
function withoutComment(line: string): string {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const mark = line[at] ?? "";
    if (quote !== "") {
      if (mark === "\\" && quote === '"') at++;
      else if (mark === quote) quote = "";
    } else if ((mark === '"' || mark === "'") && /[\s[{,:(]/.test(line[at - 1] ?? " "))
      quote = mark;
    else if (mark === "#" && /\s/.test(line[at - 1] ?? " ")) return line.slice(0, at);
  }
  return line;
}

function refusal({ number }: Line, problem: string): SyntaxError {
  return new SyntaxError(`line ${number} ${problem}`);
}
