// All accounts of one partition, with the credentials that open them. The programmatic side of the
// sandbox: tests reach it as `sandbox.cloud`.

import { Account } from "./account.ts";
import type { AccessKey, MfaDevice, Session } from "./entities.ts";
import type { Organization } from "./organization.ts";
import type { Bucket } from "./stack-entities.ts";

export class Cloud {
  readonly partition: string;
  readonly accounts = new Map<string, Account>();
  readonly keys = new Map<string, AccessKey>();
  /** Temporary credentials by their key id. */
  readonly sessions = new Map<string, Session>();
  /** undefined: the accounts belong to no organization. */
  organization: Organization | undefined;
  /** By name, which is unique in the partition. */
  readonly buckets = new Map<string, Bucket>();
  readonly #now: () => Date;

  constructor(partition: string, now: () => Date) {
    this.partition = partition;
    this.#now = now;
  }

  /** The sandbox's time. */
  now(): Date {
    return this.#now();
  }

  addAccount(id: string, alias?: string): Account {
    const of = { partition: this.partition, alias, keys: this.keys };
    const account = new Account(id, of, this.#now);
    this.accounts.set(id, account);
    return account;
  }

  account(id: string): Account {
    const account = this.accounts.get(id);
    if (!account) throw new Error(`there is no account ${id}`);
    return account;
  }

  device(serial: string): MfaDevice {
    for (const account of this.accounts.values()) {
      const device = account.devices.get(serial);
      if (device) return device;
    }
    throw new Error(`there is no device ${serial}`);
  }

  /** The session's keys are unknown from now on, as when AWS has dropped them. */
  revokeSession(accessKeyId: string): void {
    const session = this.sessions.get(accessKeyId);
    if (!session) throw new Error(`there is no session ${accessKeyId}`);
    session.isRevoked = true;
  }

  /** The session ends now. */
  expireSession(accessKeyId: string): void {
    const session = this.sessions.get(accessKeyId);
    if (!session) throw new Error(`there is no session ${accessKeyId}`);
    session.expiresAt = this.#now();
  }
}
