// An organization on the sandbox: a central account and four members, one of which can be made to fail, with what a
// run over all of them needs. Each account has a root key that the tests work with.

import { addOrganization as addToCloud } from "../../sandbox/fixtures/organization.ts";
import type { AccountTarget } from "../../src/admin/model/account-targets.ts";
import type { AdminAccounts, AdminContext } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import type { AdminScene } from "./admin-scene.ts";

export interface Organization {
  readonly ids: readonly string[];
  /** `broken`: ids of accounts whose role can't be assumed. */
  open(options?: {
    readonly broken?: readonly string[];
    readonly around?: (admin: AdminContext, target: AccountTarget) => AdminContext;
  }): AdminAccounts;
}

/** Adds four accounts to the scene's, and makes all of them an organization. */
export function addOrganization(scene: AdminScene): Organization {
  const { cloud } = scene.sandbox;
  const others = ["444444444441", "444444444442", "444444444443", "444444444444"];
  addToCloud(cloud, scene.account.id, others);
  const ids = [scene.account.id, ...others];
  return {
    ids,
    open({ broken = [], around = (admin: AdminContext) => admin } = {}) {
      const targets = ids.map(
        (id): AccountTarget => ({ id, name: `account-${id.at(-1)}`, roleArn: undefined }),
      );
      return {
        targets,
        async open(target) {
          if (broken.includes(target.id)) {
            throw new AwstError("AWS_DENIED", `AWS refused the role in ${target.id}`);
          }
          return around(scene.open({ accountId: target.id }), target);
        },
      };
    },
  };
}
