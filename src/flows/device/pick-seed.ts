// One of the seeds that are kept here, by its device's name; without AWS.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-identity.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { nameOfDevice } from "../../model/device/own-devices.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { listStoredSeeds, readStoredSeed } from "../session/stored-seed.ts";

export interface PickedSeed {
  readonly configuration: Configuration;
  readonly identity: Identity;
  readonly serial: string;
  readonly seed: Secret;
}

type Place = Pick<PickedSeed, "configuration" | "identity">;

export interface SeedWish {
  /** --identity */
  readonly identity: string | undefined;
  /** --device: a name or a serial. */
  readonly device: string | undefined;
}

/** `device` undefined: the configured one, the only one, or asked. Errors: SEED_MISSING, CHOICE_NEEDED,
 *  IDENTITY_UNKNOWN, CONFIGURATION_*, KEYCHAIN_*. */
export async function pickSeed(
  world: Needs<"configurationFile" | "keychain" | "terminal">,
  wanted: SeedWish,
): Promise<PickedSeed> {
  const configuration = await loadConfiguration(world);
  const identity = findIdentity(configuration, wanted.identity);
  const place = { configuration, identity };
  const serials = await listStoredSeeds(world, place);
  const serial = await pickSerial(world, place, serials, wanted.device);
  const seed = await readStoredSeed(world, place, serial);
  if (seed === undefined) throw seedMissing(place, serials, serial);
  return { ...place, serial, seed };
}

async function pickSerial(
  world: Needs<"terminal">,
  place: Place,
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
  const terminal = await world.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("CHOICE_NEEDED", `seeds of ${serials.length} devices are stored here`, {
      hint: `name one: --device ${nameOfDevice(first)}`,
    });
  }
  const options = serials.map((value) => ({ label: value, value }));
  return terminal.choose({ text: `Which device of ${identity.name}?` }, options);
}

function seedMissing(
  place: Place,
  serials: readonly string[],
  wanted: string | undefined,
): AwstError {
  const { name } = place.identity;
  const whose = wanted === undefined ? `any device of "${name}"` : `"${wanted}" of "${name}"`;
  const others = serials.map(nameOfDevice).join(", ");
  return new AwstError("SEED_MISSING", `no seed of ${whose} is stored here`, {
    hint: others === "" ? mfaLine(nameUnlessDefault(place), "store") : `stored here: ${others}`,
  });
}
