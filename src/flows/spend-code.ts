// Sends a code: written down before it goes out, judged when the answer is here, so that neither this
// process nor any other sends it again.

import { clockName, clockOf } from "../model/clock.ts";
import { isAwstError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";
import {
  codeDigest,
  decodeSentCodes,
  rememberSent,
  type SentCode,
  stepOf,
  usedCodesName,
} from "../model/used-codes.ts";
import type { Needs } from "../ports.ts";

export async function spendCode<T>(
  world: Needs<"state" | "now">,
  device: string,
  code: Secret,
  send: () => Promise<T>,
): Promise<T> {
  const { awsNow: sentAt } = clockOf(world.state.read(clockName), world.now());
  const before = decodeSentCodes(world.state.read(usedCodesName), sentAt);
  const sent: SentCode = {
    device,
    step: stepOf(sentAt),
    digest: codeDigest(device, code),
    sentAt: sentAt.toISOString(),
    fate: "unknown",
  };
  const judge = (fate: SentCode["fate"]) =>
    keep(world, rememberSent(before, { ...sent, fate }, sentAt));
  judge("unknown");
  try {
    const answer = await send();
    judge("accepted");
    return answer;
  } catch (error) {
    if (neverLeft(error)) keep(world, before);
    else if (provesUnused(error)) judge("refused");
    throw error;
  }
}

function keep(world: Needs<"state">, sent: readonly SentCode[]): void {
  world.state.replace(usedCodesName, sent);
}

function neverLeft(error: unknown): boolean {
  return isAwstError(error, "AWS_UNREACHABLE") && error.fate === "nothing-done";
}

/** Answers after which the device may still be asked for a code of the same step. */
function provesUnused(error: unknown): boolean {
  return isAwstError(
    error,
    "AWS_CODE_REFUSED",
    "AWS_DEVICE_UNKNOWN",
    "AWS_CODE_INCOMPLETE",
    "AWS_KEY_REJECTED",
    "AWS_SECRET_WRONG",
    "AWS_CALLER_IS_SESSION",
    "AWS_REGION_DISABLED",
    "AWS_THROTTLED",
    "CLOCK_SKEWED",
  );
}
