// What is asked of IAM, apart from STS: its client costs another 100 ms and is loaded only when needed.

import { IAMClient, ListMFADevicesCommand } from "@aws-sdk/client-iam";
import { type Call, callAws, incompleteAnswer } from "./aws-call.ts";
import { withoutNodeWarning } from "./aws-settings.ts";

/** The signer's own devices, every page. `userName`: undefined without a device. */
export async function listMfaDevices(call: Call): Promise<{
  readonly at: Date;
  readonly userName: string | undefined;
  readonly serials: readonly string[];
}> {
  const serials: string[] = [];
  let userName: string | undefined;
  let marker: string | undefined;
  for (;;) {
    const command = new ListMFADevicesCommand(marker === undefined ? {} : { Marker: marker });
    const { output, at } = await callAws(call, (settings) =>
      withoutNodeWarning(() => new IAMClient(settings)).send(command),
    );
    for (const device of output.MFADevices ?? []) {
      if (device.SerialNumber === undefined) throw incompleteAnswer(call);
      serials.push(device.SerialNumber);
      userName ??= device.UserName;
    }
    if (output.IsTruncated !== true) return { at, userName, serials };
    // A page that leads nowhere or to itself would never end.
    if (output.Marker === undefined || output.Marker === marker) throw incompleteAnswer(call);
    marker = output.Marker;
  }
}
