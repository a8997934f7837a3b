// A machine with a key in its keychain and an MFA session, and what must hold after every effect of every
// process, and at the end.

import { type RotationOptions, rotateKey } from "../../src/flows/rotation/rotate-key.ts";
import { asUser } from "../../src/flows/session/as-user.ts";
import { decodeAccessKey, encodeAccessKey } from "../../src/model/key/access-key.ts";
import { isCreatedByIntent, journalFile } from "../../src/model/rotation/rotation-journal.ts";
import { Secret } from "../../src/model/secret.ts";
import type { RotationReport } from "../../src/output/rotation/rotation-report.ts";
import {
  configurationOf,
  type FakeMachine,
  makeFakeMachine,
  role,
} from "../support/fake-context.ts";
import { fakePolicies } from "../support/fake-iam.ts";
import { fromJson } from "../support/state-files.ts";
import { type Effect, type Fault, Killed, openFaulty } from "./faulty-process.ts";

export const identity = "main-account";
const file = journalFile(identity);
export const seededId = "AKIAFAKEFAKEFAKEFAKE";

export interface SceneOptions {
  readonly policy?: keyof typeof fakePolicies;
  /** AWS does not know new keys for 20 s, and then accepts and rejects them in turn for 10 s. */
  readonly isSlow?: boolean;
  readonly sessionsEndWithTheirKey?: boolean;
  readonly description?: string;
  readonly newKeyListedAfterSeconds?: number;
  /** AWS's clock minus this machine's. Less than 5 s is ignored. */
  readonly skewMs?: number;
}

export interface Ended {
  readonly report: RotationReport | undefined;
  readonly error: unknown;
  readonly effects: readonly Effect[];
  readonly messages: readonly string[];
  /** How many faults occurred. */
  readonly struck: number;
}

export interface RotationScene {
  readonly machine: FakeMachine;
  /** `onEffect` is called with the number of each effect. */
  run(
    options?: Partial<RotationOptions>,
    faults?: readonly Fault[],
    onEffect?: (at: number) => void,
  ): Promise<Ended>;
  /** Returns what is wrong; empty after every effect. */
  broken(): readonly string[];
  /** Returns what remains of a rotation; empty when none is under way. */
  leftOver(): readonly string[];
  currentKeyId(): string | undefined;
  /** Another program creates a key of the same user, if AWS allows one more. `createdAt` undefined: an hour
   *  ago, and the key was used since. */
  addForeignKey(createdAt?: Date): string | undefined;
  /** The other program deletes its keys. */
  removeForeignKeys(): void;
}

export async function openScene(options: SceneOptions = {}): Promise<RotationScene> {
  const machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)]));
  const { aws, iam } = machine;
  machine.skewMs = options.skewMs ?? 0;
  iam.policy = fakePolicies[options.policy ?? "open"];
  iam.newKeyListedAfterSeconds = options.newKeyListedAfterSeconds ?? 0;
  aws.sessionsEndWithTheirKey = options.sessionsEndWithTheirKey ?? false;
  if (options.isSlow) {
    iam.newKeySeenAfterSeconds = 20;
    iam.newKeyFlapsForSeconds = 10;
  }
  if (options.description) iam.tags.set(seededId, options.description);
  const key = { accessKeyId: seededId, secretAccessKey: new Secret("x".repeat(40)) };
  machine.items.set(`key/${identity}`, encodeAccessKey(key));
  const user = { types: () => nextCode(machine) };
  const retry = { purpose: "key rotate", retry: "awst key rotate" };
  await asUser(machine.process(user), identity, retry, async () => {});

  const foreign: string[] = [];
  // Both are read after every effect, so each value is decoded once.
  const decodeKey = onceFor((stored: Secret) => decodeAccessKey(stored));
  const decodeJournal = onceFor((stored: object) => fromJson(file, stored));
  const storedKey = (item: string) => {
    const stored = machine.items.get(`${item}/${identity}`);
    return stored && decodeKey(stored);
  };
  const storedJournal = () => {
    const stored = machine.state.get(file.name);
    return isObject(stored) ? decodeJournal(stored) : undefined;
  };
  const broken = () => {
    const current = storedKey("key");
    const atAws = iam.present().find((each) => each.accessKeyId === current?.accessKeyId);
    if (current === undefined) return ["no key is in use"];
    if (atAws === undefined) return [`${current.accessKeyId} is in use and deleted at AWS`];
    const problems: string[] = [];
    if (atAws.status !== "Active") problems.push(`${current.accessKeyId} is in use and inactive`);
    if (atAws.secret !== undefined && atAws.secret !== current.secretAccessKey.reveal()) {
      problems.push(`the secret stored for ${current.accessKeyId} is wrong`);
    }
    const acceptedAfter = iam.newKeySeenAfterSeconds + iam.newKeyFlapsForSeconds;
    const awsTime = machine.time.getTime() + machine.skewMs;
    const ageSeconds = (awsTime - atAws.createdAt.getTime()) / 1000;
    if (atAws.secret !== undefined && ageSeconds < acceptedAfter) {
      problems.push(`${current.accessKeyId} is in use and AWS may not accept it yet`);
    }
    const deleted = foreign.filter((id) => !iam.present().some((key) => key.accessKeyId === id));
    problems.push(...deleted.map((id) => `${id} was another program's and is deleted`));
    return [...problems, ...orphans()];
  };
  /** Returns keys at AWS that awst neither knows nor can find. */
  const orphans = () => {
    const journal = storedJournal();
    const known = ["key", "next-key", "previous-key"].map((item) => storedKey(item)?.accessKeyId);
    return iam
      .present()
      .filter(({ accessKeyId }) => !known.includes(accessKeyId) && !foreign.includes(accessKeyId))
      .filter(({ accessKeyId }) => accessKeyId !== journal?.newKeyId)
      .filter((each) => !(journal && isCreatedByIntent(journal, { ...each, status: "Active" })))
      .map(({ accessKeyId }) => `${accessKeyId} is orphaned`);
  };
  return {
    machine,
    broken,
    currentKeyId: () => storedKey("key")?.accessKeyId,
    addForeignKey: (createdAt) => {
      if (iam.present().length >= 2) return undefined;
      if (createdAt !== undefined) {
        const { accessKeyId } = iam.addKey({ createdAt });
        foreign.push(accessKeyId);
        return accessKeyId;
      }
      const lastUse = { at: machine.time, service: "s3", region: "eu-west-1" };
      // A key created within minutes of a lost response, with unknown last use, would count as awst's.
      const anHourAgo = new Date(machine.time.getTime() - 3600_000);
      const { accessKeyId } = iam.addKey({ lastUse, createdAt: anHourAgo });
      foreign.push(accessKeyId);
      return accessKeyId;
    },
    removeForeignKeys: () => {
      for (const id of foreign.splice(0)) {
        const key = iam.keys.find((each) => each.accessKeyId === id);
        if (key) key.isDeleted = true;
        aws.keyIds.delete(id);
      }
    },
    leftOver: () => {
      const keys = iam.present().map(({ accessKeyId }) => accessKeyId);
      const others = keys.filter((id) => id !== storedKey("key")?.accessKeyId);
      const items = ["next-key", "previous-key"].filter(
        (item) => machine.items.get(`${item}/${identity}`) !== undefined,
      );
      const journal = storedJournal();
      return [
        ...others.map((id) => `${id} is at AWS`),
        ...items.map((item) => `${item} is in the keychain`),
        ...(journal ? ["the journal is open"] : []),
      ];
    },
    run: async (more = {}, faults = [], onEffect = () => {}) => {
      const messages: string[] = [];
      const failures: string[] = [];
      const { context, effects, struck } = openFaulty(machine, {
        faults,
        process: user,
        check: (effect) => {
          onEffect(effects.length - 1);
          const problems = broken();
          if (problems.length > 0) failures.push(`after ${effect.name}: ${problems.join(", ")}`);
        },
      });
      const options: RotationOptions = {
        identity: undefined,
        request: "rotate",
        unattended: false,
        // A second rotation within the grace period runs to its end.
        isConfirmed: true,
        ...retry,
        ...more,
      };
      const ended = await rotateKey(context, options).then(
        (report) => ({ report, error: report.failure as unknown }),
        (error: unknown) => ({ report: undefined, error }),
      );
      messages.push(...context.messages);
      if (failures.length > 0) throw new Error(failures.slice(0, 3).join("; "));
      const { error } = ended;
      const isUnexpected =
        error instanceof Error && error.name !== "AwstError" && !(error instanceof Killed);
      if (isUnexpected) throw error;
      return { ...ended, effects, messages, struck: struck() };
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Returns `compute`, which remembers the result for each object. The objects never change. */
function onceFor<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const results = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const known = results.get(key) ?? { value: compute(key) };
    results.set(key, known);
    return known.value;
  };
}

/** Returns a code that was not sent yet; the clock moves on if needed. */
function nextCode(machine: FakeMachine): string {
  const code = machine.aws.code();
  if (!machine.aws.sentCodes.includes(code)) return code;
  machine.advance(30);
  return machine.aws.code();
}
