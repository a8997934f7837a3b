// `mfa store`, `mfa forget` and `mfa code`: the seed of a device in the keychain. Storing a seed weakens
// the second factor, so the user has to agree first; AWS must accept a code of the seed before it is
// stored.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { allDurations, findIdentity } from "../../model/configuration/find-in-configuration.ts";
import { userWithoutConfiguration } from "../../model/configuration/without-configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { seedListItem } from "../../model/keychain/items.ts";
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
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import { seedWarning } from "../../output/mfa/device-report.ts";
import type { Context, Needs } from "../../ports.ts";
import { askUntilValid } from "../session/ask-until-valid.ts";
import { loadConfiguration, loadUnlessMissing } from "../session/load-configuration.ts";
import { chooseDevice, forgetUser, lookupUser } from "../session/lookup-user.ts";
import { obtainMfaSession } from "../session/obtain-mfa-session.ts";
import { type IdentityContext, openIdentity } from "../session/open-identity-context.ts";
import { wasCodeSent } from "../session/send-code-once.ts";
import {
  forgetStoredSeed,
  listStoredSeeds,
  readStoredSeed,
  writeStoredSeed,
} from "../session/stored-seed.ts";

export interface SeedRequest {
  /** --identity */
  readonly identity: string | undefined;
  /** --device: a name or a serial. */
  readonly device: string | undefined;
}

export interface StoreSeedRequest extends SeedRequest {
  /** --qr: a PNG file; undefined: stdin if it is piped, otherwise a prompt. */
  readonly picture: string | undefined;
  /** --yes */
  readonly isConfirmed: boolean;
  /** The command to run again. */
  readonly retry: string;
}

export interface StoredSeedResult {
  readonly identity: string;
  readonly device: string;
  readonly keychain: "system" | "file";
  /** What was stored before: this seed, another one, or none. */
  readonly before: "same" | "other" | "none";
}

/** Returns undefined if the user declined. Errors: CONFIRMATION_NEEDED, SEED_MISSING without a terminal,
 *  USAGE for text that is not a seed, FILE_*, AWS_CODE_REFUSED for another device's seed, DEVICE_MISSING,
 *  KEYCHAIN_*. */
export async function storeSeed(
  context: Context,
  request: StoreSeedRequest,
): Promise<StoredSeedResult | undefined> {
  const identityContext = await openIdentity(context, request.identity);
  const device = await resolveDevice(context, identityContext, request.device);
  if (!(await confirmStorage(context, device, request))) return undefined;
  const seed = await readSeed(context, device, request);
  await verifySeed(context, identityContext, device, seed, request.retry);
  const before = await readStoredSeed(context, identityContext, device);
  await writeStoredSeed(context, identityContext, device, seed);
  return {
    identity: identityContext.identity.name,
    device,
    keychain: identityContext.keychain.kind ?? "file",
    before: before === undefined ? "none" : before.equals(seed) ? "same" : "other",
  };
}

/** Returns the serial. A name that the cached facts do not have is looked up at AWS. */
async function resolveDevice(
  context: Context,
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
  throw new AwstError("USAGE", `${name} is a security key or passkey, which has no seed`);
}

async function confirmStorage(
  context: Context,
  device: string,
  request: StoreSeedRequest,
): Promise<boolean> {
  context.say(seedWarning(device));
  if (request.isConfirmed) return true;
  const terminal = await context.terminal();
  if (terminal.isHere()) {
    const text = `Store the seed of ${deviceLabel(device)} on this machine?`;
    return terminal.confirm({ text });
  }
  const message = "storing a seed has to be confirmed, and there is no terminal to ask";
  const retry = `${request.retry} --yes`;
  const hint = request.picture === undefined ? `pipe the seed to: ${retry}` : retry;
  throw new AwstError("CONFIRMATION_NEEDED", message, { hint });
}

async function readSeed(
  context: Context,
  device: string,
  { picture }: StoreSeedRequest,
): Promise<Secret> {
  if (picture !== undefined) {
    const text = await readPicture(context, picture);
    return parseGiven(text, `the QR code of ${picture}`);
  }
  const input = await context.readText("-");
  if (input.trim() !== "") return parseGiven(new Secret(input), "the input");
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("SEED_MISSING", "no seed on stdin, and no terminal to ask for one", {
      hint: "awst mfa store --qr FILE, or pipe the seed or its otpauth:// URI to awst mfa store",
    });
  }
  const question = `Seed of ${deviceLabel(device)}, or its otpauth:// URI`;
  const ask = () => terminal.askSecret({ text: question });
  return askUntilValid(context, ask, (text) => parseGiven(text, "what you typed"));
}

/** Errors: USAGE. */
function parseGiven(text: Secret, from: string): Secret {
  const parsed = parseSeedText(text);
  if (!("problem" in parsed)) return parsed.seed;
  throw new AwstError("USAGE", `no seed in ${from}: ${parsed.problem}`);
}

async function readPicture(context: Context, picture: string): Promise<Secret> {
  const text = await (await context.qr()).read(picture);
  if (text !== undefined) return text;
  throw new AwstError("FILE_MALFORMED", `${picture} shows no readable QR code`, {
    hint: "crop the picture to the QR code, with a white margin around it",
  });
}

/**
 * Opens an MFA session with a code of the seed. Errors: AWS_CODE_REFUSED if the seed is not the
 * device's.
 */
async function verifySeed(
  context: Context,
  identityContext: IdentityContext,
  device: string,
  seed: Secret,
  retry: string,
): Promise<void> {
  try {
    await obtainMfaSession(context, identityContext, {
      purpose: "mfa store",
      requester: "user",
      deadline: undefined,
      given: undefined,
      device,
      seed,
      retry,
      usableSeconds: allDurations(identityContext.configuration),
      seen: undefined,
      accept: "none",
    });
  } catch (error) {
    if (!isAwstError(error, "AWS_CODE_REFUSED")) throw error;
    const message = `AWS refused a code made from this seed for ${deviceLabel(device)}: the seed was not stored`;
    const resync = mfaCommand(nameUnlessDefault(identityContext), "resync");
    throw new AwstError("AWS_CODE_REFUSED", message, {
      hint: `if the seed is another device's: --device NAME; if the device's clock is wrong: ${resync}`,
      effect: error.effect,
      cause: error,
    });
  }
}

export interface ForgottenSeed {
  readonly identity: string;
  /** undefined: no seed was stored. */
  readonly device: string | undefined;
}

/** Deletes a stored seed, also after the configuration was deleted. Errors: SEED_MISSING for a named device and for a
 *  seed that may be in another keychain, CHOICE_NEEDED, CONFIGURATION_*, KEYCHAIN_*. */
export async function forgetSeed(context: Context, request: SeedRequest): Promise<ForgottenSeed> {
  const owner = await findSeedOwner(context, request.identity);
  const { name } = owner.identity;
  const stored = await listStoredSeeds(context, owner);
  if (stored.length === 0 && request.device === undefined) {
    if (owner.isWithoutConfiguration) await refuseSeedElsewhere(context, name);
    return { identity: name, device: undefined };
  }
  const serial = await chooseSerial(context, owner, stored, request.device);
  await forgetStoredSeed(context, owner, serial);
  return { identity: name, device: serial };
}

/** Without a configuration, the users are those of earlier commands that have a stored seed, or else all of them. */
async function findSeedOwner(
  context: Context,
  identityName: string | undefined,
): Promise<SeedOwner & { readonly isWithoutConfiguration: boolean }> {
  const loaded = await loadUnlessMissing(context);
  if (!(loaded instanceof AwstError)) {
    const identity = findIdentity(loaded, identityName);
    return { configuration: loaded, identity, isWithoutConfiguration: false };
  }
  const ownerOf = (name: string) => ({
    configuration: { keychainBackend: "auto" as const, defaultIdentity: name },
    identity: { name, device: undefined },
    isWithoutConfiguration: true,
  });
  const recorded = new Set([
    ...Object.keys(context.state.read(cachedKeyIdsFile)),
    ...Object.values(context.state.read(sessionIndexFile)).map(({ identity }) => identity),
  ]);
  const withSeeds: string[] = [];
  for (const name of identityName === undefined ? recorded : []) {
    if ((await listStoredSeeds(context, ownerOf(name))).length > 0) withSeeds.push(name);
  }
  const names = withSeeds.length > 0 ? withSeeds : [...recorded];
  return ownerOf(userWithoutConfiguration(identityName, names, loaded));
}

/** The deleted configuration may have named another keychain than the one that awst uses without it. */
async function refuseSeedElsewhere(context: Needs<"keychain">, name: string): Promise<void> {
  const keychain = await context.keychain("auto");
  if (keychain.kind === undefined) return;
  const other = await keychain.findElsewhere(seedListItem(name));
  if (other === undefined) return;
  const where = {
    system: "the system's keychain may have one",
    file: "the sealed file may have one",
    "usual-folder": "the sealed file in the usual state folder may have one",
  }[other];
  throw new AwstError("SEED_MISSING", `no seed of "${name}" is stored here, but ${where}`, {
    hint: other === "usual-folder" ? "unset XDG_STATE_HOME" : `export AWST_KEYCHAIN=${other}`,
  });
}

export interface GeneratedCode {
  readonly identity: string;
  readonly device: string;
  readonly code: Secret;
  /** AWS's time. */
  readonly endsAt: Date;
  readonly secondsLeft: number;
  /** awst sent this code to AWS, which accepts it only once. */
  readonly wasSent: boolean;
}

/** Returns the current code of a stored seed. Errors: those of `chooseSeed`. */
export async function generateCode(context: Context, request: SeedRequest): Promise<GeneratedCode> {
  const { identity, serial, seed } = await chooseSeed(context, request);
  const { codeTime } = context.clock();
  const code = codeAt(seed, codeTime);
  const endsAt = endOfStep(codeTime);
  return {
    identity: identity.name,
    device: serial,
    code,
    endsAt,
    secondsLeft: Math.ceil((endsAt.getTime() - codeTime.getTime()) / 1000),
    wasSent: wasCodeSent(context, serial, code),
  };
}

interface SeedOwner {
  readonly configuration: Pick<Configuration, "keychainBackend" | "defaultIdentity">;
  readonly identity: Pick<Identity, "name" | "device">;
}

interface ChosenSeed extends SeedOwner {
  readonly serial: string;
  readonly seed: Secret;
}

/** Returns the stored seed of the named device, the configured one, the only one, or the one that the user
 *  chooses. Errors: SEED_MISSING, CHOICE_NEEDED, IDENTITY_UNKNOWN, CONFIGURATION_*, KEYCHAIN_*. */
async function chooseSeed(context: Context, request: SeedRequest): Promise<ChosenSeed> {
  const configuration = await loadConfiguration(context);
  const identity = findIdentity(configuration, request.identity);
  const owner = { configuration, identity };
  const serials = await listStoredSeeds(context, owner);
  const serial = await chooseSerial(context, owner, serials, request.device);
  const seed = await readStoredSeed(context, owner, serial);
  if (seed === undefined) throw seedMissing(owner, serials, serial);
  return { ...owner, serial, seed };
}

async function chooseSerial(
  context: Context,
  owner: SeedOwner,
  serials: readonly string[],
  device: string | undefined,
): Promise<string> {
  const { identity } = owner;
  const wanted = device ?? serials.find((each) => each === identity.device);
  if (wanted !== undefined) {
    const found =
      serials.find((each) => each === wanted) ??
      serials.find((each) => nameOfDevice(each) === wanted);
    if (found === undefined) throw seedMissing(owner, serials, wanted);
    return found;
  }
  const [first, ...others] = serials;
  if (first === undefined) throw seedMissing(owner, serials, undefined);
  if (others.length === 0) return first;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = `seeds of ${serials.length} devices are stored, and there is no terminal to choose one`;
    throw new AwstError("CHOICE_NEEDED", message, {
      hint: `name a device: --device ${nameOfDevice(first)}`,
    });
  }
  const options = serials.map((value) => ({ label: value, value }));
  return terminal.choose({ text: `Which device of ${identity.name}?` }, options);
}

function seedMissing(
  owner: SeedOwner,
  serials: readonly string[],
  wanted: string | undefined,
): AwstError {
  const { name } = owner.identity;
  const message =
    wanted === undefined
      ? `no seed is stored for a device of "${name}"`
      : `no seed is stored for device "${wanted}" of "${name}"`;
  const stored = serials.map(nameOfDevice).join(", ");
  return new AwstError("SEED_MISSING", message, {
    hint: stored === "" ? mfaCommand(nameUnlessDefault(owner), "store") : `stored seeds: ${stored}`,
  });
}
