// What AWS shows of a user's devices and of the account's virtual ones, as far as the policy lets look.

import { isAwstError } from "../model/errors.ts";
import type { SeenDevices } from "../model/mfa-enrolment.ts";
import type { Iam } from "../ports/iam.ts";
import type { Needs } from "../ports.ts";

/** Errors: AWS_*, but for a denial. */
export async function lookAtDevices(
  _world: Needs<"now">,
  { iam, userName }: { readonly iam: Iam; readonly userName: string },
): Promise<SeenDevices> {
  return {
    enabled: await unlessDenied(async () => (await iam.listMfaDevices(userName)).devices),
    virtual: await unlessDenied(async () => (await iam.listVirtualMfaDevices()).devices),
  };
}

async function unlessDenied<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return undefined;
  }
}
