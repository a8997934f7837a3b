// IAM calls on MFA devices: a user's own, and the virtual ones of the account. A call with codes, and one
// that creates a device, is sent only once.

import {
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  ListMFADevicesCommand,
  ListVirtualMFADevicesCommand,
  ResyncMFADeviceCommand,
} from "@aws-sdk/client-iam";
import { devicesProblem } from "../../model/aws/response-checks.ts";
import { parseSeed } from "../../model/mfa/totp.ts";
import { Secret } from "../../model/secret.ts";
import type { Iam } from "../../ports/iam.ts";
import { type Call, incompleteResponse, mismatchedResponse } from "./aws-call.ts";
import { type MakeCall, readPages, sendRemoval, sendToIam } from "./aws-iam-call.ts";

type DeviceCalls = Pick<
  Iam,
  | "listMfaDevices"
  | "listVirtualMfaDevices"
  | "createVirtualMfaDevice"
  | "enableMfaDevice"
  | "resyncMfaDevice"
  | "deactivateMfaDevice"
  | "deleteVirtualMfaDevice"
>;

export function deviceCalls(callOf: MakeCall): DeviceCalls {
  return {
    async listMfaDevices(UserName) {
      const call = callOf({ action: "ListMFADevices", isRepeatable: true });
      const { pages, at } = await readPages(
        call,
        (from) => new ListMFADevicesCommand({ UserName, ...from }),
      );
      const devices = pages.flatMap((page) => page.MFADevices ?? []);
      refuseMismatched(call, devices);
      return {
        at,
        devices: devices.map(({ SerialNumber, EnableDate }) => {
          if (!SerialNumber || !EnableDate) throw incompleteResponse(call);
          return { serial: SerialNumber, enabledAt: EnableDate };
        }),
      };
    },
    async listVirtualMfaDevices() {
      const call = callOf({ action: "ListVirtualMFADevices", isRepeatable: true });
      const { pages, at } = await readPages(call, (from) => new ListVirtualMFADevicesCommand(from));
      const devices = pages.flatMap((page) => page.VirtualMFADevices ?? []);
      refuseMismatched(call, devices);
      return {
        at,
        devices: devices.map(({ SerialNumber, EnableDate, User }) => {
          if (!SerialNumber) throw incompleteResponse(call);
          return { serial: SerialNumber, userName: User?.UserName, enabledAt: EnableDate };
        }),
      };
    },
    async createVirtualMfaDevice(name) {
      const call = callOf({ action: "CreateVirtualMFADevice", isRepeatable: false });
      const { output, at } = await sendToIam(
        call,
        new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: name }),
      );
      const { SerialNumber, Base32StringSeed } = output.VirtualMFADevice ?? {};
      if (!SerialNumber || !Base32StringSeed?.length) throw incompleteResponse(call);
      const seed = new Secret(Buffer.from(Base32StringSeed).toString("latin1"));
      const problem =
        devicesProblem([SerialNumber], []) ?? newDeviceProblem(SerialNumber, name, seed);
      if (problem !== undefined) throw mismatchedResponse(call, problem);
      return { at, serial: SerialNumber, seed };
    },
    async enableMfaDevice(UserName, serial, codes) {
      const call = callOf(withCodes("EnableMFADevice", serial, codes));
      const command = new EnableMFADeviceCommand({ UserName, ...codeFields(serial, codes) });
      const { at } = await sendToIam(call, command);
      return { at };
    },
    async resyncMfaDevice(UserName, serial, codes) {
      const call = callOf(withCodes("ResyncMFADevice", serial, codes));
      const command = new ResyncMFADeviceCommand({ UserName, ...codeFields(serial, codes) });
      const { at } = await sendToIam(call, command);
      return { at };
    },
    deactivateMfaDevice(UserName, SerialNumber) {
      const call = callOf({ action: "DeactivateMFADevice", isRepeatable: true });
      return sendRemoval(call, new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
    },
    deleteVirtualMfaDevice(SerialNumber) {
      const call = callOf({ action: "DeleteVirtualMFADevice", isRepeatable: true });
      return sendRemoval(call, new DeleteVirtualMFADeviceCommand({ SerialNumber }));
    },
  };
}

interface ReturnedDevice {
  readonly SerialNumber?: string | undefined;
  readonly User?: { readonly UserName?: string | undefined } | undefined;
}

/** Errors: AWS_RESPONSE_MALFORMED for a serial number or a user name that AWS never uses. */
function refuseMismatched(call: Call, devices: readonly ReturnedDevice[]): void {
  const serials = devices.flatMap(({ SerialNumber }) => SerialNumber ?? []);
  const problem = devicesProblem(
    serials,
    devices.map(({ User }) => User?.UserName),
  );
  if (problem !== undefined) throw mismatchedResponse(call, problem);
}

type TwoCodes = readonly [Secret, Secret];

function withCodes(action: string, device: string, codes: TwoCodes) {
  return { action, isRepeatable: false, device, codes };
}

function codeFields(SerialNumber: string, [first, second]: TwoCodes) {
  return {
    SerialNumber,
    AuthenticationCode1: first.reveal(),
    AuthenticationCode2: second.reveal(),
  };
}

function newDeviceProblem(serial: string, name: string, seed: Secret): string | undefined {
  if (serial.split("/").at(-1) !== name) return "the new MFA device has another name";
  return parseSeed(seed.reveal()) === undefined ? "the seed is not base32" : undefined;
}
