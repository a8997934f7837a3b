// `mfa code`: the present code of a device whose seed is kept here. Shown, not sent: it is marked nowhere.

import { clockName, clockOf } from "../../model/clock.ts";
import { codeAt, endOfStep } from "../../model/device/totp.ts";
import type { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import { isUsed } from "../session/wait-for-step.ts";
import { pickSeed, type SeedWish } from "./pick-seed.ts";

export interface ShownCode {
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
export async function showCode(
  world: Needs<"configurationFile" | "keychain" | "terminal" | "state" | "now">,
  wanted: SeedWish,
): Promise<ShownCode> {
  const { identity, serial, seed } = await pickSeed(world, wanted);
  const { awsNow } = clockOf(world.state.read(clockName), world.now());
  const code = codeAt(seed, awsNow);
  const endsAt = endOfStep(awsNow);
  return {
    identity: identity.name,
    device: serial,
    code,
    endsAt,
    secondsLeft: Math.ceil((endsAt.getTime() - awsNow.getTime()) / 1000),
    wasSent: await isUsed(world, serial, code),
  };
}
