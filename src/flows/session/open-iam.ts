// IAM on somebody's keys, with the clock corrected, and the clock's news kept with every answer.

import { clockName, clockOf } from "../../model/clock.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Iam, IamAnswered } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";
import { keepClock } from "./keep-clock.ts";

export async function openIam(
  world: Needs<"iam" | "state" | "now" | "say">,
  keys: Keys,
  region: string,
): Promise<Iam> {
  const { skewMs } = clockOf(world.state.read(clockName), world.now());
  const iam = await world.iam(keys, { region, skewMs });
  const heard = <A extends unknown[], T extends IamAnswered>(call: (...asked: A) => Promise<T>) => {
    return async (...asked: A): Promise<T> => {
      const answer = await call(...asked);
      await keepClock(world, answer.at);
      return answer;
    };
  };
  return {
    listAccessKeys: heard(iam.listAccessKeys),
    createAccessKey: heard(iam.createAccessKey),
    setAccessKeyStatus: heard(iam.setAccessKeyStatus),
    deleteAccessKey: heard(iam.deleteAccessKey),
    lastUseOf: heard(iam.lastUseOf),
    listUserTags: heard(iam.listUserTags),
    tagUser: heard(iam.tagUser),
    untagUser: heard(iam.untagUser),
    listMfaDevices: heard(iam.listMfaDevices),
    listVirtualMfaDevices: heard(iam.listVirtualMfaDevices),
    createVirtualMfaDevice: heard(iam.createVirtualMfaDevice),
    enableMfaDevice: heard(iam.enableMfaDevice),
    resyncMfaDevice: heard(iam.resyncMfaDevice),
    deactivateMfaDevice: heard(iam.deactivateMfaDevice),
    deleteVirtualMfaDevice: heard(iam.deleteVirtualMfaDevice),
  };
}
