// Opens IAM. Its client takes 100 ms to load, so it is separate from STS and loaded only when needed.

import { ListMFADevicesCommand } from "@aws-sdk/client-iam";
import type { Keys } from "../../model/session/session.ts";
import type { Iam } from "../../ports/iam.ts";
import { type Call, incompleteAnswer } from "./aws-call.ts";
import { type IamOptions, makeCalls, readPages } from "./aws-iam-call.ts";
import { deviceCalls } from "./aws-iam-devices.ts";
import { keyCalls, tagCalls } from "./aws-iam-keys.ts";

/** Returns IAM with calls signed by `credentials`; sends no request. */
export function openIam(credentials: Keys, region: string, options: IamOptions): Iam {
  const callOf = makeCalls(credentials, region, options);
  return { ...keyCalls(callOf), ...tagCalls(callOf), ...deviceCalls(callOf) };
}

/** Returns the devices of the user that signs the call. `userName`: undefined if there is no device. */
export async function listMfaDevices(call: Call): Promise<{
  readonly at: Date;
  readonly userName: string | undefined;
  readonly serials: readonly string[];
}> {
  const { pages, at } = await readPages(call, (from) => new ListMFADevicesCommand(from));
  const devices = pages.flatMap((page) => page.MFADevices ?? []);
  const serials = devices.map(({ SerialNumber }) => {
    if (SerialNumber === undefined) throw incompleteAnswer(call);
    return SerialNumber;
  });
  return { at, userName: devices.find(({ UserName }) => UserName)?.UserName, serials };
}
