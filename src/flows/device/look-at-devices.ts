// What AWS shows of a user's devices and of the account's virtual ones, as far as the policy lets look.

import type { SeenDevices } from "../../model/device/mfa-enrolment.ts";
import { isAwstError } from "../../model/errors.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";

/** Errors: AWS_*, but for a denial. */
export async function lookAtDevices(
  world: Needs<"debug">,
  { iam, userName }: { readonly iam: Iam; readonly userName: string },
): Promise<SeenDevices> {
  return {
    enabled: await unlessDenied(world, async () => (await iam.listMfaDevices(userName)).devices),
    virtual: await unlessDenied(world, async () => (await iam.listVirtualMfaDevices()).devices),
  };
}

async function unlessDenied<T>(
  world: Needs<"debug">,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    world.debug(error.message);
    return undefined;
  }
}
