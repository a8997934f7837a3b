// Creates users: the user with tags and boundary, groups, a first password, an access key, an MFA device. What is there
// already is completed and never reset, so that a run can be repeated.

import { randomInt } from "node:crypto";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { codeAt } from "../../model/mfa/totp.ts";
import type { Secret } from "../../model/secret.ts";
import { suggestion } from "../../model/text/nearest-name.ts";
import { isSameName, type UserInventory } from "../model/account-facts.ts";
import { makePassword } from "../model/first-password.ts";
import { type SortOptions, sortUser } from "../model/group-rules.ts";
import { deniesFirstSignIn } from "../model/policy-rules.ts";
import {
  type CreateRequest,
  type CreateStep,
  type CreationResult,
  createText,
  deleteKeyLine,
  type MadeSecrets,
  type PlannedCreation,
} from "../model/user-creation.ts";
import type { AdminContext } from "../ports.ts";
import { absentIsDone, failureFrom, findBug, retryWhileNew } from "./expected-errors.ts";
import { requireAsPlanned, requireNotCut, requireUnprotected } from "./guard-users.ts";
import { findUser } from "./read-user.ts";

/** What a new user has to be given, once. */
export type NewSecret =
  | { readonly kind: "password"; readonly password: Secret }
  | { readonly kind: "key"; readonly accessKeyId: string; readonly secretAccessKey: Secret }
  | { readonly kind: "device"; readonly serial: string; readonly seed: Secret };

/** Takes each secret before the run continues. A key whose secret it can't store or print is deleted. */
export interface SecretStore {
  put(userName: string, secret: NewSecret): Promise<void>;
  /** Stores or prints what it still has of the user. */
  finish(userName: string): Promise<void>;
}

/**
 * Reads only. Errors: AWS_*, IAM_ABSENT for a group that does not exist, ADMIN_REFUSED for a user who is there, and is
 * protected or cut off.
 */
export async function planCreation(
  admin: AdminContext,
  request: CreateRequest,
): Promise<readonly PlannedCreation[]> {
  const known = await admin.iam.listGroups();
  const findGroup = (wanted: string, hint: string | undefined): string => {
    const group = known.find((each) => isSameName(each, wanted));
    if (group !== undefined) return group;
    throw new AwstError("IAM_ABSENT", `there is no group ${JSON.stringify(wanted)}`, { hint });
  };
  const groups = request.groups.map((wanted) => findGroup(wanted, suggestion(wanted, known)));
  const plans: PlannedCreation[] = [];
  for (const name of request.names) {
    const found = await findUser(admin, name);
    const user = found?.user.name ?? name;
    const member = { name: user, groups: [...(found?.groups ?? []), ...groups] };
    const { add, category, tooMany } = sortUser(member, request.rules, byNameAlone);
    const byRule = add.map((wanted) => findGroup(wanted, "awst admin group create"));
    const steps = createSteps(found, {
      ...request,
      path: request.paths?.get(name) ?? request.path,
      groups: [...groups, ...byRule],
    });
    if (found !== undefined && steps.length > 0) {
      requireUnprotected(found.user, request);
      requireNotCut(found);
    }
    const needsCategory = request.rules.categories.length > 0 && category === undefined;
    const differingTags = Object.entries(found?.user.tags ?? {}).flatMap(([tag, value]) =>
      Object.entries(request.tags)
        .filter(([name, text]) => isSameName(name, tag) && text !== value)
        .map(([, wanted]) => ({ name: tag, value, wanted })),
    );
    const unusedKeys = request.key && found !== undefined ? await findUnusedKeys(admin, found) : [];
    const id = found?.user.id;
    plans.push({ user, id, needsCategory, tooMany, differingTags, unusedKeys, steps });
  }
  return plans;
}

/** A run that was killed between AWS's response and the display leaves such a key. [] where last uses may not be read. */
async function findUnusedKeys(
  { iam, debug }: AdminContext,
  { keys }: UserInventory,
): Promise<PlannedCreation["unusedKeys"]> {
  const active = keys.filter(({ status }) => status === "Active");
  try {
    const uses = await Promise.all(active.map(({ id }) => iam.lastUseOf(id)));
    return active.filter((_, at) => uses[at]?.usedAt === undefined);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    debug(error.message);
    return [];
  }
}

const byNameAlone: SortOptions = {
  strict: false,
  fix: false,
  defaultCategory: undefined,
  chosen: new Map(),
};

function createSteps(
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
 * all between two steps, and a bug all after the user.
 */
export async function createUsers(
  admin: AdminContext,
  plans: readonly PlannedCreation[],
  request: CreateRequest,
  store: SecretStore,
  stop?: AbortSignal,
): Promise<readonly CreationResult[]> {
  const results: CreationResult[] = [];
  let isStopped = false;
  for (const { user, id, steps } of plans) {
    if (findBug(results) !== undefined) break;
    const done: string[] = [];
    const made: Making = { password: false, keys: [], devices: [] };
    let failure: AwstError | undefined;
    try {
      const now = await requireStillPlanned(admin, user, id, steps, request);
      for (const step of steps.filter((each) => isNeeded(each, now))) {
        isStopped ||= stop?.aborted === true;
        if (isStopped) throw new AwstError("INTERRUPTED", `stopped before: ${createText(step)}`);
        made.unfinished = undefined;
        await retryWhileNew(admin, () => applyCreateStep(admin, user, step, request, store, made));
        done.push(createText(step));
      }
    } catch (error) {
      failure = failureFrom(error);
      if (made.unfinished !== undefined) done.push(made.unfinished);
    }
    const lost = await finishUser(admin, user, store, made, done);
    failure = lost ?? failure;
    isStopped ||= failure?.code === "INTERRUPTED";
    if (done.length > 0) admin.record("user-created", { user, steps: done.length });
    const how = id === undefined ? "created" : "completed";
    const state = steps.length === 0 ? "unchanged" : how;
    results.push({
      user,
      steps: done,
      error: failure,
      state: failure === undefined ? state : "stopped",
      made,
      isPasswordLost: lost !== undefined && made.password,
    });
  }
  return results;
}

/** MadeSecrets, while the steps are taken. */
interface Making {
  password: boolean;
  readonly keys: string[];
  readonly devices: string[];
  /** What a step of several calls has done before one of them failed. */
  unfinished?: string | undefined;
}

/** undefined: the user is to be made. Errors: ADMIN_REFUSED where the user is not the one of the plan any more. */
async function requireStillPlanned(
  admin: AdminContext,
  name: string,
  id: string | undefined,
  steps: readonly CreateStep[],
  request: CreateRequest,
): Promise<UserInventory | undefined> {
  if (id === undefined || steps.length === 0) return undefined;
  return requireAsPlanned(admin, { name, id }, request);
}

/** What another administrator made meanwhile is not made twice. */
function isNeeded(step: CreateStep, now: UserInventory | undefined): boolean {
  if (now === undefined) return true;
  if (step.do === "create password") return now.loginProfile === undefined;
  if (step.do === "create key") return now.keys.length === 0;
  return step.do !== "create device" || now.devices.length === 0;
}

async function applyCreateStep(
  admin: AdminContext,
  user: string,
  step: CreateStep,
  request: CreateRequest,
  store: SecretStore,
  made: Making,
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
      return givePassword(admin, user, request.passwordLength, "create", {
        put: async (...secret) => {
          await store.put(...secret);
          made.password = true;
        },
      });
    case "create key": {
      const { accessKeyId, secretAccessKey } = await iam.createAccessKey(user);
      try {
        await store.put(user, { kind: "key", accessKeyId, secretAccessKey });
        return made.keys.push(accessKeyId);
      } catch (error) {
        await deleteLostKey(admin, user, accessKeyId);
        throw error;
      }
    }
    case "create device":
      return enrolFor(admin, user, store, made);
  }
}

/** Returns the error of a store that can't store or print what it has. `done` loses the steps that are undone. */
async function finishUser(
  admin: AdminContext,
  user: string,
  store: SecretStore,
  made: MadeSecrets,
  done: string[],
): Promise<AwstError | undefined> {
  try {
    await store.finish(user);
    return undefined;
  } catch (error) {
    return (await removeLost(admin, user, made, done)) ?? failureFrom(error);
  }
}

/**
 * Returns the results after `error`: the output with the sealed secrets of `users` was lost. Their keys and devices are
 * deleted, so that the next run makes others.
 */
export async function rollBackLost(
  admin: AdminContext,
  results: readonly CreationResult[],
  users: readonly string[],
  error: AwstError,
): Promise<readonly CreationResult[]> {
  const after: CreationResult[] = [];
  for (const result of results) {
    const { user, made } = result;
    if (!users.includes(user)) after.push(result);
    else {
      const steps = [...result.steps];
      const worse = await removeLost(admin, user, made, steps);
      const isPasswordLost = made.password;
      after.push({ ...result, steps, state: "stopped", error: worse ?? error, isPasswordLost });
    }
  }
  return after;
}

/** The steps of `createText` and of `unfinished` that a removal undoes. */
const keyText = /^create an access key$/;
const deviceText = /^create (and enable an|the) MFA device/;

/** A password stays: it is harmless, and `awst admin user password` gives another. Returns the first error. */
async function removeLost(
  admin: AdminContext,
  user: string,
  { keys, devices }: MadeSecrets,
  done: string[],
): Promise<AwstError | undefined> {
  const errors: AwstError[] = [];
  const removals = [
    ...keys.map((key) => [keyText, () => deleteLostKey(admin, user, key)] as const),
    ...devices.map((at) => [deviceText, () => deleteLostDevice(admin, user, at)] as const),
  ];
  for (const [text, remove] of removals) {
    try {
      await remove();
      done.splice(0, done.length, ...done.filter((each) => !text.test(each)));
    } catch (error) {
      errors.push(failureFrom(error));
    }
  }
  return errors[0];
}

/** The password is stored before it is sent: a lost reply leaves no password that is not known. */
export async function givePassword(
  { iam }: AdminContext,
  user: string,
  length: number,
  how: "create" | "update",
  store: Pick<SecretStore, "put">,
): Promise<void> {
  const rules = await iam.findPasswordRules();
  const password = makePassword(rules, length, randomInt);
  await store.put(user, { kind: "password", password });
  if (how === "update") await iam.updateLoginProfile(user, password);
  else await iam.createLoginProfile(user, password);
}

/** A key whose secret is lost would keep the next run from making another one. */
async function deleteLostKey(admin: AdminContext, user: string, key: string): Promise<void> {
  const { iam } = admin;
  const what = `the secret of the access key ${key} was not stored, and the key can't be deleted`;
  await deleteLost(admin, what, deleteKeyLine(user, key), () => iam.deleteAccessKey(user, key));
}

/** A device whose seed is lost would keep the user from signing in, and the next run from making another one. */
async function deleteLostDevice(admin: AdminContext, user: string, serial: string): Promise<void> {
  const { iam } = admin;
  const what = `the seed of the MFA device ${serial} was lost, and the device can't be deleted`;
  const line = `aws iam deactivate-mfa-device --user-name ${user} --serial-number ${serial}`;
  await deleteLost(admin, what, line, async () => {
    await iam.deactivateMfaDevice(user, serial).catch(absentIsDone);
    await iam.deleteVirtualMfaDevice(serial).catch(absentIsDone);
  });
}

/** Errors: ADMIN_INCOMPLETE with this message and hint, where the work fails. */
async function deleteLost(
  { debug }: AdminContext,
  message: string,
  hint: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (cause) {
    debug(`${message}: ${String(cause)}`);
    throw new AwstError("ADMIN_INCOMPLETE", message, { hint, cause });
  }
}

/** A virtual device named like the user, enabled with two codes of its seed. */
async function enrolFor(
  admin: AdminContext,
  user: string,
  store: SecretStore,
  made: Making,
): Promise<void> {
  const { iam, clock } = admin;
  const { devices } = await iam.listVirtualMfaDevices();
  const left = devices.find(
    ({ serial, userName }) =>
      userName === undefined && isSameName(serial.split("/").at(-1) ?? "", user),
  );
  // An enrolment that was given up: its seed is lost, and its name blocks a new device.
  if (left !== undefined) await iam.deleteVirtualMfaDevice(left.serial);
  made.unfinished = undefined;
  const { serial, seed } = await iam.createVirtualMfaDevice(user);
  made.unfinished = `create the MFA device ${serial}, not enabled`;
  await store.put(user, { kind: "device", serial, seed });
  made.devices.push(serial);
  const { codeTime } = clock();
  const previous = codeAt(seed, new Date(codeTime.getTime() - 30_000));
  await iam.enableMfaDevice(user, serial, [previous, codeAt(seed, codeTime)]);
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
