// Parses the output of a credential_process as strictly as the SDKs do.

import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { Keys } from "./session.ts";

export interface ProcessOutput {
  readonly keys: Keys;
  /** undefined: they don't end. */
  readonly expiresAt: Date | undefined;
}

/** Throws CREDENTIALS_MISSING for output that an SDK would refuse. `output` is a secret; `line`: what was run, for the hint. */
export function parseProcessOutput(output: string, line: string): ProcessOutput {
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = readObject(
    output,
    line,
  );
  if (Version !== 1) throw refused(line, "is not Version 1");
  if (!isText(AccessKeyId) || !isText(SecretAccessKey)) throw refused(line, "lacks a key");
  const expiresAt = isText(Expiration) ? new Date(Expiration) : undefined;
  if (expiresAt && Number.isNaN(expiresAt.getTime()))
    throw refused(line, "has an unreadable Expiration");
  const sessionToken = isText(SessionToken) ? new Secret(SessionToken) : undefined;
  return {
    keys: { accessKeyId: AccessKeyId, secretAccessKey: new Secret(SecretAccessKey), sessionToken },
    expiresAt,
  };
}

function readObject(output: string, line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    // The parser's message quotes what it could not read.
    throw refused(line, "is not JSON");
  }
  if (typeof value !== "object" || value === null) throw refused(line, "is not an object");
  return value as Record<string, unknown>;
}

function refused(line: string, why: string): AwstError {
  return new AwstError(
    "CREDENTIALS_MISSING",
    `the output of the profile's credential_process ${why}`,
    {
      hint: `try it by hand: ${line}`,
    },
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
