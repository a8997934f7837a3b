// A new device's QR code and seed on the terminal device, and nowhere else.

import { type NewDevice, newDeviceLines, newDeviceUri } from "../../model/device/device-display.ts";
import type { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import type { DeviceHands } from "./hold-devices.ts";

/** `asText`: no QR code (screen readers). */
export async function showDevice(
  world: Needs<"terminal" | "qr" | "env" | "say">,
  { caller, userName }: DeviceHands,
  shown: { readonly name: string; readonly serial: string; readonly seed: Secret },
  asText: boolean,
): Promise<void> {
  const terminal = await world.terminal();
  if (!terminal.isHere()) return;
  const accountId =
    /^arn:[^:]+:iam::(\d{12}):/.exec(shown.serial)?.[1] ?? caller.identity.accountId;
  const accounts = [...caller.configuration.accounts.values()];
  const accountName = accounts.find(({ id }) => id === accountId)?.name;
  const device: NewDevice = { ...shown, userName, accountId, accountName };
  const qr = asText ? undefined : await world.qr();
  // 7 and more, 8 aside, are light; who says nothing has a dark one, mostly.
  const background = Number(world.env["COLORFGBG"]?.split(";").at(-1) ?? "0");
  const dark = background < 7 || background === 8;
  let isTall = false;
  await terminal.show(({ columns, rows }) => {
    const drawing = qr?.draw(newDeviceUri(device), { columns, dark });
    isTall = drawing !== undefined && "lines" in drawing && drawing.lines.length + 8 > rows;
    return newDeviceLines(device, drawing);
  });
  if (isTall) world.say("the code is taller than this window: make it taller, or scroll up");
}
