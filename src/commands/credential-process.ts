// awst credential-process ACCOUNT ROLE, or --identity NAME. stdout: one JSON object, or nothing. As
// little as can be between the start and the answer.

import { obtainMfaKeys, obtainSession } from "../flows/session/obtain-session.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import { AwstError } from "../model/errors.ts";
import { formatProcessJson } from "../model/session/process-json.ts";
import type { Words } from "../model/words.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [account, role] = words.arguments;
  if (account === undefined && words.identity !== undefined) {
    refuseShape(words);
    const keys = await obtainMfaKeys(context, words.identity, "machine");
    return context.out(formatProcessJson({ keys }, undefined));
  }
  if (account === undefined || role === undefined) {
    throw new AwstError("USAGE", "credential-process needs an account and a role", {
      hint: "awst credential-process ACCOUNT ROLE, or awst credential-process --identity NAME",
    });
  }
  const request = await readSessionRequest(context, words, { account, role }, how);
  const { session } = await obtainSession(context, request);
  await context.out(formatProcessJson(session, session.accountId));
}

// A flag that changes nothing would be a promise: an MFA session has no shape.
function refuseShape(words: Words): void {
  const [flag] = Object.keys(words.options);
  if (flag === undefined) return;
  throw new AwstError("USAGE", `--${flag} shapes a role session: it needs an account and a role`, {
    hint: "awst credential-process ACCOUNT ROLE, or awst credential-process --identity NAME",
  });
}

const how = { requester: "machine", keysAreFixed: false } as const;
