// IAM calls with which users manage their own keys, tags and devices. Every call names the user, which AWS
// requires for temporary keys. Errors: AWS_*, IAM_ABSENT, IAM_EXISTS, IAM_QUOTA, IAM_CONFLICT.

import type { ListedKey } from "../model/key/access-key.ts";
import type { Secret } from "../model/secret.ts";

export interface IamResponse {
  readonly at: Date;
}

export interface Iam {
  listAccessKeys(userName: string): Promise<IamResponse & { readonly keys: readonly ListedKey[] }>;
  /** Sent only once. An error's `effect` says whether AWS may have created a key. */
  createAccessKey(userName: string): Promise<
    IamResponse & {
      readonly accessKeyId: string;
      readonly secretAccessKey: Secret;
      readonly createdAt: Date;
    }
  >;
  setAccessKeyStatus(
    userName: string,
    accessKeyId: string,
    status: "Active" | "Inactive",
  ): Promise<IamResponse>;
  deleteAccessKey(userName: string, accessKeyId: string): Promise<IamResponse>;
  /** `usedAt` undefined: AWS knows of no use (its data is 15 min old or older). */
  lastUseOf(accessKeyId: string): Promise<
    IamResponse & {
      readonly usedAt: Date | undefined;
      readonly service: string | undefined;
      readonly region: string | undefined;
    }
  >;

  listUserTags(
    userName: string,
  ): Promise<IamResponse & { readonly tags: Readonly<Record<string, string>> }>;
  tagUser(userName: string, tags: Readonly<Record<string, string>>): Promise<IamResponse>;
  untagUser(userName: string, keys: readonly string[]): Promise<IamResponse>;

  listMfaDevices(
    userName: string,
  ): Promise<IamResponse & { readonly devices: readonly ListedDevice[] }>;
  /** The account's virtual devices. A device that is not assigned to a user has no `userName`. */
  listVirtualMfaDevices(): Promise<
    IamResponse & { readonly devices: readonly ListedVirtualDevice[] }
  >;
  /** Sent only once. `seed`: base32, as authenticator apps read it. */
  createVirtualMfaDevice(
    name: string,
  ): Promise<IamResponse & { readonly serial: string; readonly seed: Secret }>;
  /**
   * Sent only once, with two consecutive codes that AWS does not accept again. Errors:
   * AWS_CODE_REFUSED.
   */
  enableMfaDevice(
    userName: string,
    serial: string,
    codes: readonly [Secret, Secret],
  ): Promise<IamResponse>;
  resyncMfaDevice(
    userName: string,
    serial: string,
    codes: readonly [Secret, Secret],
  ): Promise<IamResponse>;
  deactivateMfaDevice(userName: string, serial: string): Promise<IamResponse>;
  deleteVirtualMfaDevice(serial: string): Promise<IamResponse>;
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
