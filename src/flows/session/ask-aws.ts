// One call to AWS, with the clock corrected, and the clock's news kept.

import { clockName, clockOf, clockRemark, correctedClock } from "../../model/clock.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Answered, Aws } from "../../ports/aws.ts";
import type { Iam, IamAnswered } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";

/** Errors: AWS_* and CLOCK_SKEWED. */
export async function askAws<T extends Answered>(
  context: Needs<"aws" | "state" | "now" | "say">,
  identityContext: Keys,
  region: string,
  ask: (aws: Aws) => Promise<T>,
): Promise<T> {
  const { skewMs } = clockOf(context.state.read(clockName), context.now());
  const aws = await context.aws(identityContext, { region, skewMs });
  const answer = await ask(aws);
  await keepClock(context, answer.at);
  return answer;
}

export async function openIam(
  context: Needs<"iam" | "state" | "now" | "say">,
  keys: Keys,
  region: string,
): Promise<Iam> {
  const { skewMs } = clockOf(context.state.read(clockName), context.now());
  const iam = await context.iam(keys, { region, skewMs });
  const heard = <A extends unknown[], T extends IamAnswered>(call: (...asked: A) => Promise<T>) => {
    return async (...asked: A): Promise<T> => {
      const answer = await call(...asked);
      await keepClock(context, answer.at);
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

/** Keeps what an answer showed, and names a clock that is off by a minute or more, once per change. */
export async function keepClock(
  context: Needs<"state" | "now" | "say">,
  awsTime: Date,
): Promise<void> {
  const clock = correctedClock(clockOf(context.state.read(clockName), context.now()), awsTime);
  if (clock === undefined) return;
  context.state.replace(clockName, { skewMs: clock.skewMs });
  const remark = clockRemark(clock);
  if (remark) context.say(remark);
}
