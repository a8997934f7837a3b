// `awst admin grants`: lists who may assume which role until when. `awst admin grants prune` removes what is over.

import { defineCommand } from "../../args/command.ts";
import { optionalChoice } from "../../args/options.ts";
import { typedLine, withArguments } from "../../args/whole-line.ts";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";
import { listGrants, type PrunePlan, planPrune, prune } from "../flows/revoke-access.ts";
import { openAdmin, readAccounts } from "../open-admin.ts";
import { asOptions, confirmPlan, needsText, planOptions } from "../open-command.ts";
import { grantsJson, grantTable, roleNames } from "../output/grant-report.ts";
import { doneText } from "../output/stopped-report.ts";
import type { AdminContext } from "../ports.ts";
import { carryOut } from "../stop-calls.ts";

export const command = defineCommand({
  name: "admin grants",
  group: "Administration",
  summary: "list grants; `awst admin grants prune` removes those that are over",
  details: `A grant ends by its condition, so prune only frees space: policies of users, once the role sessions that were made with them are over too (off-boarding ends those, and finds them by the grant), and policies of roles that ended sessions which are all over by now. A policy that another administrator changed is listed as changed, and is left as it is. ${needsText("grants")}`,
  arguments: { prune: optionalChoice("prune", ["prune"], "remove what is over") },
  options: { ...asOptions, ...planOptions },
  examples: [
    { line: "awst admin grants", meaning: "live grants first" },
    { line: "awst admin grants prune --yes", meaning: "remove what is over, from a schedule" },
  ],
  json: [
    ["grants[].id, .user, .account, .role", "who may assume what"],
    ["grants[].until, .live", "when it ends, RFC 3339; whether it allows anything now"],
    [
      "grants[].state",
      "live, ended, changed (by another administrator), unattached (a managed policy that no user has)",
    ],
    ["grants[].reason", "as given on this machine, or null"],
    ["planned[]", "prune --dry-run: what would be removed, in words; else empty"],
    ["removed[]", "prune: ids of grants, and policies of roles; else empty"],
    [
      "remaining[].what, .why, .done",
      "prune: what was not removed, and what of it was done all the same; else empty",
    ],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    if (args.prune !== undefined) return pruneGrants(context, admin, args);
    if (args.dryRun || args.yes) {
      const message = `${args.dryRun ? "--dry-run" : "--yes"} is for \`awst admin grants prune\``;
      const hint = commandLine(withArguments(typedLine(command, args.fullLine), 0, ["prune"], 0));
      throw new AwstError("USAGE", message, { hint });
    }
    const listed = await listGrants(admin);
    const printed = listed.map((each) => ({ ...each, reason: each.record?.reason }));
    const configured = [...(await readAccounts(context)).values()];
    const accounts = new Map(configured.map(({ id, name }) => [id, name]));
    const { awsNow } = admin.clock();
    const ended = listed.filter(({ state }) => state === "ended").length;
    return {
      json: { ...grantsJson(printed, accounts), planned: [], removed: [], remaining: [] },
      text: (style) =>
        listed.length === 0 ? "" : grantTable(printed, roleNames(accounts), awsNow, style),
      notes: [
        ...(listed.length === 0 ? ["there are no grants"] : []),
        ...(ended === 0
          ? []
          : [
              `${ended} over; awst admin grants prune removes those whose role sessions are over too`,
            ]),
      ],
    };
  },
});

async function pruneGrants(
  context: Context,
  admin: AdminContext,
  args: {
    readonly dryRun: boolean;
    readonly yes: boolean;
    readonly fullLine: readonly string[];
  },
) {
  const plan = await planPrune(admin);
  const lines = planLines(plan);
  const json = { grants: [], planned: args.dryRun ? lines : [], removed: [], remaining: [] };
  const waiting = plan.waiting.map(
    ({ id, until }) => `${id} is over, but its role sessions may last until ${rfc3339(until)}`,
  );
  if (lines.length === 0) return { json, notes: [...waiting, "nothing to remove"] };
  if (args.dryRun) return { json, notes: waiting, text: lines.map((line) => `${line}\n`).join("") };
  for (const line of lines) context.say(line);
  const isAgreed = await confirmPlan(context, {
    isConfirmed: args.yes,
    question: `Remove ${lines.length}?`,
  });
  if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
  return carryOut(async () => {
    const { removed, remaining, bug } = await prune(admin, plan);
    return {
      json: { ...json, removed, remaining },
      notes: successNotes([
        `removed ${removed.length}${removed.length === 0 ? "" : `: ${removed.join(", ")}`}`,
        ...remaining.map(({ what, why, done }) => `${what} stays: ${why}${doneText(done)}`),
      ]),
      failure:
        remaining.length === 0
          ? undefined
          : (bug ??
            new AwstError("ADMIN_INCOMPLETE", `${remaining.length} not removed`, {
              hint: "awst admin grants",
            })),
    };
  });
}

function planLines({ grants, denies }: PrunePlan): readonly string[] {
  return [
    ...grants.map(({ id, user }) => `remove the ended grant ${id} of ${user ?? "no user"}`),
    ...denies.map(
      ({ role, policy }) => `remove ${policy} from role ${role}: its sessions are over`,
    ),
  ];
}
