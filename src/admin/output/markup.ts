// HTML that can't be broken by what it shows: every value that is put into a template is escaped, unless it is a
// Markup, which only a template makes. Names, tags and paths of users are foreign text.

import { oneLine } from "../../model/text/one-line.ts";

export class Markup {
  readonly #text: string;

  /** `text`: HTML that the program itself wrote. Everything else comes through `html`. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type MarkupValue = string | number | Markup | undefined | readonly MarkupValue[];

/** Returns the template with every value escaped: as text between tags, or as an attribute's value in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const parts = strings.map((text, at) => text + markupOf(values[at]));
  return new Markup(parts.join(""));
}

function markupOf(value: MarkupValue): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map((each) => markupOf(each)).join("");
  return escapeText(String(value));
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Also replaces characters that would turn the direction of the text after them. */
function escapeText(text: string): string {
  return oneLine(text.toWellFormed()).replaceAll(/[&<>"'`]/g, (sign) => escapes[sign] ?? "");
}
