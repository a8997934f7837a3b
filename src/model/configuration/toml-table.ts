// Reads a table of the configuration, setting by setting. A wrong type, an unknown key or a repeated key is
// reported as a problem and reads as absent, so one run finds every mistake.

import { nearestName } from "../text/nearest-name.ts";
import type { Problem } from "./configuration.ts";
import { normalizeKey, renamedKey } from "./known-keys.ts";

export type Path = readonly (string | number)[];
export type Report = (problem: Problem) => void;

export interface Table<Key extends string = string> {
  readonly path: Path;
  /** The path of a setting, as the file spells it. */
  pathOf(key: Key): Path;
  /** The value, whatever its type. */
  raw(key: Key): unknown;
  /** A string that is not empty. */
  text(key: Key): string | undefined;
  integer(key: Key): bigint | undefined;
  truth(key: Key): boolean | undefined;
  oneOf<const T extends string>(key: Key, allowed: readonly T[]): T | undefined;
  texts(key: Key): readonly string[] | undefined;
  /** The strings of a list, each with its path. */
  items(key: Key): readonly { readonly text: string; readonly path: Path }[];
  stringTable(key: Key): Readonly<Record<string, string>> | undefined;
  table<const Inner extends string>(key: Key, known: readonly Inner[]): Table<Inner>;
  /** A table whose keys are names: each with its path and value. */
  named(
    key: Key,
  ): readonly { readonly name: string; readonly path: Path; readonly value: unknown }[];
  /** Reports a problem with a setting's value. */
  report(key: Key, message: string, hint?: string): void;
}

/** `value`: undefined for an absent table, which reads as an empty one. */
export function openTable<const Key extends string>(
  value: unknown,
  path: Path,
  known: readonly Key[],
  report: Report,
): Table<Key> {
  const spellings = new Map<string, string>();
  const record = readRecord(value, path, report);
  for (const key of Object.keys(record)) {
    const first = spellings.get(normalizeKey(key));
    if (first !== undefined) {
      const message = `${JSON.stringify(first)} and ${JSON.stringify(key)} are the same key`;
      report({ path: [...path, key], at: "key", message, hint: "remove one of them" });
    } else if (known.some((each) => normalizeKey(each) === normalizeKey(key))) {
      spellings.set(normalizeKey(key), key);
    } else {
      report(unknownKey([...path, key], known));
    }
  }
  const pathOf = (key: Key): Path => [...path, spellings.get(normalizeKey(key)) ?? key];
  const raw = (key: Key): unknown => {
    const spelling = spellings.get(normalizeKey(key));
    return spelling === undefined ? undefined : record[spelling];
  };
  const read = <T>(key: Key, wanted: string, is: (found: unknown) => found is T): T | undefined => {
    const found = raw(key);
    if (found === undefined || is(found)) return found;
    report(wrongType(pathOf(key), wanted, found));
    return undefined;
  };
  const reportValue = (key: Key, message: string, hint?: string) =>
    report({ path: pathOf(key), at: "value", message: `${nameOf(pathOf(key))} ${message}`, hint });
  return {
    path,
    pathOf,
    raw,
    report: reportValue,
    text(key) {
      const found = read(key, "a string", isText);
      if (found === "") reportValue(key, "is empty", "remove it, or give it a value");
      return found || undefined;
    },
    integer: (key) => read(key, "an integer", (found) => typeof found === "bigint"),
    truth: (key) => read(key, "true or false", (found) => typeof found === "boolean"),
    oneOf(key, allowed) {
      const found = read(key, "a string", isText);
      const match = allowed.find((each) => each === found);
      if (found !== undefined && match === undefined) {
        reportValue(
          key,
          `must not be ${JSON.stringify(found)}`,
          `allowed values: ${quoteAll(allowed)}`,
        );
      }
      return match;
    },
    texts(key) {
      const found = read(key, "a list of strings", (each) => Array.isArray(each));
      return found?.filter((each, at): each is string => {
        if (!isText(each)) report(wrongType([...pathOf(key), at], "a string", each));
        return isText(each);
      });
    },
    items(key) {
      const found = raw(key);
      if (!Array.isArray(found)) return [];
      return found.flatMap((text, at) =>
        isText(text) ? [{ text, path: [...pathOf(key), at] }] : [],
      );
    },
    stringTable(key) {
      const found = read(key, "a table of strings", isRecord);
      if (found === undefined) return undefined;
      const entries = Object.entries(found).filter((entry): entry is [string, string] => {
        if (!isText(entry[1])) report(wrongType([...pathOf(key), entry[0]], "a string", entry[1]));
        return isText(entry[1]);
      });
      return Object.fromEntries(entries);
    },
    table: (key, inner) => openTable(raw(key), pathOf(key), inner, report),
    named(key) {
      const found = readRecord(raw(key), pathOf(key), report);
      return Object.entries(found).map(([name, each]) => ({
        name,
        path: [...pathOf(key), name],
        value: each,
      }));
    },
  };
}

/** Returns `accounts."my account".region`. */
export function nameOf(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${quoteKey(part)}`))
    .join("")
    .replace(/^\./, "");
}

/** Returns a key as TOML requires it, in quotes where necessary. */
export function quoteKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

export function wrongType(path: Path, wanted: string, found: unknown): Problem {
  const message = `${nameOf(path)} must be ${wanted}, not ${kindOf(found)}`;
  const isWritable = typeof found === "bigint" && wanted === "a string";
  return {
    path,
    at: "value",
    message,
    hint: isWritable ? `write it in quotes: "${found}"` : undefined,
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

function readRecord(value: unknown, path: Path, report: Report): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  if (value !== undefined) report(wrongType(path, "a table", value));
  return {};
}

function unknownKey(path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  const nearest = nearestName(key, known);
  const hint =
    renamedKey(path) ??
    (nearest === undefined
      ? `known keys: ${known.join(", ")}`
      : `did you mean ${JSON.stringify(nearest)}?`);
  return { path, at: "key", message: `unknown key ${nameOf(path)}`, hint };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return "a string";
  if (typeof value === "bigint") return "an integer";
  if (typeof value === "number") return "a number with a fraction";
  if (typeof value === "boolean") return "true or false";
  if (Array.isArray(value)) return "a list";
  return isRecord(value) ? "a table" : "a date";
}
