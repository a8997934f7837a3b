// `mfa store`: a device's seed into the keychain. What that costs is said and agreed to first; the seed is
// proved by a code of it, sent to AWS, before it is kept.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { readSeedText } from "../../model/device/otpauth-uri.ts";
import { findDevice } from "../../model/device/own-devices.ts";
import { seedCost } from "../../model/device/seed-report.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import { makesCodes } from "../../model/session/learned.ts";
import type { Needs } from "../../ports.ts";
import { chooseDevice, forgetUser, learnUser } from "../session/learn-user.ts";
import { type MfaNeeds, obtainMfaSession } from "../session/obtain-mfa-session.ts";
import type { Caller } from "../session/open-caller.ts";
import { type IdentityNeeds, openIdentity } from "../session/open-identity.ts";
import { keepStoredSeed, readStoredSeed } from "../session/stored-seed.ts";
import type { SeedWish } from "./pick-seed.ts";

export type StoreSeedNeeds = MfaNeeds & IdentityNeeds & Needs<"readText" | "qr">;

export interface StoreSeedWish extends SeedWish {
  /** --qr: a PNG file; absent: stdin where it is piped, else a person. */
  readonly picture: string | undefined;
  /** --yes */
  readonly sure: boolean;
  /** The line that does the same. */
  readonly retry: string;
}

export interface KeptSeed {
  readonly identity: string;
  readonly device: string;
  readonly keychain: "system" | "file";
  /** What was there before: this very seed, another one, or none. */
  readonly before: "same" | "other" | "none";
}

/** undefined: a person said no. Errors: CONFIRMATION_NEEDED, SEED_MISSING with nobody to ask, USAGE for what
 *  is no seed, FILE_*, AWS_CODE_REFUSED (it is not that device's), DEVICE_MISSING, KEYCHAIN_*. */
export async function storeSeed(
  world: StoreSeedNeeds,
  wanted: StoreSeedWish,
): Promise<KeptSeed | undefined> {
  const caller = await openIdentity(world, wanted.identity);
  const device = await findWanted(world, caller, wanted.device);
  if (!(await isAgreedTo(world, device, wanted))) return undefined;
  const seed = await obtainSeed(world, device, wanted);
  await proveSeed(world, caller, device, seed, wanted.retry);
  const before = await readStoredSeed(world, caller, device);
  await keepStoredSeed(world, caller, device, seed);
  return {
    identity: caller.identity.name,
    device,
    keychain: caller.keychain.kind ?? "file",
    before: before === undefined ? "none" : before.equals(seed) ? "same" : "other",
  };
}

async function findWanted(
  world: StoreSeedNeeds,
  caller: Caller,
  name: string | undefined,
): Promise<string> {
  const user = await learnUser(world, caller);
  if (name === undefined) return chooseDevice(world, caller, user, true);
  const known = [...user.devices, ...user.unusable].map((serial) => ({ serial }));
  try {
    const { serial } = findDevice(known, name);
    if (makesCodes(serial)) return serial;
  } catch (error) {
    if (!isAwstError(error, "DEVICE_MISSING")) throw error;
    await forgetUser(world, caller);
    const { devices } = await learnUser(world, caller);
    return findDevice(
      devices.map((serial) => ({ serial })),
      name,
    ).serial;
  }
  throw new AwstError("USAGE", `${name} is a security key or passkey: it has no seed`);
}

async function isAgreedTo(
  world: StoreSeedNeeds,
  device: string,
  wanted: StoreSeedWish,
): Promise<boolean> {
  world.say(seedCost(device));
  if (wanted.sure) return true;
  const terminal = await world.terminal();
  if (terminal.isHere()) {
    return terminal.confirm({ text: `Keep the seed of ${deviceLabel(device)} on this machine?` });
  }
  throw new AwstError("CONFIRMATION_NEEDED", "a seed is stored with somebody's word alone", {
    hint: `${wanted.retry} --yes`,
  });
}

async function obtainSeed(
  world: StoreSeedNeeds,
  device: string,
  { picture }: StoreSeedWish,
): Promise<Secret> {
  const { text, from } =
    picture === undefined ? await readText(world, device) : await readPicture(world, picture);
  const read = readSeedText(text);
  if (!("problem" in read)) return read.seed;
  throw new AwstError("USAGE", `no seed in ${from}: ${read.problem}`);
}

async function readText(world: StoreSeedNeeds, device: string) {
  const input = await world.readText("-");
  if (input.trim() !== "") return { text: new Secret(input), from: "the input" };
  const terminal = await world.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("SEED_MISSING", "no seed was given, and there is nobody to ask", {
      hint: "awst mfa store --qr FILE, or the seed or its otpauth:// URI on stdin",
    });
  }
  const question = `the seed of ${deviceLabel(device)}, or its otpauth:// URI`;
  return { text: await terminal.askSecret({ text: question }), from: "what was typed" };
}

async function readPicture(world: StoreSeedNeeds, picture: string) {
  const text = await (await world.qr()).read(picture);
  if (text !== undefined) return { text, from: `the QR code of ${picture}` };
  throw new AwstError("FILE_MALFORMED", `no QR code is to be found in ${picture}`, {
    hint: "cut the picture to the code, with some white around it",
  });
}

async function proveSeed(
  world: StoreSeedNeeds,
  caller: Caller,
  device: string,
  seed: Secret,
  retry: string,
): Promise<void> {
  try {
    await obtainMfaSession(world, caller, {
      holder: "mfa store",
      asker: "person",
      deadline: undefined,
      given: undefined,
      device,
      seed,
      retry,
      workSeconds: [...caller.configuration.roles.values()].map((role) => role.durationSeconds),
      isEnough: () => false,
    });
  } catch (error) {
    if (!isAwstError(error, "AWS_CODE_REFUSED")) throw error;
    const message = `AWS refused a code made from this seed for ${deviceLabel(device)}: it is not stored`;
    throw new AwstError("AWS_CODE_REFUSED", message, {
      hint: `it is another device's (--device NAME), or that device has drifted (${mfaLine(nameUnlessDefault(caller), "resync")})`,
      fate: error.fate,
      cause: error,
    });
  }
}
