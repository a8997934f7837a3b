// AWS's responses about single users, which a report stores while it runs: the run after an interrupted one makes only
// the missing calls. Lists are never stored: every run reads who exists, with which tags and groups. Nothing that changes
// an account uses a stored response. No response contains a secret: only ids, states and times.

import { countText } from "../../model/text/count-text.ts";
import type { OnOff, UserKey } from "./account-facts.ts";

/** The response to a call about a user or a key. */
export type StoredReading = { readonly id: string; readonly at: Date } & (
  | { readonly kind: "password"; readonly createdAt: Date | undefined }
  | { readonly kind: "keys"; readonly keys: readonly UserKey[] }
  | { readonly kind: "use"; readonly usedAt: Date | undefined }
  | { readonly kind: "mfa"; readonly hasMfa: boolean }
);
export type ReadingKind = StoredReading["kind"];

/** By kind and id: of the user (`AIDA…`, so that a new user of an old name has none), or of the key. */
export type Readings = ReadonlyMap<string, StoredReading>;

/** Older responses are read again. */
export const readingsLastMs = 3_600_000;

/** The clock of this machine may be a little behind the one that a response was stored with. */
const tolerableMs = 60_000;

export function readingKey(kind: ReadingKind, id: string): string {
  return `${kind} ${id}`;
}

/** One line. It begins with a line feed: the last line of a run that was stopped may be cut short. */
export function encodeReading(reading: StoredReading): string {
  return `\n${JSON.stringify(reading)}`;
}

/** Of two responses to the same call the newer one counts. Malformed lines are skipped. */
export function decodeReadings(text: string, now: Date): Readings {
  const found = new Map<string, StoredReading>();
  for (const line of text.split("\n")) {
    const reading = decodeLine(line);
    if (reading === undefined) continue;
    const age = now.getTime() - reading.at.getTime();
    if (age > readingsLastMs || age < -tolerableMs) continue;
    const key = readingKey(reading.kind, reading.id);
    const other = found.get(key);
    if (other === undefined || other.at <= reading.at) found.set(key, reading);
  }
  return found;
}

function decodeLine(line: string): StoredReading | undefined {
  const value = parse(line);
  const at = dateOf(value["at"]);
  const { id, kind, hasMfa } = value;
  if (at === undefined || typeof id !== "string" || !/^A[A-Z0-9]{15,127}$/.test(id))
    return undefined;
  switch (kind) {
    case "password":
    case "use": {
      const name = kind === "password" ? "createdAt" : "usedAt";
      const date = dateOf(value[name]);
      if (value[name] !== undefined && date === undefined) return undefined;
      return kind === "password"
        ? { id, at, kind, createdAt: date }
        : { id, at, kind, usedAt: date };
    }
    case "mfa":
      return typeof hasMfa === "boolean" ? { id, at, kind, hasMfa } : undefined;
    case "keys": {
      if (!Array.isArray(value["keys"])) return undefined;
      const keys = value["keys"].map(decodeKey);
      return keys.every((key) => key !== undefined) ? { id, at, kind, keys } : undefined;
    }
    default:
      return undefined;
  }
}

function decodeKey(value: unknown): UserKey | undefined {
  const { id, status, createdAt } = Object(value) as Record<string, unknown>;
  const date = dateOf(createdAt);
  if (typeof id !== "string" || date === undefined || !isStatus(status)) return undefined;
  return { id, status, createdAt: date };
}

function isStatus(value: unknown): value is OnOff | "Expired" {
  return value === "Active" || value === "Inactive" || value === "Expired";
}

function dateOf(value: unknown): Date | undefined {
  const at = typeof value === "string" ? new Date(value) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}

function parse(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** What a report says about the stored responses that it used; undefined: none. */
export function readingsNote(used: readonly StoredReading[], now: Date): string | undefined {
  if (used.length === 0) return undefined;
  const oldest = Math.min(...used.map(({ at }) => at.getTime()));
  const minutes = Math.max(0, Math.round((now.getTime() - oldest) / 60_000));
  return `${countText(used.length, "response")} reused from an interrupted run, up to ${minutes} min old; --fresh reads everything again`;
}
