// awst credential-process ACCOUNT ROLE, or --identity NAME. stdout: one JSON object, or nothing. As
// little as can be between the start and the answer.

import { defineCommand } from "../args/command.ts";
import {
  optionalAccountAndRole,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import { obtainMfaKeys, obtainSession } from "../flows/session/obtain-session.ts";
import { AwstError } from "../model/errors.ts";
import { formatProcessJson } from "../model/session/process-json.ts";
import type { Context } from "../ports.ts";

const shapeNeedsRole = Object.fromEntries(
  Object.keys(shapingOptions).map((name) => [name, ["account", "role"] as const]),
);

export const command = defineCommand({
  name: "credential-process",
  group: "Sessions",
  summary: "answer an AWS SDK: one JSON object with the keys",
  details:
    "Stands in the profiles that awst writes. stdout is the answer or nothing; names are never guessed; a question is asked on the terminal device or in a window, and ends by itself after 50 s. With --identity and no account: that user's MFA session.",
  arguments: optionalAccountAndRole,
  options: {
    ...shapingOptions,
  },
  // An MFA session has no shape: an option that changes nothing is refused.
  needs: shapeNeedsRole,
  examples: [
    { line: "awst credential-process main-account DeveloperAccess", meaning: "what an SDK gets" },
    {
      line: "awst credential-process --identity main-account",
      meaning: "the MFA session of the user itself",
    },
  ],
  async run(context: Context, args) {
    const { account, role, identity } = args;
    if (account === undefined && identity !== undefined) {
      const keys = await obtainMfaKeys(context, identity, "machine");
      return { text: formatProcessJson({ keys }, undefined) };
    }
    if (account === undefined || role === undefined) {
      throw new AwstError("USAGE", "credential-process needs an account and a role", {
        hint: "awst credential-process ACCOUNT ROLE, or awst credential-process --identity NAME",
      });
    }
    const request = await readSessionRequest(args, { account, role }, how, context.readText);
    const { session } = await obtainSession(context, request);
    return { text: formatProcessJson(session, session.accountId) };
  },
});

const how = { requester: "machine", keysAreFixed: false } as const;
