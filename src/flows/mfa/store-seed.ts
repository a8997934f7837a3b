// `mfa store`: a device's seed into the keychain. What that costs is said and agreed to first; the seed is
// proved by a code of it, sent to AWS, before it is kept.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { clockName, clockOf } from "../../model/clock.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { parseSeedText } from "../../model/mfa/otpauth-uri.ts";
import {
  findDevice,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import { codeAt, endOfStep } from "../../model/mfa/totp.ts";
import { Secret } from "../../model/secret.ts";
import { makesCodes } from "../../model/session/aws-facts.ts";
import { seedCost } from "../../output/mfa/device-report.ts";
import type { Needs } from "../../ports.ts";
import { wasCodeSent } from "../session/get-mfa-code.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { chooseDevice, forgetUser, lookupUser } from "../session/lookup-user.ts";
import { type MfaNeeds, obtainMfaSession } from "../session/obtain-mfa-session.ts";
import {
  type IdentityContext,
  type IdentityNeeds,
  openIdentity,
} from "../session/open-identity-context.ts";
import {
  forgetStoredSeed,
  listStoredSeeds,
  readStoredSeed,
  writeStoredSeed,
} from "../session/stored-seed.ts";
export type StoreSeedNeeds = MfaNeeds & IdentityNeeds & Needs<"readText" | "qr">;

export interface StoreSeedRequest extends SeedRequest {
  /** --qr: a PNG file; absent: stdin where it is piped, else a person. */
  readonly picture: string | undefined;
  /** --yes */
  readonly sure: boolean;
  /** The line that does the same. */
  readonly retry: string;
}

export interface StoredSeedResult {
  readonly identity: string;
  readonly device: string;
  readonly keychain: "system" | "file";
  /** What was there before: this very seed, another one, or none. */
  readonly before: "same" | "other" | "none";
}

/** undefined: a person said no. Errors: CONFIRMATION_NEEDED, SEED_MISSING with nobody to ask, USAGE for what
 *  is no seed, FILE_*, AWS_CODE_REFUSED (it is not that device's), DEVICE_MISSING, KEYCHAIN_*. */
export async function storeSeed(
  context: StoreSeedNeeds,
  wanted: StoreSeedRequest,
): Promise<StoredSeedResult | undefined> {
  const identityContext = await openIdentity(context, wanted.identity);
  const device = await resolveDevice(context, identityContext, wanted.device);
  if (!(await confirmStorage(context, device, wanted))) return undefined;
  const seed = await readSeed(context, device, wanted);
  await verifySeed(context, identityContext, device, seed, wanted.retry);
  const before = await readStoredSeed(context, identityContext, device);
  await writeStoredSeed(context, identityContext, device, seed);
  return {
    identity: identityContext.identity.name,
    device,
    keychain: identityContext.keychain.kind ?? "file",
    before: before === undefined ? "none" : before.equals(seed) ? "same" : "other",
  };
}

async function resolveDevice(
  context: StoreSeedNeeds,
  identityContext: IdentityContext,
  name: string | undefined,
): Promise<string> {
  const user = await lookupUser(context, identityContext);
  if (name === undefined) return chooseDevice(context, identityContext, user, true);
  const known = [...user.devices, ...user.unusable].map((serial) => ({ serial }));
  try {
    const { serial } = findDevice(known, name);
    if (makesCodes(serial)) return serial;
  } catch (error) {
    if (!isAwstError(error, "DEVICE_MISSING")) throw error;
    await forgetUser(context, identityContext);
    const { devices } = await lookupUser(context, identityContext);
    return findDevice(
      devices.map((serial) => ({ serial })),
      name,
    ).serial;
  }
  throw new AwstError("USAGE", `${name} is a security key or passkey: it has no seed`);
}

async function confirmStorage(
  context: StoreSeedNeeds,
  device: string,
  wanted: StoreSeedRequest,
): Promise<boolean> {
  context.say(seedCost(device));
  if (wanted.sure) return true;
  const terminal = await context.terminal();
  if (terminal.isHere()) {
    return terminal.confirm({ text: `Keep the seed of ${deviceLabel(device)} on this machine?` });
  }
  throw new AwstError("CONFIRMATION_NEEDED", "a seed is stored with somebody's word alone", {
    hint: `${wanted.retry} --yes`,
  });
}

async function readSeed(
  context: StoreSeedNeeds,
  device: string,
  { picture }: StoreSeedRequest,
): Promise<Secret> {
  const { text, from } =
    picture === undefined ? await readText(context, device) : await readPicture(context, picture);
  const read = parseSeedText(text);
  if (!("problem" in read)) return read.seed;
  throw new AwstError("USAGE", `no seed in ${from}: ${read.problem}`);
}

async function readText(context: StoreSeedNeeds, device: string) {
  const input = await context.readText("-");
  if (input.trim() !== "") return { text: new Secret(input), from: "the input" };
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("SEED_MISSING", "no seed was given, and there is nobody to ask", {
      hint: "awst mfa store --qr FILE, or the seed or its otpauth:// URI on stdin",
    });
  }
  const question = `the seed of ${deviceLabel(device)}, or its otpauth:// URI`;
  return { text: await terminal.askSecret({ text: question }), from: "what was typed" };
}

async function readPicture(context: StoreSeedNeeds, picture: string) {
  const text = await (await context.qr()).read(picture);
  if (text !== undefined) return { text, from: `the QR code of ${picture}` };
  throw new AwstError("FILE_MALFORMED", `no QR code is to be found in ${picture}`, {
    hint: "cut the picture to the code, with some white around it",
  });
}

async function verifySeed(
  context: StoreSeedNeeds,
  identityContext: IdentityContext,
  device: string,
  seed: Secret,
  retry: string,
): Promise<void> {
  try {
    await obtainMfaSession(context, identityContext, {
      purpose: "mfa store",
      requester: "person",
      deadline: undefined,
      given: undefined,
      device,
      seed,
      retry,
      workSeconds: [...identityContext.configuration.roles.values()].map(
        (role) => role.durationSeconds,
      ),
      isEnough: () => false,
    });
  } catch (error) {
    if (!isAwstError(error, "AWS_CODE_REFUSED")) throw error;
    const message = `AWS refused a code made from this seed for ${deviceLabel(device)}: it is not stored`;
    throw new AwstError("AWS_CODE_REFUSED", message, {
      hint: `it is another device's (--device NAME), or that device has drifted (${mfaCommand(nameUnlessDefault(identityContext), "resync")})`,
      fate: error.fate,
      cause: error,
    });
  }
}

export interface ForgottenSeed {
  readonly identity: string;
  /** undefined: none was stored. */
  readonly device: string | undefined;
}

/** Errors: SEED_MISSING for a named device, CHOICE_NEEDED, KEYCHAIN_*. */
export async function forgetSeed(
  context: Needs<"configurationFile" | "keychain" | "terminal" | "state" | "locks" | "processId">,
  wanted: SeedRequest,
): Promise<ForgottenSeed> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, wanted.identity);
  const stored = await listStoredSeeds(context, { configuration, identity });
  if (stored.length === 0 && wanted.device === undefined) {
    return { identity: identity.name, device: undefined };
  }
  const picked = await chooseSeed(context, wanted);
  await forgetStoredSeed(context, picked, picked.serial);
  return { identity: identity.name, device: picked.serial };
}

export interface GeneratedCode {
  readonly identity: string;
  readonly device: string;
  readonly code: Secret;
  /** By AWS's clock. */
  readonly endsAt: Date;
  readonly secondsLeft: number;
  /** awst sent these very digits: AWS takes them no more. */
  readonly wasSent: boolean;
}

/** Errors: those of `pickSeed`. */
export async function generateCode(
  context: Needs<"configurationFile" | "keychain" | "terminal" | "state" | "now">,
  wanted: SeedRequest,
): Promise<GeneratedCode> {
  const { identity, serial, seed } = await chooseSeed(context, wanted);
  const { awsNow } = clockOf(context.state.read(clockName), context.now());
  const code = codeAt(seed, awsNow);
  const endsAt = endOfStep(awsNow);
  return {
    identity: identity.name,
    device: serial,
    code,
    endsAt,
    secondsLeft: Math.ceil((endsAt.getTime() - awsNow.getTime()) / 1000),
    wasSent: await wasCodeSent(context, serial, code),
  };
}

export interface ChosenSeed {
  readonly configuration: Configuration;
  readonly identity: Identity;
  readonly serial: string;
  readonly seed: Secret;
}

type SeedOwner = Pick<ChosenSeed, "configuration" | "identity">;

export interface SeedRequest {
  /** --identity */
  readonly identity: string | undefined;
  /** --device: a name or a serial. */
  readonly device: string | undefined;
}

/** `device` undefined: the configured one, the only one, or asked. Errors: SEED_MISSING, CHOICE_NEEDED,
 *  IDENTITY_UNKNOWN, CONFIGURATION_*, KEYCHAIN_*. */
export async function chooseSeed(
  context: Needs<"configurationFile" | "keychain" | "terminal">,
  wanted: SeedRequest,
): Promise<ChosenSeed> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, wanted.identity);
  const place = { configuration, identity };
  const serials = await listStoredSeeds(context, place);
  const serial = await chooseSerial(context, place, serials, wanted.device);
  const seed = await readStoredSeed(context, place, serial);
  if (seed === undefined) throw seedMissing(place, serials, serial);
  return { ...place, serial, seed };
}

async function chooseSerial(
  context: Needs<"terminal">,
  place: SeedOwner,
  serials: readonly string[],
  device: string | undefined,
): Promise<string> {
  const { identity } = place;
  const wanted = device ?? serials.find((each) => each === identity.device);
  if (wanted !== undefined) {
    const found =
      serials.find((each) => each === wanted) ??
      serials.find((each) => nameOfDevice(each) === wanted);
    if (found === undefined) throw seedMissing(place, serials, wanted);
    return found;
  }
  const [first, ...others] = serials;
  if (first === undefined) throw seedMissing(place, serials, undefined);
  if (others.length === 0) return first;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("CHOICE_NEEDED", `seeds of ${serials.length} devices are stored here`, {
      hint: `name one: --device ${nameOfDevice(first)}`,
    });
  }
  const options = serials.map((value) => ({ label: value, value }));
  return terminal.choose({ text: `Which device of ${identity.name}?` }, options);
}

function seedMissing(
  place: SeedOwner,
  serials: readonly string[],
  wanted: string | undefined,
): AwstError {
  const { name } = place.identity;
  const whose = wanted === undefined ? `any device of "${name}"` : `"${wanted}" of "${name}"`;
  const others = serials.map(nameOfDevice).join(", ");
  return new AwstError("SEED_MISSING", `no seed of ${whose} is stored here`, {
    hint: others === "" ? mfaCommand(nameUnlessDefault(place), "store") : `stored here: ${others}`,
  });
}
