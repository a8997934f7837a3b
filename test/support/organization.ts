// An organization of five accounts in the sandbox: the account of the administrator manages it. In the last account a
// log group of the function's name exists already, so that its stack fails there.

import type { Sandbox } from "../../sandbox/sandbox.ts";

export const unit = "ou-abcd-11111111";
export const memberNames = {
  "222233334444": "production",
  "333344445555": "staging",
  "444455556666": "sandbox",
  "555566667777": "legacy",
} as const;
export const takenAccount = "555566667777";

export function makeOrganization({ cloud, main, clock }: Sandbox): void {
  const joined = (accountId: string, name: string, parentId?: string) => ({
    accountId,
    name,
    email: `${name}@example.com`,
    joinedAt: clock.now(),
    state: "ACTIVE" as const,
    ...(parentId !== undefined && { parentId }),
  });
  const members = Object.entries(memberNames).map(([id, name], at) => {
    cloud.addAccount(id);
    return joined(id, name, at < 2 ? unit : undefined);
  });
  cloud.organization = {
    id: "o-abcdefghij",
    managementAccountId: main.accountId,
    delegatedAdministrators: new Set(),
    members: [joined(main.accountId, "main-account"), ...members],
    hasStackSetsAccess: true,
    rootId: "r-abcd",
    units: [{ id: unit, name: "workloads", parentId: "r-abcd" }],
  };
  cloud
    .account(takenAccount)
    .named.add("AWS::Logs::LogGroup eu-west-1 /aws/lambda/awst-dormant-users");
}
