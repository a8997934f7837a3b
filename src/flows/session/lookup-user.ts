// Looks up who the key's user is and which MFA devices make its codes. AWS is asked once per key; from then on
// the answer comes from the cache. What changes keys or devices asks AWS again, since a state file may say anything.

import { partitionOf } from "../../model/aws/partition.ts";
import { userProblem } from "../../model/aws/response-checks.ts";
import { AwstError, type ErrorCode, isAwstError } from "../../model/errors.ts";
import type { AccessKey } from "../../model/key/access-key.ts";
import { mfaJournalFile, resumeCommand } from "../../model/mfa/mfa-journal.ts";
import { mfaCommand, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import {
  type AwsFacts,
  awsFactsFile,
  makesCodes,
  type UserFacts,
  withoutUser,
  withUser,
} from "../../model/session/aws-facts.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Context, Needs } from "../../ports.ts";
import type { IdentityContext } from "./open-identity-context.ts";
import { listStoredSeeds } from "./stored-seed.ts";

type LookupNeeds = Needs<"aws" | "iam" | "state" | "say">;

/** Calls ListMFADevices with the long-term key; when the answer names no user, GetCallerIdentity as well. */
export async function lookupUser(
  context: LookupNeeds,
  identityContext: IdentityContext,
): Promise<UserFacts> {
  const keyId = identityContext.key.accessKeyId;
  const cached = context.state.read(awsFactsFile).users[keyId];
  // A user without a device may have got one since.
  const isComplete =
    cached !== undefined &&
    (cached.devices.length > 0 || identityContext.identity.device !== undefined);
  if (isComplete) return cached;
  const user = await askAwsForUser(context, identityContext);
  userNamesByKey(context).set(keyId, user.userName);
  await updateAwsFacts(context, (facts) => withUser(facts, keyId, user));
  return user;
}

/** The user of each key, as AWS named it to this process. */
const usersByState = new WeakMap<Context["state"], Map<string, string>>();

function userNamesByKey({ state }: Needs<"state">): Map<string, string> {
  const names = usersByState.get(state) ?? new Map<string, string>();
  usersByState.set(state, names);
  return names;
}

/**
 * Returns the name of the key's user as AWS says it, for work that changes keys or devices. A cache that names another user,
 * as after a swap of two users' files, is discarded. The call is signed by the key, since moto names no user of a session.
 * `signer`: the key, or a session made with it, which signs where AWS rejects the key. Errors: AWS_*.
 */
export async function identifyUser(
  context: LookupNeeds,
  identityContext: IdentityContext,
  signer: Keys,
): Promise<string> {
  const { key, region } = identityContext;
  const names = userNamesByKey(context);
  const cached = context.state.read(awsFactsFile).users[key.accessKeyId];
  if (cached === undefined) return (await lookupUser(context, identityContext)).userName;
  const named = names.get(key.accessKeyId);
  const userName = named ?? userNameOf(key, await getCallerArn(context, { key, signer, region }));
  names.set(key.accessKeyId, userName);
  if (userProblem(cached.userName, userName) !== undefined) {
    context.say(
      `${key.accessKeyId} belongs to user "${userName}"; the state file that names "${cached.userName}" was ignored`,
    );
    await forgetUser(context, identityContext);
  }
  return userName;
}

/** Returns the user's ARN. */
async function getCallerArn(
  context: Needs<"aws">,
  { key, signer, region }: { key: AccessKey; signer: Keys; region: string },
): Promise<string> {
  const askAs = async (keys: Keys) =>
    (await (await context.aws(keys, region)).getCallerIdentity()).arn;
  try {
    return await askAs(key);
  } catch (error) {
    // A new key is unknown for some seconds, and a session outlives a key that was deactivated.
    if (signer === key || !isAwstError(error, "AWS_KEY_REJECTED")) throw error;
    return askAs(signer);
  }
}

export async function forgetUser(context: Needs<"state">, { key }: IdentityContext): Promise<void> {
  await updateAwsFacts(context, (facts) => withoutUser(facts, key.accessKeyId));
}

/** Records the device whose code AWS took: it is the first choice for the next code. */
export async function recordUsedDevice(
  context: Needs<"state">,
  { key }: IdentityContext,
  device: string,
): Promise<void> {
  const keyId = key.accessKeyId;
  const isNew = ({ users }: AwsFacts) => users[keyId] && users[keyId].lastUsed !== device;
  if (!isNew(context.state.read(awsFactsFile))) return;
  await updateAwsFacts(context, (facts) => {
    const user = facts.users[keyId];
    return user === undefined ? undefined : withUser(facts, keyId, { ...user, lastUsed: device });
  });
}

/** Returns the device whose code to ask for; a device whose seed is stored comes first.
 *  `comesFromElsewhere`: no stored seed makes the code. Errors: DEVICE_MISSING, CHOICE_NEEDED. */
export async function chooseDevice(
  context: Needs<"terminal" | "keychain" | "state">,
  identityContext: IdentityContext,
  user: UserFacts,
  comesFromElsewhere: boolean,
): Promise<string> {
  const { identity } = identityContext;
  if (identity.device !== undefined) return identity.device;
  const { devices, lastUsed } = user;
  const [first, ...others] = devices;
  if (first === undefined) throw deviceMissing(context, identityContext, user);
  if (others.length === 0) return first;
  const stored = comesFromElsewhere ? [] : await listStoredSeeds(context, identityContext);
  const seeded = devices.filter((each) => stored.includes(each));
  const eligible = seeded.length > 0 ? seeded : devices;
  if (lastUsed !== undefined && eligible.includes(lastUsed)) return lastUsed;
  if (seeded[0] !== undefined) return seeded[0];
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = `user "${user.userName}" has ${devices.length} MFA devices, and awst does not know which one to use`;
    throw new AwstError("CHOICE_NEEDED", message, {
      hint: `name the device in the configuration: [mfa] device = "${first}"`,
    });
  }
  const text = `Which device's codes will you type for ${identity.name}?`;
  const options = devices.map((serial) => ({ label: serial, value: serial }));
  return terminal.choose({ text }, options);
}

/** `change` returns undefined to leave the cache as it is. */
export async function updateAwsFacts(
  context: Needs<"state">,
  change: (facts: AwsFacts) => AwsFacts | undefined,
): Promise<void> {
  await context.state.update(awsFactsFile, change);
}

async function askAwsForUser(
  context: LookupNeeds,
  { identity, key, region }: IdentityContext,
): Promise<UserFacts> {
  const aws = await context.aws(key, region);
  // moto knows no user of the signer's and answers NoSuchEntity; with the name it lists the devices.
  const listed = await unless(["AWS_DENIED", "IAM_ABSENT"], aws.listMfaDevices());
  if (listed?.userName !== undefined) {
    return userFacts(listed.userName, identity.accountId, listed.serials);
  }
  const { arn, accountId } = await aws.getCallerIdentity();
  const userName = userNameOf(key, arn);
  if (listed !== undefined) return userFacts(userName, accountId, listed.serials);
  // Policies may allow the call for this user name alone, and not without a name.
  const iam = await context.iam(key, region);
  const own = await unless(["AWS_DENIED"], iam.listMfaDevices(userName));
  if (own !== undefined) {
    return userFacts(
      userName,
      accountId,
      own.devices.map(({ serial }) => serial),
    );
  }
  const guess = `arn:${partitionOf(region).name}:iam::${accountId}:mfa/${userName}`;
  if (identity.device === undefined) {
    context.say(`you are not allowed to call iam:ListMFADevices; assuming the device ${guess}`);
  }
  return userFacts(userName, accountId, [guess]);
}

/** Errors: AWS_CALLER_IS_SESSION. */
function userNameOf({ accessKeyId }: Pick<AccessKey, "accessKeyId">, arn: string): string {
  const userName = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (userName !== undefined) return userName;
  throw new AwstError(
    "AWS_CALLER_IS_SESSION",
    `${accessKeyId} belongs to ${arn}, not to an IAM user`,
    { hint: "awst needs the access key of an IAM user" },
  );
}

async function unless<T>(codes: readonly ErrorCode[], asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAwstError(error, ...codes)) return undefined;
    throw error;
  }
}

function userFacts(
  userName: string,
  accountId: string | undefined,
  serials: readonly string[],
): UserFacts {
  const devices = serials.filter(makesCodes);
  return {
    userName,
    accountId,
    devices,
    unusable: serials.filter((serial) => !makesCodes(serial)),
    // An only device needs no second write after its first code.
    lastUsed: devices.length === 1 ? devices[0] : undefined,
  };
}

function deviceMissing(
  context: Needs<"state">,
  identityContext: IdentityContext,
  user: UserFacts,
): AwstError {
  const { identity } = identityContext;
  const keys = user.unusable.length;
  const message =
    keys === 0
      ? `user ${user.userName} of "${identity.name}" has no MFA device`
      : `user ${user.userName} of "${identity.name}" has only ${keys === 1 ? "a security key" : `${keys} security keys`} (FIDO or passkey), which STS does not accept`;
  const journal = context.state.read(mfaJournalFile(identity.name, user.userName));
  return new AwstError("DEVICE_MISSING", message, {
    hint: mfaCommand(nameUnlessDefault(identityContext), resumeCommand(journal)),
  });
}
