// awst export switch-roles: every offered role as configuration of the browser extension AWS Extend Switch
// Roles. No secret is in it, and nothing is called.

import { listSwitchRoles } from "../../flows/console/switch-roles.ts";
import { extensionConfiguration } from "../../model/console/switch-roles.ts";
import type { Words } from "../../model/words.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const { roles, leftOut } = await listSwitchRoles(context, words.identity);
  if (words.json) {
    const answer = {
      version: 1,
      roles: roles.map(({ account, role, region, link }) => ({
        account: account.name,
        accountId: account.id,
        role,
        region,
        link,
      })),
      leftOut,
    };
    return context.out(`${JSON.stringify(answer, null, 2)}\n`);
  }
  await context.out(extensionConfiguration(roles));
  for (const { account, role, why } of leftOut) {
    context.say(`${account} ${role} is left out: ${why}`);
  }
}
