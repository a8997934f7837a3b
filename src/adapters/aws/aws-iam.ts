// What is asked of IAM, apart from STS: its client costs another 100 ms and is loaded only when needed.

import { ListMFADevicesCommand } from "@aws-sdk/client-iam";
import type { Keys } from "../../model/session/session.ts";
import type { Iam } from "../../ports/iam.ts";
import { type Call, incompleteAnswer } from "./aws-call.ts";
import { type IamOptions, makeCalls, readPages } from "./aws-iam-call.ts";
import { deviceCalls } from "./aws-iam-devices.ts";
import { keyCalls, tagCalls } from "./aws-iam-keys.ts";

/** Calls are signed by `caller`. Nothing is sent yet. */
export function openIam(credentials: Keys, region: string, options: IamOptions): Iam {
  const callOf = makeCalls(credentials, region, options);
  return { ...keyCalls(callOf), ...tagCalls(callOf), ...deviceCalls(callOf) };
}

/** The signer's own devices, every page. `userName`: undefined without a device. */
export async function listMfaDevices(call: Call): Promise<{
  readonly at: Date;
  readonly userName: string | undefined;
  readonly serials: readonly string[];
}> {
  const { pages, at } = await readPages(call, (iam, from) =>
    iam.send(new ListMFADevicesCommand(from)),
  );
  const devices = pages.flatMap((page) => page.MFADevices ?? []);
  const serials = devices.map(({ SerialNumber }) => {
    if (SerialNumber === undefined) throw incompleteAnswer(call);
    return SerialNumber;
  });
  return { at, userName: devices.find(({ UserName }) => UserName)?.UserName, serials };
}
