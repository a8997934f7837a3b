// `awst admin accounts`: which accounts a run covers, and whether each can be reached.

import { defineCommand } from "../../args/command.ts";
import { AwstError } from "../../model/errors.ts";
import { textTable } from "../../output/text-table.ts";
import type { Context } from "../../ports.ts";
import { runAccounts } from "../flows/run-accounts.ts";
import { openAccounts } from "../open-accounts.ts";
import { asOptions, needsText } from "../open-command.ts";
import { accountText } from "../output/enforcement-report.ts";
import type { AdminContext } from "../ports.ts";

export const command = defineCommand({
  name: "admin accounts",
  group: "Administration",
  summary: "list the accounts that administration covers, and check that each can be reached",
  details: `The accounts are those of [admin] accounts: a list, or "organization". An account without a role of its own is reached by assuming [admin] orgRole; invited accounts often have no such role. ${needsText("accounts")}`,
  options: asOptions,
  examples: [{ line: "awst admin accounts", meaning: "each account, reached or not, and why" }],
  json: [
    ["accounts[].account, .name", "12 digits, name"],
    ["accounts[].role", "ARN of the role that is assumed, or null"],
    ["accounts[].users", "number of IAM users, or null"],
    ["accounts[].state, .error", "reached or failed; why, or null"],
  ],
  async run(context: Context, args) {
    const how = { chosen: [], deadline: undefined };
    const accounts = await openAccounts(context, { ...args, code: args.mfaCode }, how);
    const count = async ({ iam }: AdminContext) => (await iam.accountSummary()).users;
    const all = { from: undefined, until: undefined, now: context.now };
    const { done, failed } = await runAccounts(accounts, count, all);
    const rows = accounts.targets.map((target) => {
      const users = done.find((each) => each.target === target)?.value;
      const error = failed.find((each) => each.target === target)?.error.message;
      return { target, users, error };
    });
    return {
      json: {
        accounts: rows.map(({ target, users, error }) => ({
          account: target.id,
          name: target.name,
          role: target.roleArn ?? null,
          users: users ?? null,
          state: error === undefined ? "reached" : "failed",
          error: error ?? null,
        })),
      },
      text: (style) =>
        textTable([
          ["ACCOUNT", "USERS", "ROLE", ""].map((text) => ({ text, paint: style.heading })),
          ...rows.map(({ target: { id, name, roleArn }, users, error }) => [
            accountText(id, name),
            users === undefined ? "" : String(users),
            roleArn ?? "",
            error ?? "",
          ]),
        ]),
      ...(failed.length > 0 && {
        failure: new AwstError(
          "ADMIN_INCOMPLETE",
          `accounts that can't be reached: ${failed.length} of ${rows.length}`,
          { hint: 'name their roles: accounts = ["production/AdminRole"]' },
        ),
      }),
    };
  },
});
