// What of a session's request stands in the words: the flags that shape it, and how it is obtained. A
// policy's file is read here.

import { resolve } from "node:path";
import { AwstError } from "../../model/errors.ts";
import type { AccountAndRole } from "../../model/session/frecency.ts";
import { readGivenCode } from "../../model/session/one-time-code.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import type { SessionFlags } from "../../model/session/target.ts";
import { parseDuration } from "../../model/text/duration.ts";
import { flagOption, listOption, textOption, type Words } from "../../model/words.ts";
import type { Needs } from "../../ports.ts";

/** USAGE for a length or a tag that is none, FILE_UNREADABLE. AWS's limits are held against it later. */
export async function readSessionFlags(
  context: Needs<"readText">,
  words: Words,
): Promise<SessionFlags> {
  const file = textOption(words, "policy-file");
  const policyArns = listOption(words, "policy-arn");
  const tags = listOption(words, "tag");
  return {
    durationSeconds: readLength(textOption(words, "duration")),
    single: flagOption(words, "single") || undefined,
    sessionName: textOption(words, "session-name"),
    policyArns: policyArns.length === 0 ? undefined : policyArns,
    policy: file === undefined ? undefined : await context.readText(file),
    policyFile: file === undefined || file === "-" ? undefined : resolve(file),
    tags: tags.length === 0 ? undefined : readTags(tags),
    sourceIdentity: textOption(words, "source-identity"),
  };
}

/** Errors: those of `readSessionFlags`; USAGE for a code that is none. */
export async function readSessionRequest(
  context: Needs<"readText">,
  words: Words,
  { account, role }: AccountAndRole,
  how: Pick<SessionRequest, "requester" | "keysAreFixed">,
): Promise<SessionRequest> {
  const code = textOption(words, "mfa-code");
  return {
    account,
    role,
    identity: words.identity,
    flags: await readSessionFlags(context, words),
    code: code === undefined ? undefined : readGivenCode("--mfa-code", code),
    device: textOption(words, "device"),
    refresh: flagOption(words, "refresh"),
    ...how,
  };
}

function readLength(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new AwstError("USAGE", `--duration ${JSON.stringify(text)} is no length of time`, {
    hint: "--duration 90m, 4h, 1h30m, or plain seconds",
  });
}

function readTags(words: readonly string[]): Readonly<Record<string, string>> {
  const tags: [string, string][] = words.map((word) => {
    const at = word.indexOf("=");
    if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
    throw new AwstError("USAGE", `--tag ${JSON.stringify(word)} is not KEY=VALUE`, {
      hint: "--tag team=platform",
    });
  });
  const keys = new Set<string>();
  for (const [key] of tags) {
    if (keys.has(key.toLowerCase())) {
      throw new AwstError("USAGE", `--tag ${JSON.stringify(key)} is given twice`);
    }
    keys.add(key.toLowerCase());
  }
  return Object.fromEntries(tags);
}
