// A code is never sent twice. Per device: the time step and a hash of the digits last sent, for 90 s.
// After an accepted code, or one whose fate is unknown, nothing of that step is sent; after a refused
// one, other digits may go at once.

import { createHash } from "node:crypto";

import type { Secret } from "../secret.ts";
import type { StateFile } from "../state-file.ts";

export interface SentCode {
  readonly device: string;
  /** The 30 s step, by AWS's time, in which it was sent. */
  readonly step: number;
  readonly digest: string;
  readonly sentAt: string;
  readonly fate: "accepted" | "refused" | "unknown";
}

export const sentCodesName = "codes";
const stepMs = 30_000;
const memoryMs = 90_000;

export function stepOf(time: Date): number {
  return Math.floor(time.getTime() / stepMs);
}

export function codeDigest(device: string, code: Secret): string {
  return createHash("sha256").update(`${device}\n${code.reveal()}`).digest("hex").slice(0, 32);
}

/** When the next code of this device may be sent: undefined means now. */
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

/** Whether these digits were sent in the last 90 s, whatever came of it. */
export function wasSent(sent: readonly SentCode[], device: string, digest: string): boolean {
  return sent.some((each) => each.device === device && each.digest === digest);
}

/** The memory with one more code in it, and without those that are too old to matter. */
export function rememberSent(
  sent: readonly SentCode[],
  code: SentCode,
  now: Date,
): readonly SentCode[] {
  return [...withoutSent(recent(sent, now), code.device, code.digest), code];
}

/** The memory without a code that never left. */
export function withoutSent(
  sent: readonly SentCode[],
  device: string,
  digest: string,
): readonly SentCode[] {
  return sent.filter((each) => each.device !== device || each.digest !== digest);
}

export const sentCodesFile: StateFile<readonly SentCode[]> = {
  name: sentCodesName,
  decode: (stored, clock) => decodeSentCodes(stored, clock().awsNow),
};

/** What the state file holds, unknown shapes left out, the old ones too. */
export function decodeSentCodes(value: unknown, now: Date): readonly SentCode[] {
  return Array.isArray(value) ? recent(value.filter(isSentCode), now) : [];
}

function recent(sent: readonly SentCode[], now: Date): readonly SentCode[] {
  return sent.filter((each) => Math.abs(now.getTime() - Date.parse(each.sentAt)) < memoryMs);
}

function isSentCode(value: unknown): value is SentCode {
  if (typeof value !== "object" || value === null) return false;
  const code = value as Record<string, unknown>;
  return (
    typeof code["device"] === "string" &&
    typeof code["step"] === "number" &&
    typeof code["digest"] === "string" &&
    typeof code["sentAt"] === "string" &&
    (code["fate"] === "accepted" || code["fate"] === "refused" || code["fate"] === "unknown")
  );
}
