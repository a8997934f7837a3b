// Sends a code: written down before it goes out, judged when the answer is here, so that neither this
// process nor any other sends it again.

import { clockName, clockOf } from "../../model/clock.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import {
  codeDigest,
  decodeSentCodes,
  rememberSent,
  type SentCode,
  stepOf,
  usedCodesName,
  wasSent,
  withoutSent,
} from "../../model/session/used-codes.ts";
import type { Needs } from "../../ports.ts";

/** Errors: those of `send`; FILE_UNWRITABLE, with nothing sent. */
export async function spendCode<T>(
  world: Needs<"state" | "now">,
  device: string,
  code: Secret,
  send: () => Promise<T>,
): Promise<T> {
  const { awsNow: sentAt } = clockOf(world.state.read(clockName), world.now());
  const digest = codeDigest(device, code);
  const step = stepOf(sentAt);
  const judge = (fate: SentCode["fate"]) =>
    world.state.update(usedCodesName, (old) => {
      const sent = { device, step, digest, sentAt: sentAt.toISOString(), fate };
      return rememberSent(decodeSentCodes(old, sentAt), sent, sentAt);
    });
  await judge("unknown");
  if (!wasSent(decodeSentCodes(world.state.read(usedCodesName), sentAt), device, digest)) {
    throw new AwstError(
      "FILE_UNWRITABLE",
      "the code was not sent: that it is used could not be written down in awst's state folder",
      { hint: "df ~/.local/state" },
    );
  }
  try {
    const answer = await send();
    await judge("accepted");
    return answer;
  } catch (error) {
    if (neverLeft(error)) {
      await world.state.update(usedCodesName, (old) =>
        withoutSent(decodeSentCodes(old, sentAt), device, digest),
      );
    } else if (provesUnused(error)) {
      await judge("refused");
    }
    throw error;
  }
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
