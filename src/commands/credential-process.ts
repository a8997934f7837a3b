// awst credential-process ACCOUNT ROLE, or --identity NAME: prints one JSON object for an AWS SDK, or nothing. The
// warm path: it loads as little as possible.

import { defineCommand } from "../args/command.ts";
import {
  optionalAccountAndRole,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import { obtainMfaCredentials, obtainSession } from "../flows/session/obtain-session.ts";
import { AwstError } from "../model/errors.ts";
import { formatProcessJson } from "../model/session/process-json.ts";
import type { Context } from "../ports.ts";

const shapeNeedsRole = Object.fromEntries(
  Object.keys(shapingOptions).map((name) => [name, ["account", "role"] as const]),
);

export const command = defineCommand({
  name: "credential-process",
  group: "Sessions",
  summary: "print credentials for an AWS SDK as one JSON object",
  details:
    "The profiles that awst writes call this command. stdout holds the JSON object or nothing. Names must be complete. A code is asked for on the terminal or in a window, for at most 50 s. With --identity and no account it prints the MFA session of that user.",
  arguments: optionalAccountAndRole,
  options: {
    ...shapingOptions,
  },
  // Options of a role session don't change an MFA session, so they are refused.
  needs: shapeNeedsRole,
  examples: [
    { line: "awst credential-process main-account DeveloperAccess", meaning: "what an SDK runs" },
    {
      line: "awst credential-process --identity main-account",
      meaning: "the MFA session of the user",
    },
  ],
  skipsBackgroundReports: () => true,
  async run(context: Context, args) {
    const { account, role, identity } = args;
    if (account === undefined && identity !== undefined) {
      const keys = await obtainMfaCredentials(context, identity, "machine");
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
