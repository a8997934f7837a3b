// Grants of a user for the table of changes: what is there before, and one run of a grant, a revocation or a prune.

import { takeSteps } from "../../src/admin/flows/expected-errors.ts";
import { grantAccess, planGrant } from "../../src/admin/flows/grant-access.ts";
import { roleAccounts } from "../../src/admin/flows/read-role.ts";
import {
  planPrune,
  planRevoking,
  prune,
  revokeGrants,
} from "../../src/admin/flows/revoke-access.ts";
import { grantPolicy } from "../../src/admin/model/grants.ts";
import type { AdminContext } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import type { DeletionScene } from "../admin/deletion-scene.ts";

export interface Taken {
  readonly done: readonly string[];
  readonly error: AwstError | undefined;
}

const guards = { protectedNames: [], forced: [] };

export const count = (accepted: readonly string[], name: string) =>
  accepted.filter((each) => each === name).length;

function policyOf(scene: DeletionScene, id: string, days: number) {
  const roleArn = scene.account.arn("role/DeveloperAccess");
  const until = new Date(Math.floor(scene.ago(days).getTime() / 1000) * 1000);
  return grantPolicy({ id, roleArn, until });
}

export function addGrants(scene: DeletionScene, days: number): void {
  forceSessionName(scene);
  for (const id of ["aaaaaaaa", "bbbbbbbb"]) {
    const { name, document } = policyOf(scene, id, days);
    scene.account.user("user").policies.push({ name, document: JSON.parse(document) });
  }
}

export function addManagedGrant(scene: DeletionScene, days: number): void {
  forceSessionName(scene);
  const { name, document } = policyOf(scene, "aaaaaaaa", days);
  scene.account.managed.set(name, JSON.parse(document));
  scene.account.user("user").attached.push(scene.account.arn(`policy/${name}`));
}

function forceSessionName({ account }: DeletionScene): void {
  account.role("DeveloperAccess").trust = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: account.arn("root") },
      Action: "sts:AssumeRole",
      Condition: { StringLike: { "sts:RoleSessionName": `\${aws:username}` } },
    },
  };
}

export function grantTo(kind: "inline" | "managed") {
  return async (admin: AdminContext, { account }: DeletionScene): Promise<Taken> => {
    const accounts = roleAccounts(admin);
    const roleArn = account.arn("role/DeveloperAccess");
    const plan = await planGrant(admin, accounts, {
      ...{ userName: "user", roleArn, seconds: 1800, kind, exact: true, extend: false, ...guards },
    });
    const why = { reason: "test", approvedBy: undefined };
    return takeSteps((done) => grantAccess(admin, accounts, plan, why, done));
  };
}

/** What was made for a grant that failed is undone: the call and the one that undoes it are no step. */
export function withoutUndone(accepted: readonly string[]): number {
  const ownPolicy = accepted.lastIndexOf("createPolicy");
  const undone =
    count(accepted, "deleteRolePolicy") +
    Number(ownPolicy >= 0 && accepted.lastIndexOf("deletePolicy") > ownPolicy);
  return accepted.length - 2 * undone;
}

/** A managed grant that ended is deleted by two calls, which are one step once both were accepted. */
export function endedAtOnce(accepted: readonly string[]): number {
  const isDeleted = accepted[0] === "detachPolicy" && accepted[1] === "deletePolicy";
  return Number(isDeleted);
}

export async function pruneAll(admin: AdminContext): Promise<Taken> {
  const { removed, remaining } = await prune(admin, await planPrune(admin));
  const done = [...removed, ...remaining.flatMap((each) => each.done)];
  const [first] = remaining;
  return { done, error: first && new AwstError("ADMIN_INCOMPLETE", first.why) };
}

export function revoke(admin: AdminContext, { account }: DeletionScene): Promise<Taken> {
  const roleArn = account.arn("role/DeveloperAccess");
  return revokeBy(admin, { userName: "user", roleArn }, true);
}

export async function revokeBy(
  admin: AdminContext,
  which: Parameters<typeof planRevoking>[2]["which"],
  endSessions: boolean,
): Promise<Taken> {
  const accounts = roleAccounts(admin);
  const all = await planRevoking(admin, accounts, { which, endSessions });
  const results = await revokeGrants(admin, accounts, all);
  const error = results.map((each) => each.error).find((each) => each !== undefined);
  return { done: results.flatMap(({ done }) => done), error };
}
