// awst whoami [--profile NAME]: prints who you are to AWS, and where the credentials came from.

import { type CommandDefinition, defineCommand } from "../args/command.ts";
import { text } from "../args/options.ts";
import { findCommand, parseCommand } from "../args/parse.ts";
import { loadConfiguration } from "../flows/session/load-configuration.ts";
import { whoami } from "../flows/whoami/whoami.ts";
import { findIdentity } from "../model/configuration/find-in-configuration.ts";
import { AwstError } from "../model/errors.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { untilText } from "../output/session/session-report.ts";
import { expiryPaint, type Style } from "../output/style.ts";
import { textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

type LoadCommand = () => Promise<{ readonly command: CommandDefinition<Context> }>;

/** `loadCredentialProcess`: the command that a profile's line of awst's own names. */
export function whoamiOf(loadCredentialProcess: LoadCommand) {
  return defineCommand({
    name: "whoami",
    group: "Sessions",
    summary: "print who you are to AWS, and where the credentials came from",
    details:
      "Looks for credentials where the AWS CLI, boto3 and Terraform look, in the same order, and calls GetCallerIdentity with them.",
    options: {
      profile: text("NAME", "use this profile instead of what the shell has"),
    },
    conflicts: { profile: ["identity"] },
    examples: [
      { line: "awst whoami", meaning: "with what this shell has" },
      { line: "awst whoami --profile main-account/DeveloperAccess", meaning: "with one profile" },
    ],
    json: [
      ["arn", "the ARN that AWS returned"],
      ["accountId", "12 digits"],
      ["source", "where the credentials came from"],
      ["profile", "the profile they came from, or null"],
      ["accessKeyId", "the id of the access key"],
      ["expiresAt", "when they expire, RFC 3339, UTC; null if the source does not report it"],
    ],
    async run(context: Context, args) {
      const identity =
        args.identity === undefined
          ? undefined
          : findIdentity(await loadConfiguration(context), args.identity);
      const caller = await whoami(context, args.profile ?? identity?.awsProfile, async (line) =>
        runOwnProcess(context, line, await loadCredentialProcess()),
      );
      const { arn, accountId, source, accessKeyId, expiresAt, profile } = caller;
      const end = expiresAt === undefined ? null : rfc3339(expiresAt);
      const now = context.clock().awsNow;
      const toTable = (style: Style) => {
        const until = expiresAt && {
          text: untilText(expiresAt, now),
          paint: expiryPaint(style, expiresAt, now),
        };
        const rows = [
          ["arn", arn],
          ["account", accountId],
          ["from", source],
          ["key", { text: accessKeyId, paint: style.dim }],
          ...(until === undefined ? [] : [["until", until]]),
        ];
        return textTable(rows);
      };
      return {
        json: { arn, accountId, source, profile: profile ?? null, accessKeyId, expiresAt: end },
        text: toTable,
      };
    },
  });
}

/** Runs `credential-process` as the line says, in this process, and returns what it would print. */
export async function runOwnProcess(
  context: Context,
  line: readonly string[],
  { command: definition }: { readonly command: CommandDefinition<Context> },
): Promise<string> {
  const found = findCommand(line, [definition.name]);
  const parsed = found.name === undefined ? undefined : parseCommand(definition, found.argv);
  if (parsed?.kind !== "parsed") {
    const message =
      "the profile's credential_process is not a line that this version of awst reads";
    throw new AwstError("CREDENTIALS_MISSING", message, { hint: "awst profile sync" });
  }
  const { env, configuration } = parsed.globals;
  const own = context.reopen({ command: definition.name, env, configuration });
  const { text: output } = await definition.run(own, parsed.args);
  return typeof output === "string" ? output : "";
}
