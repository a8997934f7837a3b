// IAM as its users' self service needs it: own keys, own tags, own devices. Every call names the user:
// AWS wants that from temporary keys. Errors: AWS_*, IAM_ABSENT, IAM_EXISTS, IAM_QUOTA, IAM_CONFLICT.

import type { Secret } from "../model/secret.ts";

export interface IamAnswered {
  readonly at: Date;
}

export interface Iam {
  listAccessKeys(userName: string): Promise<IamAnswered & { readonly keys: readonly ListedKey[] }>;
  /** Sent once, whatever comes of it: an error's `fate` tells whether a key may have been made. */
  createAccessKey(userName: string): Promise<
    IamAnswered & {
      readonly accessKeyId: string;
      readonly secretAccessKey: Secret;
      readonly createdAt: Date;
    }
  >;
  setAccessKeyStatus(
    userName: string,
    accessKeyId: string,
    status: "Active" | "Inactive",
  ): Promise<IamAnswered>;
  deleteAccessKey(userName: string, accessKeyId: string): Promise<IamAnswered>;
  /** `usedAt` undefined: never, as far as AWS tells (it lags by up to 15 min and more). */
  lastUseOf(accessKeyId: string): Promise<
    IamAnswered & {
      readonly usedAt: Date | undefined;
      readonly service: string | undefined;
      readonly region: string | undefined;
    }
  >;

  listUserTags(
    userName: string,
  ): Promise<IamAnswered & { readonly tags: Readonly<Record<string, string>> }>;
  tagUser(userName: string, tags: Readonly<Record<string, string>>): Promise<IamAnswered>;
  untagUser(userName: string, keys: readonly string[]): Promise<IamAnswered>;

  listMfaDevices(
    userName: string,
  ): Promise<IamAnswered & { readonly devices: readonly ListedDevice[] }>;
  /** The account's virtual devices; those assigned to nobody have no `userName`. */
  listVirtualMfaDevices(): Promise<
    IamAnswered & { readonly devices: readonly ListedVirtualDevice[] }
  >;
  /** Sent once. `seed`: base32, as apps take it. */
  createVirtualMfaDevice(
    name: string,
  ): Promise<IamAnswered & { readonly serial: string; readonly seed: Secret }>;
  /** Two consecutive codes, each used up by it. AWS_CODE_REFUSED. Sent once. */
  enableMfaDevice(
    userName: string,
    serial: string,
    codes: readonly [Secret, Secret],
  ): Promise<IamAnswered>;
  resyncMfaDevice(
    userName: string,
    serial: string,
    codes: readonly [Secret, Secret],
  ): Promise<IamAnswered>;
  deactivateMfaDevice(userName: string, serial: string): Promise<IamAnswered>;
  deleteVirtualMfaDevice(serial: string): Promise<IamAnswered>;
}

export interface ListedKey {
  readonly accessKeyId: string;
  readonly status: "Active" | "Inactive" | "Expired";
  readonly createdAt: Date;
}

export interface ListedDevice {
  readonly serial: string;
  readonly enabledAt: Date;
}

export interface ListedVirtualDevice {
  readonly serial: string;
  readonly userName: string | undefined;
  readonly enabledAt: Date | undefined;
}
