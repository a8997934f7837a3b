// `awst admin deploy remove`: deletes the function everywhere, with its schedule, its log and its code.

import { defineCommand } from "../../../args/command.ts";
import { text } from "../../../args/options.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { countText } from "../../../model/text/count-text.ts";
import type { Context } from "../../../ports.ts";
import { takeSteps } from "../../flows/expected-errors.ts";
import { isNothingThere, readDeployment, removeDeployment } from "../../flows/remove-function.ts";
import { codeBucket, deploymentName } from "../../model/deployment.ts";
import { asOptions, confirmPlan, planOptions } from "../../open-command.ts";
import { openDeployment } from "../../open-deploy.ts";
import { stoppedFailure, stoppedJson, stoppedNotes } from "../../output/stopped-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin deploy remove",
  group: "Administration",
  summary: "delete the function in every account, with its log and its code",
  details:
    "Deletes the stacks of the organization, the StackSet, the stack of this account and the bucket. The users are not changed: a warned user stays warned, and a disabled user stays disabled. The parameter with the webhook's URL stays. Needs cloudformation:Delete*, s3:Delete* on the bucket, organizations:DescribeOrganization, ListDelegatedAdministrators, and what deletes the resources of the template.",
  options: { ...asOptions, ...planOptions, region: text("REGION", "region of the function") },
  examples: [{ line: "awst admin deploy remove --dry-run", meaning: "what would be deleted" }],
  json: [
    ["state", "planned, removed, unchanged or stopped"],
    ["parts[]", "stack, StackSet and bucket that are there, and go"],
    ["done[]", "what was done, in order, also before an error"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const opened = await openDeployment(context, { ...args, code: args.mfaCode }, args.region);
    const where = { account: opened.session.accountId, region: opened.region };
    const found = await readDeployment(opened, where);
    if (isNothingThere(found)) {
      return {
        json: { state: "unchanged", parts: [], done: [], error: null },
        notes: [`nothing is deployed in ${opened.region}`],
      };
    }
    const { stack, set, hasBucket } = found;
    const lines = [
      ...(set === undefined
        ? []
        : [
            `StackSet ${deploymentName} with its stacks in ${countText(set.instances.length, "account")}`,
          ]),
      ...(stack === undefined
        ? []
        : [`stack ${deploymentName}, with the log of the function, which can't be restored`]),
      ...(hasBucket ? [`bucket ${codeBucket(where)}, with the code`] : []),
    ];
    if (args.dryRun)
      return {
        json: { state: "planned", parts: lines, done: [], error: null },
        text: lines.map((line) => `delete ${line}\n`).join(""),
      };
    for (const line of lines) context.say(`delete ${line}`);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: "Delete this?",
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    return carryOut(async () => {
      const { done, error } = await takeSteps((each) =>
        removeDeployment({ ...opened, done: each }, where),
      );
      const result = { ...stoppedJson(error, "removed"), parts: lines, done };
      if (error !== undefined) {
        const failure = stoppedFailure(error, commandLine(args.fullLine));
        return { json: result, notes: stoppedNotes("the removal", done), failure };
      }
      return { json: result, notes: ["removed the function"] };
    });
  },
});
