// `awst admin revoke ID` or `USER ACCOUNT/ROLE`: ends a grant before its time.

import { defineCommand } from "../../args/command.ts";
import { flag, optional, required, text } from "../../args/options.ts";
import { typedLine, withArguments } from "../../args/whole-line.ts";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Context } from "../../ports.ts";
import { findBug } from "../flows/expected-errors.ts";
import { roleAccounts } from "../flows/read-role.ts";
import { planRevoking, type RevokeResult, revokeGrants } from "../flows/revoke-access.ts";
import { findRoleToGrant, openAdmin, openRoleAccount, readAccounts } from "../open-admin.ts";
import { asOptions, confirmPlan, needsText, planOptions, typedUser } from "../open-command.ts";
import { revokedNotes, revokeJson, revokePlanLines, roleNames } from "../output/grant-report.ts";
import { carryOut } from "../stop-calls.ts";

export const command = defineCommand({
  name: "admin revoke",
  group: "Administration",
  summary: "end a grant before its time",
  details: `Role sessions that were made under the grant live until they expire, at most as long as the plan says. --end-sessions ends them: a policy on the role denies everything to this user's sessions that were made until now and in the next 5 minutes, in which AWS may still allow what was revoked. What another live grant or a group allows stays, and the plan says so. ${needsText("revoke")}`,
  arguments: {
    grant: required("ID|USER", "the grant's id, or the user's name with ACCOUNT/ROLE"),
    role: optional("ACCOUNT/ROLE", "with a user: all live grants on this role"),
  },
  options: {
    ...asOptions,
    endSessions: flag("also end the role sessions of this user, even where no grant is left"),
    roleAs: text("ACCOUNT/ROLE", "an administrator's role in the account of the role"),
    ...planOptions,
  },
  examples: [
    { line: "awst admin revoke q7x2mzka", meaning: "the grant with this id" },
    {
      line: "awst admin revoke alice production/AdminAccess --end-sessions",
      meaning: "all live grants of a user on a role, and the sessions",
    },
  ],
  json: [
    ["grants[].id, .user, .account, .role", "what is revoked"],
    ["grants[].state", "planned, revoked or stopped"],
    ["grants[].sessionsUntil", "until when role sessions may last, or null"],
    ["grants[].sessionsEnded", "whether they were ended"],
    ["grants[].notes[]", "what the user may still do"],
    ["grants[].done[]", "what was done, in order, also before an error"],
    ["grants[].error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const partition = admin.caller?.arn.split(":")[1] ?? "aws";
    const { roleAs } = args;
    const typed = typedLine(command, args.fullLine);
    const lineFor = (wanted: string) => withArguments(typed, 1, [wanted]);
    const which =
      args.role === undefined
        ? { id: args.grant }
        : {
            userName: await typedUser(args.grant, admin),
            roleArn: (await findRoleToGrant(context, args.role, partition, lineFor)).arn,
          };
    const other =
      roleAs === undefined
        ? undefined
        : await openRoleAccount(context, { ...args, as: roleAs, code: args.mfaCode });
    const accounts = roleAccounts(admin, other);
    const { endSessions, fullLine } = args;
    const lineById = (id: string) => withArguments(typed, 0, [id], args.role === undefined ? 1 : 2);
    const all = await planRevoking(admin, accounts, { which, endSessions, lineById });
    const configured = [...(await readAccounts(context)).values()];
    const names = new Map(configured.map(({ id, name }) => [id, name]));
    const lines = revokePlanLines(all, roleNames(names), admin.clock().awsNow);
    if (args.dryRun) {
      const printed = lines.map((line) => `${line}\n`).join("");
      return { json: revokeJson(all, [], names), text: printed };
    }
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: "Revoke this?",
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const results = await revokeGrants(admin, accounts, all);
      const stopped = results.filter(({ error }) => error !== undefined).length;
      return {
        json: revokeJson(all, results, names),
        notes: revokedNotes(results, roleNames(names)),
        failure:
          stopped === 0
            ? undefined
            : (findBug(results) ??
              new AwstError("ADMIN_INCOMPLETE", `${stopped} of ${results.length} not revoked`, {
                hint: commandLine(retryOf(results, lineById) ?? fullLine),
              })),
      };
    });
  },
});

/** A grant that no user has any more is found by its id alone. undefined: the same line again. */
function retryOf(
  results: readonly RevokeResult[],
  lineById: (id: string) => readonly string[],
): readonly string[] | undefined {
  const stopped = results.filter(({ error }) => error !== undefined);
  const [first] = stopped;
  const { grant, ending } = first?.planned ?? {};
  const mustEnd = ending !== undefined && first?.areSessionsEnded === false;
  if (stopped.length !== 1 || grant === undefined || mustEnd) return undefined;
  return lineById(grant.id);
}
