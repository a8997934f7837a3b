// Adds settings to the text of a configuration that exists. Tables are appended; a role joins the list of its account,
// an alias its table. Every other character stays. The caller checks the result before it writes it.

import { quoteKey } from "../configuration/toml-table.ts";
import type { RoleOffer } from "./imported-settings.ts";
import { aliasLine, configurationText, type NewSettings } from "./new-configuration.ts";

export interface MergedText {
  readonly text: string;
  /** Roles that could not be added to their accounts. */
  readonly left: readonly RoleOffer[];
}

export function mergeText(
  text: string,
  settings: NewSettings,
  offers: readonly RoleOffer[],
): MergedText {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const left: RoleOffer[] = [];
  let merged = text;
  for (const offer of offers) {
    const added = offerRole(merged, offer, newline);
    if (added === undefined) left.push(offer);
    else merged = added;
  }
  const { aliases = [] } = settings;
  const withAliases = addLines(merged, "aliases", aliases.map(aliasLine), newline);
  const rest = withAliases === undefined ? settings : { ...settings, aliases: [] };
  const appended = configurationText({ ...rest, mainAccount: undefined });
  const before = withAliases ?? merged;
  if (appended === "") return { text: before, left };
  const gap =
    before === "" || /\n\s*\n$/.test(before)
      ? ""
      : before.endsWith("\n")
        ? newline
        : newline + newline;
  return { text: before + gap + appended.replaceAll("\n", newline), left };
}

/** Adds a role to `roles = [ … ]` of `[accounts.NAME]`, or to its table; undefined where there is neither. */
function offerRole(
  text: string,
  { account, role, duration }: RoleOffer,
  newline: string,
): string | undefined {
  const own = duration === undefined ? "{}" : `{ duration = ${JSON.stringify(duration)} }`;
  const table = addLines(
    text,
    `accounts.${quoteKey(account)}.roles`,
    [`${quoteKey(role)} = ${own}`],
    newline,
  );
  if (table !== undefined) return table;
  const found = findTable(text, `accounts.${quoteKey(account)}`);
  if (found === undefined) return undefined;
  const body = text.slice(found.start, found.end);
  const match = /^([ \t]*roles[ \t]*=[ \t]*\[)([^\]#]*)\]/m.exec(body);
  if (match === null) return undefined;
  const [whole = "", head = "", items = ""] = match;
  const written = items.trimEnd();
  const comma = written === "" || written.endsWith(",") ? "" : ",";
  const space = written === "" ? "" : " ";
  const list = `${head}${written}${comma}${space}${JSON.stringify(role)}${items.slice(written.length)}]`;
  const at = found.start + match.index;
  return text.slice(0, at) + list + text.slice(at + whole.length);
}

/** Adds lines at the end of a table, before the empty lines and comments that follow it. */
function addLines(
  text: string,
  table: string,
  lines: readonly string[],
  newline: string,
): string | undefined {
  const found = findTable(text, table);
  if (found === undefined) return undefined;
  if (lines.length === 0) return text;
  const body = text.slice(found.start, found.end);
  const settings = body.replace(/(?:\r?\n[ \t]*(?:#[^\r\n]*)?)*$/, "");
  const at = found.start + settings.length;
  const rest = text.slice(at);
  const after = rest === "" ? newline : rest;
  return `${text.slice(0, at)}${newline}${lines.join(newline)}${after}`;
}

/** Returns where the lines of a table are: from the end of its header to the next header. */
function findTable(
  text: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  const header = new RegExp(`^[ \\t]*\\[[ \\t]*${escapeRegExp(name)}[ \\t]*\\]`, "m").exec(text);
  if (header === null) return undefined;
  const start = header.index + header[0].length;
  const next = /^[ \t]*\[/m.exec(
    text.slice(start).replace(/^[^\n]*/, (line) => " ".repeat(line.length)),
  );
  return { start, end: next === null ? text.length : start + next.index };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
