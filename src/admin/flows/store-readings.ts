// Reads single users for a report, and stores each response until the report is complete: after an interrupted run, the
// next one makes only the missing calls. Only reports use stored responses: enforcement and off-boarding always call AWS.

import { isAwstError } from "../../model/errors.ts";
import type { UserKey } from "../model/account-facts.ts";
import {
  decodeReadings,
  encodeReading,
  type ReadingKind,
  type Readings,
  readingKey,
  readingsNote,
  type StoredReading,
} from "../model/stored-readings.ts";
import type { AdminContext, ReadingStore } from "../ports.ts";

interface ReadUser {
  readonly id: string;
  readonly name: string;
}

/** Calls about one user. Errors: AWS_*, IAM_ABSENT. */
export interface UserReads {
  /** undefined: no password. */
  passwordOf(user: ReadUser): Promise<{ readonly createdAt: Date } | undefined>;
  keysOf(user: ReadUser): Promise<readonly UserKey[]>;
  /** undefined: never used. */
  lastUseOf(keyId: string): Promise<Date | undefined>;
  hasMfa(user: ReadUser): Promise<boolean>;
}

/** Returns reads that always call AWS. */
export function liveReads({ iam }: Pick<AdminContext, "iam">): UserReads {
  return {
    passwordOf: ({ name }) => iam.findLoginProfile(name),
    async keysOf({ name }) {
      const { keys } = await iam.listAccessKeys(name);
      return keys.map(({ accessKeyId, status, createdAt }) => ({
        id: accessKeyId,
        status,
        createdAt,
      }));
    },
    lastUseOf: async (keyId) => (await iam.lastUseOf(keyId)).usedAt,
    hasMfa: async ({ name }) => (await iam.listMfaDevices(name)).devices.length > 0,
  };
}

export interface StoredReads {
  readonly reads: UserReads;
  /** How many stored responses were used, and how old they are; undefined: none. */
  note(): string | undefined;
  /**
   * Ends the report. Where calls failed, the stored responses stay, so that the next run makes only those calls; otherwise
   * they are deleted.
   */
  end(isComplete: boolean): Promise<void>;
}

/** `isFresh`: stored responses are not used. What can't be stored is read again by the next run. */
export async function openReads(
  admin: AdminContext,
  { isFresh }: { readonly isFresh: boolean },
): Promise<StoredReads> {
  const store = admin.readings;
  const now = () => admin.clock().awsNow;
  const stored = isFresh ? new Map() : decodeReadings((await store.read()) ?? "", now());
  if (stored.size === 0) await store.remove();
  const used: StoredReading[] = [];
  const keep = appender(store, admin.debug);
  return {
    reads: storedReads(liveReads(admin), { stored, used, now, keep }),
    note: () => readingsNote(used, now()),
    async end(isComplete) {
      await keep.isWritten();
      if (isComplete) await store.remove();
    },
  };
}

/** The note as a list, for the notes of a command. */
export function notesOf(stored: StoredReads): readonly string[] {
  const note = stored.note();
  return note === undefined ? [] : [note];
}

interface StoredReadsOptions {
  readonly stored: Readings;
  readonly used: StoredReading[];
  now(): Date;
  readonly keep: { add(reading: StoredReading): void };
}

function storedReads(live: UserReads, { stored, used, now, keep }: StoredReadsOptions): UserReads {
  const readOnce = async <K extends ReadingKind>(
    kind: K,
    id: string,
    read: () => Promise<Extract<StoredReading, { kind: K }>>,
  ): Promise<Extract<StoredReading, { kind: K }>> => {
    const known = stored.get(readingKey(kind, id));
    if (known?.kind === kind) {
      used.push(known);
      return known as Extract<StoredReading, { kind: K }>;
    }
    const reading = await read();
    keep.add(reading);
    return reading;
  };
  return {
    async passwordOf(user) {
      const { id } = user;
      const { createdAt } = await readOnce("password", id, async () => {
        const found = await live.passwordOf(user);
        return { kind: "password", id, at: now(), createdAt: found?.createdAt };
      });
      return createdAt && { createdAt };
    },
    async keysOf(user) {
      const { id } = user;
      const read = async () =>
        ({ kind: "keys", id, at: now(), keys: await live.keysOf(user) }) as const;
      return (await readOnce("keys", id, read)).keys;
    },
    async lastUseOf(id) {
      const read = async () =>
        ({ kind: "use", id, at: now(), usedAt: await live.lastUseOf(id) }) as const;
      return (await readOnce("use", id, read)).usedAt;
    },
    async hasMfa(user) {
      const { id } = user;
      const read = async () =>
        ({ kind: "mfa", id, at: now(), hasMfa: await live.hasMfa(user) }) as const;
      return (await readOnce("mfa", id, read)).hasMfa;
    },
  };
}

/** Appends responses to the store: one write for all that arrived since the last write. */
function appender(store: ReadingStore, debug: (line: string) => void) {
  let waiting = "";
  let isOff = false;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    // Responses that arrive together are written together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (waiting !== "" && !isOff) {
      const text = waiting;
      waiting = "";
      try {
        await store.append(text);
      } catch (error) {
        if (!isAwstError(error)) throw error;
        debug(`responses are not stored for the next run: ${error.message}`);
        isOff = true;
      }
    }
    writing = undefined;
  };
  return {
    add(reading: StoredReading): void {
      if (isOff) return;
      waiting += encodeReading(reading);
      writing ??= write();
    },
    isWritten: async (): Promise<void> => {
      while (writing !== undefined) await writing;
    },
  };
}
