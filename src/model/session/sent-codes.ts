// A code is never sent twice. For 90 s, each device's sent codes are recorded with their time step and a hash
// of the digits. No other code of the same step is sent, unless AWS refused the first one.

import { createHash } from "node:crypto";

import type { Secret } from "../secret.ts";
import type { StateFile } from "../state-file.ts";

export interface SentCode {
  readonly device: string;
  /** The 30 s step, by AWS's time, in which it was sent. */
  readonly step: number;
  readonly digest: string;
  readonly sentAt: string;
  /** `refused`: AWS did not use the code up. */
  readonly fate: "accepted" | "refused" | "unknown";
}

const sentCodesName = "codes";

export const sentCodesFile: StateFile<readonly SentCode[]> = {
  isShared: true,
  name: sentCodesName,
  decode: (stored, clock) => decodeSentCodes(stored, clock().awsNow),
};

const stepMs = 30_000;
const recordMs = 90_000;

export function stepOf(time: Date): number {
  return Math.floor(time.getTime() / stepMs);
}

export function codeDigest(device: string, code: Secret): string {
  return createHash("sha256").update(`${device}\n${code.reveal()}`).digest("hex").slice(0, 32);
}

/** Returns when the next code of this device may be sent; undefined: now. */
export function blockedUntil(
  sent: readonly SentCode[],
  device: string,
  now: Date,
): Date | undefined {
  const step = stepOf(now);
  const blocks = sent.some(
    (each) => each.device === device && each.step === step && each.fate !== "refused",
  );
  return blocks ? new Date((step + 1) * stepMs) : undefined;
}

/** Returns whether these digits were sent in the last 90 s, whether or not AWS took them. */
export function wasSent(sent: readonly SentCode[], device: string, digest: string): boolean {
  return sent.some((each) => each.device === device && each.digest === digest);
}

/** Returns the records with one more, without those older than 90 s. */
export function withSentCode(
  sent: readonly SentCode[],
  code: SentCode,
  now: Date,
): readonly SentCode[] {
  return [...withoutSent(recent(sent, now), code.device, code.digest), code];
}

/** Returns the records without a code that was not sent after all. */
export function withoutSent(
  sent: readonly SentCode[],
  device: string,
  digest: string,
): readonly SentCode[] {
  return sent.filter((each) => each.device !== device || each.digest !== digest);
}

/** Returns the recent records of the state file; records of an unknown shape are left out. */
export function decodeSentCodes(value: unknown, now: Date): readonly SentCode[] {
  return Array.isArray(value) ? recent(value.filter(isSentCode), now) : [];
}

function recent(sent: readonly SentCode[], now: Date): readonly SentCode[] {
  return sent.filter((each) => Math.abs(now.getTime() - Date.parse(each.sentAt)) < recordMs);
}

function isSentCode(value: unknown): value is SentCode {
  if (typeof value !== "object" || value === null) return false;
  const code = value as Record<string, unknown>;
  return (
    typeof code["device"] === "string" &&
    Number.isFinite(code["step"]) &&
    typeof code["digest"] === "string" &&
    typeof code["sentAt"] === "string" &&
    (code["fate"] === "accepted" || code["fate"] === "refused" || code["fate"] === "unknown")
  );
}
