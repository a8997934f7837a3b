// Whose a section under an awst name is. Owned: its process line calls awst, or it holds nothing but
// what awstools wrote (temporary keys, a region). In the way: it says where credentials come from, and
// nobody but its author may change that. Else harmless: settings that stand beside credentials.

import { type IniSection, readValue } from "./ini-document.ts";
import { hasNested } from "./ini-edits.ts";
import { callsAwst } from "./process-line.ts";

export type Ownership =
  | { readonly kind: "process"; readonly line: string }
  /** Temporary keys: awstools' own, or those of `mode = "keys"`. */
  | { readonly kind: "keys"; readonly accessKeyId: string }
  /** awstools' `region` and nothing else. */
  | { readonly kind: "region" }
  | { readonly kind: "harmless" }
  | { readonly kind: "in the way"; readonly why: string };

export const keyLines = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
] as const;

/** What awst writes into a section, and takes out of it. */
export const ownLines: readonly string[] = ["credential_process", "region", ...keyLines];

/** Whether awst itself wrote the temporary key of this id (`mode = "keys"`). */
export type IsOurKey = (accessKeyId: string) => boolean;

export function judgeSection(section: IniSection, isOurKey: IsOurKey): Ownership {
  const why = whyInTheWay(section, isOurKey);
  if (why !== undefined) return { kind: "in the way", why };
  const line = readValue(section, "credential_process");
  if (line !== undefined) return { kind: "process", line };
  const accessKeyId = readValue(section, "aws_access_key_id");
  if (accessKeyId !== undefined) return { kind: "keys", accessKeyId };
  const isRegionAlone = section.entries.length > 0 && !hasOwnersLines(section);
  return isRegionAlone ? { kind: "region" } : { kind: "harmless" };
}

/** Whether somebody wrote more into it than awst does: those lines stay. */
export function hasOwnersLines(section: IniSection): boolean {
  return section.hasRemarks || section.entries.some((entry) => !ownLines.includes(entry.key));
}

export function isOwned(ownership: Ownership): boolean {
  return ownership.kind !== "harmless" && ownership.kind !== "in the way";
}

function whyInTheWay(section: IniSection, isOurKey: IsOurKey): string | undefined {
  for (const entry of section.entries) {
    const { key, value } = entry;
    if (key.startsWith("sso_") || sources.has(key)) return `it has ${key}`;
    if (key === "credential_process" && !callsAwst(value)) return "another program answers for it";
    // JavaScript's SDK reads keys that others take for a part of the value above them.
    if (entry.value !== "" && entry.nested.some((line) => nestedSource.test(line))) {
      return `it has indented lines under ${key}`;
    }
  }
  if (hasNested(section, ownLines)) return "it has indented lines under a key awst would change";
  return whyKeysAreForeign(section, isOurKey);
}

function whyKeysAreForeign(section: IniSection, isOurKey: IsOurKey): string | undefined {
  const ids = section.entries.filter((entry) => entry.key === "aws_access_key_id");
  const foreign = ids.find((entry) => !entry.value.startsWith("ASIA"));
  if (foreign !== undefined) {
    return foreign.value.startsWith("AKIA") ? "it holds a long-term key" : "it holds a key";
  }
  const parts = keyLines.filter((key) => readValue(section, key) !== undefined);
  if (parts.length === 0) return undefined;
  const isWhole = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"].every(
    (key) => readValue(section, key) !== undefined,
  );
  if (!isWhole) return "it holds a part of a key";
  const isOurs =
    readValue(section, "credential_process") !== undefined ||
    !hasOwnersLines(section) ||
    ids.every((entry) => isOurKey(entry.value));
  return isOurs ? undefined : "it holds another program's temporary key";
}

const sources = new Set([
  "role_arn",
  "source_profile",
  "credential_source",
  "web_identity_token_file",
  "login_session",
  "mfa_serial",
]);

const nestedSource =
  /^(credential_process|role_arn|source_profile|sso_|aws_(access|secret|session))/i;
