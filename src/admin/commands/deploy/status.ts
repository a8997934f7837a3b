// `awst admin deploy status`: where the function is deployed, and whether each account has what is wanted.

import { defineCommand } from "../../../args/command.ts";
import { text } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import type { Context } from "../../../ports.ts";
import { isNothingThere, readDeployment } from "../../flows/remove-function.ts";
import { deploymentStates } from "../../model/deployment.ts";
import { asOptions } from "../../open-command.ts";
import { openDeployment } from "../../open-deploy.ts";
import { statesJson, stateTable } from "../../output/deployment-report.ts";

export const command = defineCommand({
  name: "admin deploy status",
  group: "Administration",
  summary: "show where the function is deployed, and whether each account has it",
  details:
    "Needs cloudformation:DescribeStacks, GetTemplate, DescribeStackSet, ListStackInstances, organizations:DescribeOrganization, ListDelegatedAdministrators, and s3:ListBucket on the bucket of the code.",
  options: { ...asOptions, region: text("REGION", "region of the function") },
  examples: [
    { line: "awst admin deploy status", meaning: "each account, and why one has no function" },
  ],
  json: [
    ["accounts[].account, .name", "12 digits, name"],
    ["accounts[].state, .reason", "status of its stack; why, or null"],
    ["accounts[].deployed", "whether the function is there as wanted"],
  ],
  async run(context: Context, args) {
    const opened = await openDeployment(context, { ...args, code: args.mfaCode }, args.region);
    const account = opened.session.accountId;
    const found = await readDeployment(opened, { account, region: opened.region });
    if (isNothingThere(found)) {
      return { json: { accounts: [] }, notes: [`nothing is deployed in ${opened.region}`] };
    }
    const states = deploymentStates(found.stack, found.set, account, opened.region);
    const failed = states.filter(({ isGood }) => !isGood).length;
    return {
      json: { accounts: statesJson(states) },
      text: (style) => stateTable(states, style),
      ...(failed > 0 && {
        failure: new AwstError(
          "ADMIN_INCOMPLETE",
          `accounts without a working function: ${failed}`,
          { hint: deployLine(found.set?.instances) },
        ),
      }),
    };
  },
});

/** The command that deploys to the same units again. */
function deployLine(
  instances: readonly { readonly unit: string | undefined }[] | undefined,
): string {
  const units = [...new Set((instances ?? []).flatMap(({ unit }) => unit ?? []))];
  return commandLine([
    ...["awst", "admin", "deploy", "dormant"],
    ...units.flatMap((unit) => ["--organization", unit]),
  ]);
}
