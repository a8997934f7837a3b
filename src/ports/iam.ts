// IAM calls with which users manage their own keys, tags and devices. Every call names the user, which AWS
// requires for temporary keys. Errors: AWS_*, IAM_ABSENT, IAM_EXISTS, IAM_QUOTA, IAM_CONFLICT.

import type { ListedKey } from "../model/key/access-key.ts";
import type { Secret } from "../model/secret.ts";

export interface IamAnswered {
  readonly at: Date;
}

export interface Iam {
  listAccessKeys(userName: string): Promise<IamAnswered & { readonly keys: readonly ListedKey[] }>;
  /** Sent only once. An error's `effect` says whether AWS may have created a key. */
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
  /** `usedAt` undefined: AWS knows of no use (its data is 15 min old or older). */
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
  /** The account's virtual devices. A device that is not assigned to a user has no `userName`. */
  listVirtualMfaDevices(): Promise<
    IamAnswered & { readonly devices: readonly ListedVirtualDevice[] }
  >;
  /** Sent only once. `seed`: base32, as authenticator apps read it. */
  createVirtualMfaDevice(
    name: string,
  ): Promise<IamAnswered & { readonly serial: string; readonly seed: Secret }>;
  /**
   * Sent only once, with two consecutive codes that AWS does not accept again. Errors:
   * AWS_CODE_REFUSED.
   */
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

export interface ListedDevice {
  readonly serial: string;
  readonly enabledAt: Date;
}

export interface ListedVirtualDevice {
  readonly serial: string;
  readonly userName: string | undefined;
  readonly enabledAt: Date | undefined;
}
