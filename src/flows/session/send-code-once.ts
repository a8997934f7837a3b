// Sends no MFA code twice. A code is recorded before it is sent, so that a killed process and its
// successors never repeat it; the record is corrected when AWS's response shows that the code was not used.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import {
  codeDigest,
  type SentCode,
  sentCodesFile,
  stepOf,
  wasSent,
  withoutSent,
  withSentCode,
} from "../../model/session/sent-codes.ts";
import type { Needs } from "../../ports.ts";

type RecordNeeds = Needs<"state" | "clock">;

/** Records that the code is about to be sent. Errors: FILE_UNWRITABLE; then it must not be sent. */
export async function recordCodeSent(
  context: RecordNeeds,
  device: string,
  code: Secret,
): Promise<SentCode> {
  const { awsNow } = context.clock();
  const sent: SentCode = {
    device,
    step: stepOf(awsNow),
    digest: codeDigest(device, code),
    sentAt: awsNow.toISOString(),
    fate: "unknown",
  };
  await store(context, sent);
  if (wasSent(context.state.read(sentCodesFile), device, sent.digest)) return sent;
  throw new AwstError(
    "FILE_UNWRITABLE",
    "the MFA code was not sent, because awst could not record it in its state folder",
    { hint: "df ~/.local/state" },
  );
}

/** Records two codes of one call. Errors: FILE_UNWRITABLE; then neither must be sent. */
export async function recordCodesSent(
  context: RecordNeeds,
  device: string,
  [first, second]: readonly [Secret, Secret],
): Promise<readonly SentCode[]> {
  const firstRecord = await recordCodeSent(context, device, first);
  return [firstRecord, await recordCodeSent(context, device, second)];
}

/** Corrects the record of a code by the failure of the call that carried it. The caller throws it on. */
export async function recordCodeFailure(
  context: RecordNeeds,
  sent: SentCode,
  error: unknown,
): Promise<void> {
  if (wasNeverSent(error)) {
    await context.state.update(sentCodesFile, (codes) =>
      withoutSent(codes, sent.device, sent.digest),
    );
  } else if (leavesCodeUnused(error)) {
    await store(context, { ...sent, fate: "refused" });
  }
}

/** Returns whether these digits of the device were sent in the last 90 s. */
export function wasCodeSent(context: Needs<"state">, device: string, code: Secret): boolean {
  return wasSent(context.state.read(sentCodesFile), device, codeDigest(device, code));
}

async function store(context: RecordNeeds, sent: SentCode): Promise<void> {
  await context.state.update(sentCodesFile, (codes) =>
    withSentCode(codes, sent, new Date(sent.sentAt)),
  );
}

function wasNeverSent(error: unknown): boolean {
  return isAwstError(error, "AWS_UNREACHABLE") && error.effect === "nothing-done";
}

/** After these answers, AWS still takes another code of the same time step. */
function leavesCodeUnused(error: unknown): boolean {
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
