// A table of the configuration, read setting by setting. A wrong type, an unknown key or two spellings
// of one key is noted as a problem and reads as absent, so that one look finds every mistake.

import { nearestName } from "../text/nearest-name.ts";
import type { Problem } from "./configuration.ts";
import { foldKey, renamedKey } from "./known-keys.ts";

export type Path = readonly (string | number)[];
export type Refuse = (problem: Problem) => void;

export interface Table<Key extends string = string> {
  readonly path: Path;
  /** Where a setting stands, as the file spells it. */
  pathOf(key: Key): Path;
  /** Whatever stands there. */
  raw(key: Key): unknown;
  /** A string that is not empty. */
  text(key: Key): string | undefined;
  integer(key: Key): bigint | undefined;
  truth(key: Key): boolean | undefined;
  oneOf<const T extends string>(key: Key, allowed: readonly T[]): T | undefined;
  texts(key: Key): readonly string[] | undefined;
  /** The strings of a list, each with its path. */
  items(key: Key): readonly { readonly text: string; readonly path: Path }[];
  textsByName(key: Key): Readonly<Record<string, string>> | undefined;
  table<const Inner extends string>(key: Key, known: readonly Inner[]): Table<Inner>;
  /** A table whose keys are names: each with its path and what stands there. */
  named(
    key: Key,
  ): readonly { readonly name: string; readonly path: Path; readonly value: unknown }[];
  /** Notes a problem with a setting's value. */
  refuse(key: Key, message: string, hint?: string): void;
}

/** `value` undefined: an absent table, in which nothing stands. */
export function openTable<const Key extends string>(
  value: unknown,
  path: Path,
  known: readonly Key[],
  refuse: Refuse,
): Table<Key> {
  const spellings = new Map<string, string>();
  const record = readRecord(value, path, refuse);
  for (const key of Object.keys(record)) {
    const first = spellings.get(foldKey(key));
    if (first !== undefined) {
      const message = `${JSON.stringify(first)} and ${JSON.stringify(key)} are two spellings of one key`;
      refuse({ path: [...path, key], at: "key", message, hint: "take one of them out" });
    } else if (known.some((each) => foldKey(each) === foldKey(key))) {
      spellings.set(foldKey(key), key);
    } else {
      refuse(unknownKey([...path, key], known));
    }
  }
  const pathOf = (key: Key): Path => [...path, spellings.get(foldKey(key)) ?? key];
  const raw = (key: Key): unknown => {
    const spelling = spellings.get(foldKey(key));
    return spelling === undefined ? undefined : record[spelling];
  };
  const read = <T>(key: Key, wanted: string, is: (found: unknown) => found is T): T | undefined => {
    const found = raw(key);
    if (found === undefined || is(found)) return found;
    refuse(wrongType(pathOf(key), wanted, found));
    return undefined;
  };
  const note = (key: Key, message: string, hint?: string) =>
    refuse({ path: pathOf(key), at: "value", message: `${nameOf(pathOf(key))} ${message}`, hint });
  return {
    path,
    pathOf,
    raw,
    refuse: note,
    text(key) {
      const found = read(key, "a string", isText);
      if (found === "") note(key, "is empty", "leave it out, or fill it in");
      return found || undefined;
    },
    integer: (key) => read(key, "an integer", (found) => typeof found === "bigint"),
    truth: (key) => read(key, "true or false", (found) => typeof found === "boolean"),
    oneOf(key, allowed) {
      const found = read(key, "a string", isText);
      const match = allowed.find((each) => each === found);
      if (found !== undefined && match === undefined) {
        note(key, `is ${JSON.stringify(found)}`, `allowed: ${quoteAll(allowed)}`);
      }
      return match;
    },
    texts(key) {
      const found = read(key, "a list of strings", (each) => Array.isArray(each));
      return found?.filter((each, at): each is string => {
        if (!isText(each)) refuse(wrongType([...pathOf(key), at], "a string", each));
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
    textsByName(key) {
      const found = read(key, "a table of strings", isRecord);
      if (found === undefined) return undefined;
      const entries = Object.entries(found).filter((entry): entry is [string, string] => {
        if (!isText(entry[1])) refuse(wrongType([...pathOf(key), entry[0]], "a string", entry[1]));
        return isText(entry[1]);
      });
      return Object.fromEntries(entries);
    },
    table: (key, inner) => openTable(raw(key), pathOf(key), inner, refuse),
    named(key) {
      const found = readRecord(raw(key), pathOf(key), refuse);
      return Object.entries(found).map(([name, each]) => ({
        name,
        path: [...pathOf(key), name],
        value: each,
      }));
    },
  };
}

/** `accounts."my account".region` */
export function nameOf(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${quoteKey(part)}`))
    .join("")
    .replace(/^\./, "");
}

/** As it has to be written in TOML. */
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

function readRecord(value: unknown, path: Path, refuse: Refuse): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  if (value !== undefined) refuse(wrongType(path, "a table", value));
  return {};
}

function unknownKey(path: Path, known: readonly string[]): Problem {
  const key = String(path.at(-1));
  const nearest = nearestName(key, known);
  const hint =
    renamedKey(path) ??
    (nearest === undefined
      ? `known here: ${known.join(", ")}`
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
