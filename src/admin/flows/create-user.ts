// Creates users: the user with tags and boundary, groups, a first password, an access key, an MFA device. What is there
// already is completed and never reset, so that a run can be repeated.

import { randomInt } from "node:crypto";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { codeAt } from "../../model/mfa/totp.ts";
import type { Secret } from "../../model/secret.ts";
import { isSameName, type UserInventory } from "../model/account-facts.ts";
import { makePassword } from "../model/first-password.ts";
import { type SortOptions, sortUser } from "../model/group-rules.ts";
import { deniesFirstSignIn } from "../model/policy-rules.ts";
import {
  type CreateRequest,
  type CreateStep,
  type CreationResult,
  createText,
  type PlannedCreation,
} from "../model/user-creation.ts";
import type { AdminContext } from "../ports.ts";
import { requireNotCut, requireUnprotected } from "./guard-users.ts";
import { findUser } from "./read-user.ts";

/** What a new user has to be given, once. */
export type NewSecret =
  | { readonly kind: "password"; readonly password: Secret }
  | { readonly kind: "key"; readonly accessKeyId: string; readonly secretAccessKey: Secret }
  | { readonly kind: "device"; readonly serial: string; readonly seed: Secret };

/** Takes a secret before the run continues; what is not safely stored is not made. */
export type StoreSecret = (userName: string, secret: NewSecret) => Promise<void>;

/**
 * Reads only. Errors: AWS_*, IAM_ABSENT for a group that does not exist, ADMIN_REFUSED for a user who is there, and is
 * protected or cut off.
 */
export async function planCreation(
  admin: AdminContext,
  request: CreateRequest,
): Promise<readonly PlannedCreation[]> {
  const known = await admin.iam.listGroups();
  const findGroup = (wanted: string, hint?: string): string => {
    const group = known.find((each) => isSameName(each, wanted));
    if (group !== undefined) return group;
    throw new AwstError("IAM_ABSENT", `there is no group ${JSON.stringify(wanted)}`, { hint });
  };
  const groups = request.groups.map((wanted) => findGroup(wanted));
  const plans: PlannedCreation[] = [];
  for (const name of request.names) {
    const found = await findUser(admin, name);
    const user = found?.user.name ?? name;
    const member = { name: user, groups: [...(found?.groups ?? []), ...groups] };
    const { add, category, tooMany } = sortUser(member, request.rules, byNameAlone);
    const byRule = add.map((wanted) => findGroup(wanted, "awst admin group create"));
    const steps = createSteps(found, { ...request, groups: [...groups, ...byRule] });
    if (found !== undefined && steps.length > 0) {
      requireUnprotected(found.user, request);
      requireNotCut(found);
    }
    const needsCategory = request.rules.categories.length > 0 && category === undefined;
    const differingTags = Object.entries(found?.user.tags ?? {})
      .filter(([tag, value]) =>
        Object.entries(request.tags).some(
          ([wanted, text]) => isSameName(wanted, tag) && text !== value,
        ),
      )
      .map(([tag, value]) => `${tag}=${value}`);
    plans.push({ user, exists: found !== undefined, needsCategory, tooMany, differingTags, steps });
  }
  return plans;
}

const byNameAlone: SortOptions = {
  strict: false,
  fix: false,
  defaultCategory: undefined,
  chosen: new Map(),
};

export function createSteps(
  found: UserInventory | undefined,
  request: CreateRequest,
): readonly CreateStep[] {
  const steps: CreateStep[] = [];
  const { path, tags, boundary } = request;
  if (found === undefined) steps.push({ do: "create user", path, tags, boundary });
  const missing = Object.entries(tags).filter(
    ([name]) => !Object.keys(found?.user.tags ?? {}).some((each) => isSameName(each, name)),
  );
  if (found !== undefined && missing.length > 0) {
    steps.push({ do: "tag", tags: Object.fromEntries(missing) });
  }
  for (const group of request.groups) {
    if (!found?.groups.some((each) => isSameName(each, group)))
      steps.push({ do: "join group", group });
  }
  if (request.password && found?.loginProfile === undefined) steps.push({ do: "create password" });
  if (request.key && (found?.keys.length ?? 0) === 0) steps.push({ do: "create key" });
  if (request.mfa && (found?.devices.length ?? 0) === 0) steps.push({ do: "create device" });
  return steps;
}

/**
 * Never throws for one user: the result has the error, and the others are made. A stop (Ctrl-C, a closed terminal) ends
 * all between two steps.
 */
export async function createUsers(
  admin: AdminContext,
  plans: readonly PlannedCreation[],
  request: CreateRequest,
  store: StoreSecret,
  stop?: AbortSignal,
): Promise<readonly CreationResult[]> {
  const results: CreationResult[] = [];
  let isStopped = false;
  for (const { user, exists, steps } of plans) {
    const done: string[] = [];
    let failure: AwstError | undefined;
    try {
      for (const step of steps) {
        isStopped ||= stop?.aborted === true;
        if (isStopped) throw new AwstError("INTERRUPTED", `stopped before: ${createText(step)}`);
        await whileNew(admin, () => applyCreateStep(admin, user, step, request, store));
        done.push(createText(step));
      }
    } catch (error) {
      if (!isAwstError(error)) throw error;
      failure = error;
      isStopped ||= error.code === "INTERRUPTED";
    }
    if (done.length > 0) admin.record("user-created", { user, steps: done.length });
    const made = exists ? "completed" : "created";
    const state = steps.length === 0 ? "unchanged" : made;
    results.push({
      user,
      steps: done,
      error: failure,
      state: failure === undefined ? state : "stopped",
    });
  }
  return results;
}

async function applyCreateStep(
  admin: AdminContext,
  user: string,
  step: CreateStep,
  request: CreateRequest,
  store: StoreSecret,
): Promise<unknown> {
  const { iam } = admin;
  switch (step.do) {
    case "create user": {
      const { path, tags, boundary } = step;
      return iam.createUser({ userName: user, path, tags, boundary });
    }
    case "tag":
      return iam.tagUser(user, step.tags);
    case "join group":
      return iam.addToGroup(user, step.group);
    case "create password":
      return givePassword(admin, user, request.passwordLength, "create", store);
    case "create key": {
      const { accessKeyId, secretAccessKey } = await iam.createAccessKey(user);
      try {
        return await store(user, { kind: "key", accessKeyId, secretAccessKey });
      } catch (error) {
        await deleteLostKey(admin, user, accessKeyId);
        throw error;
      }
    }
    case "create device":
      return enrolFor(admin, user, store);
  }
}

/** The password is stored before it is sent: a lost reply leaves no password that is not known. */
export async function givePassword(
  { iam }: AdminContext,
  user: string,
  length: number,
  how: "create" | "update",
  store: StoreSecret,
): Promise<void> {
  const rules = await iam.findPasswordRules();
  const password = makePassword(rules, length, randomInt);
  await store(user, { kind: "password", password });
  if (how === "update") await iam.updateLoginProfile(user, password);
  else await iam.createLoginProfile(user, password);
}

/** A key whose secret is lost would keep the next run from making another one. */
async function deleteLostKey(
  { iam, debug }: AdminContext,
  user: string,
  accessKeyId: string,
): Promise<void> {
  try {
    await iam.deleteAccessKey(user, accessKeyId);
  } catch (cause) {
    debug(`${accessKeyId} can't be deleted: ${String(cause)}`);
    const message = `the secret of the access key ${accessKeyId} was not stored, and the key can't be deleted`;
    throw new AwstError("ADMIN_INCOMPLETE", message, {
      hint: `aws iam delete-access-key --user-name ${user} --access-key-id ${accessKeyId}`,
      cause,
    });
  }
}

/** A virtual device named like the user, enabled with two codes of its seed. */
async function enrolFor(admin: AdminContext, user: string, store: StoreSecret): Promise<void> {
  const { iam, clock } = admin;
  const { devices } = await iam.listVirtualMfaDevices();
  const left = devices.find(
    ({ serial, userName }) =>
      userName === undefined && isSameName(serial.split("/").at(-1) ?? "", user),
  );
  // An enrolment that was given up: its seed is lost, and its name blocks a new device.
  if (left !== undefined) await iam.deleteVirtualMfaDevice(left.serial);
  const { serial, seed } = await iam.createVirtualMfaDevice(user);
  await store(user, { kind: "device", serial, seed });
  const { codeTime } = clock();
  const previous = codeAt(seed, new Date(codeTime.getTime() - 30_000));
  await iam.enableMfaDevice(user, serial, [previous, codeAt(seed, codeTime)]);
}

/** A user that was made just now is unknown to other calls for some seconds. */
async function whileNew(admin: AdminContext, work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      const isNew = isAwstError(error, "IAM_ABSENT") && / user with name /.test(error.message);
      if (!isNew || tries >= 8) throw error;
      await admin.sleep(1_000 * tries);
    }
  }
}

/** Names of policies that keep a user without an MFA device from changing the first password. */
export async function findSignInConflicts(
  { iam }: AdminContext,
  user: string,
): Promise<readonly string[]> {
  const { users, groups } = await iam.accountDetails();
  const found = users.find((each) => isSameName(each.name, user));
  const owners = groups.filter(({ name }) => found?.groups.includes(name));
  return [...(found === undefined ? [] : [found]), ...owners].flatMap(({ inlinePolicies }) =>
    inlinePolicies.filter(({ document }) => deniesFirstSignIn(document)).map(({ name }) => name),
  );
}
