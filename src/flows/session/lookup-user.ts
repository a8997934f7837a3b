// Who the key's user is and which devices make its codes: looked up once per key, then remembered.

import { partitionOf } from "../../model/aws/partition.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { mfaCommand, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import {
  type AwsFacts,
  awsFactsName,
  decodeAwsFacts,
  makesCodes,
  type UserFacts,
  withoutUser,
  withUser,
} from "../../model/session/aws-facts.ts";
import type { Needs } from "../../ports.ts";
import { askAws, openIam } from "./ask-aws.ts";
import type { IdentityContext } from "./open-identity-context.ts";
import { listStoredSeeds } from "./stored-seed.ts";

type LearnNeeds = Needs<"aws" | "iam" | "state" | "now" | "say" | "terminal">;

/** ListMFADevices, signed by the long-term key; without a name in it GetCallerIdentity. */
export async function lookupUser(
  context: LearnNeeds,
  identityContext: IdentityContext,
): Promise<UserFacts> {
  const keyId = identityContext.key.accessKeyId;
  const known = decodeAwsFacts(context.state.read(awsFactsName), context.now()).users[keyId];
  // A user without a device may have got one since.
  if (known && (known.devices.length > 0 || identityContext.identity.device !== undefined))
    return known;
  const user = await lookUpUser(context, identityContext);
  await updateAwsFacts(context, (learned) => withUser(learned, keyId, user));
  return user;
}

export async function forgetUser(
  context: Needs<"state" | "now">,
  identityContext: IdentityContext,
): Promise<void> {
  await updateAwsFacts(context, (learned) => withoutUser(learned, identityContext.key.accessKeyId));
}

export async function rememberDevice(
  context: Needs<"state" | "now">,
  identityContext: IdentityContext,
  device: string,
): Promise<void> {
  const keyId = identityContext.key.accessKeyId;
  await updateAwsFacts(context, (learned) => {
    const user = learned.users[keyId];
    if (!user || user.lastUsed === device) return learned;
    return withUser(learned, keyId, { ...user, lastUsed: device });
  });
}

/** The device whose code is asked for: where codes are made here, one whose seed is.
 *  `comesFromElsewhere`: the code does. Errors: DEVICE_MISSING, CHOICE_NEEDED. */
export async function chooseDevice(
  context: Needs<"terminal" | "keychain">,
  identityContext: IdentityContext,
  user: UserFacts,
  comesFromElsewhere: boolean,
): Promise<string> {
  const { identity } = identityContext;
  if (identity.device !== undefined) return identity.device;
  const { devices, lastUsed } = user;
  const [first, ...others] = devices;
  if (first === undefined) throw deviceMissing(identityContext, user);
  if (others.length === 0) return first;
  const stored = comesFromElsewhere ? [] : await listStoredSeeds(context, identityContext);
  const seeded = devices.filter((each) => stored.includes(each));
  const eligible = seeded.length > 0 ? seeded : devices;
  if (lastUsed !== undefined && eligible.includes(lastUsed)) return lastUsed;
  if (seeded[0] !== undefined) return seeded[0];
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError(
      "CHOICE_NEEDED",
      `"${identity.name}" has ${devices.length} MFA devices and none was used here yet`,
      {
        hint: `set the one to ask for in the configuration: [mfa] device = "${first}"`,
      },
    );
  }
  const text = `Which device's codes will you type for ${identity.name}?`;
  const options = devices.map((serial) => ({ label: serial, value: serial }));
  return terminal.choose({ text }, options);
}

export async function updateAwsFacts(
  context: Needs<"state" | "now">,
  change: (learned: AwsFacts) => AwsFacts,
): Promise<void> {
  await context.state.update(awsFactsName, (old) => change(decodeAwsFacts(old, context.now())));
}

async function lookUpUser(
  context: LearnNeeds,
  identityContext: IdentityContext,
): Promise<UserFacts> {
  const { key, region } = identityContext;
  const listed = await unlessDenied(askAws(context, key, region, (aws) => aws.listMfaDevices()));
  if (listed?.userName !== undefined) {
    return learned(listed.userName, identityContext.identity.accountId, listed.serials);
  }
  const { userName, accountId } = await identify(context, identityContext);
  if (listed !== undefined) return learned(userName, accountId, listed.serials);
  // Without a UserName AWS may want the right for every user; with one, for this user alone.
  const iam = await openIam(context, key, region);
  const own = await unlessDenied(iam.listMfaDevices(userName));
  if (own !== undefined) {
    return learned(
      userName,
      accountId,
      own.devices.map(({ serial }) => serial),
    );
  }
  const guess = `arn:${partitionOf(region).name}:iam::${accountId}:mfa/${userName}`;
  if (identityContext.identity.device === undefined) {
    context.say(`listing MFA devices is not allowed (iam:ListMFADevices); assuming ${guess}`);
  }
  return learned(userName, accountId, [guess]);
}

async function unlessDenied<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAwstError(error, "AWS_DENIED")) return undefined;
    throw error;
  }
}

function learned(
  userName: string,
  accountId: string | undefined,
  serials: readonly string[],
): UserFacts {
  return {
    userName,
    accountId,
    devices: serials.filter(makesCodes),
    unusable: serials.filter((serial) => !makesCodes(serial)),
    lastUsed: undefined,
  };
}

async function identify(context: LearnNeeds, identityContext: IdentityContext) {
  const { arn, accountId } = await askAws(
    context,
    identityContext.key,
    identityContext.region,
    (aws) => aws.getCallerIdentity(),
  );
  const userName = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (userName === undefined) {
    throw new AwstError(
      "AWS_CALLER_IS_SESSION",
      `${identityContext.key.accessKeyId} belongs to ${arn}, not to an IAM user`,
      {
        hint: "awst works with the access key of an IAM user",
      },
    );
  }
  return { userName, accountId };
}

function deviceMissing(identityContext: IdentityContext, user: UserFacts): AwstError {
  const { identity } = identityContext;
  const keys = user.unusable.length;
  const message =
    keys === 0
      ? `user ${user.userName} of "${identity.name}" has no MFA device`
      : `user ${user.userName} of "${identity.name}" has ${keys === 1 ? "a security key" : `${keys} security keys`} (FIDO or passkey) only, which STS does not take`;
  return new AwstError("DEVICE_MISSING", message, {
    hint: mfaCommand(nameUnlessDefault(identityContext), "add"),
  });
}
