// Asks the sandbox's policy evaluation what the role of the deployed function may do to a user.

import { evaluate, type Verdict } from "../../sandbox/policy/evaluate.ts";
import type { FunctionScene } from "./function-scene.ts";

export function decideFor(
  scene: FunctionScene,
): (action: string, userName: string, tagKeys?: readonly string[]) => Verdict {
  return (action, userName, tagKeys) => {
    const role = scene.account.role(scene.function().roleArn.split("/").at(-1) ?? "");
    const user = scene.account.user(userName);
    const context = new Map([
      ...user.tags.map(({ key, value }) => [`iam:resourcetag/${key}`, [value]] as const),
      ...(tagKeys === undefined ? [] : [["aws:tagkeys", tagKeys] as const]),
    ]);
    const documents = role.policies.map(({ document }) => document);
    return evaluate(documents, { action: `iam:${action}`, resource: user.arn, context });
  };
}
