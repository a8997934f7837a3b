// One machine with a key in its keychain and a live MFA session, and what must be true of it after every
// effect of every process, and at the end.

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
  /** New keys are unseen for 20 s and flap for 10 s more. */
  readonly isSlow?: boolean;
  readonly sessionsEndWithTheirKey?: boolean;
  readonly description?: string;
  readonly newKeyListedAfterSeconds?: number;
  /** AWS's clock minus this machine's; below 5 s it is not noticed. */
  readonly skewMs?: number;
}

export interface Ended {
  readonly report: RotationReport | undefined;
  readonly error: unknown;
  readonly effects: readonly Effect[];
  readonly messages: readonly string[];
  /** How many of its faults came to pass. */
  readonly struck: number;
}

export interface RotationScene {
  readonly machine: FakeMachine;
  /** `onEffect`: told of each, by its number. */
  run(
    options?: Partial<RotationOptions>,
    faults?: readonly Fault[],
    onEffect?: (at: number) => void,
  ): Promise<Ended>;
  /** What is not as it must be after any effect. */
  broken(): readonly string[];
  /** What is left over when nothing is under way any more. */
  leftOver(): readonly string[];
  held(): string | undefined;
  /** Somebody makes a key of the same user's, where AWS has room for one, and uses it. */
  addForeignKey(): string | undefined;
  /** They take theirs away. */
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
  const person = { types: () => nextCode(machine) };
  const words = { purpose: "key rotate", retry: "awst key rotate" };
  await asUser(machine.process(person), identity, words, async () => {});

  const foreign: string[] = [];
  const kept = (item: string) => decodeAccessKey(machine.items.get(`${item}/${identity}`));
  const broken = () => {
    const held = kept("key");
    const atAws = iam.present().find((each) => each.accessKeyId === held?.accessKeyId);
    if (held === undefined) return ["no key is held"];
    if (atAws === undefined) return [`${held.accessKeyId} is held and gone at AWS`];
    const problems: string[] = [];
    if (atAws.status !== "Active") problems.push(`${held.accessKeyId} is held and inactive`);
    if (atAws.secret !== undefined && atAws.secret !== held.secretAccessKey.reveal()) {
      problems.push(`the secret held for ${held.accessKeyId} is wrong`);
    }
    const seenAfter = iam.newKeySeenAfterSeconds + iam.newKeyFlapsForSeconds;
    const awsTime = machine.time.getTime() + machine.skewMs;
    const ageSeconds = (awsTime - atAws.createdAt.getTime()) / 1000;
    if (atAws.secret !== undefined && ageSeconds < seenAfter) {
      problems.push(`${held.accessKeyId} is held and AWS may not take it yet`);
    }
    const stolen = foreign.filter((id) => !iam.present().some((key) => key.accessKeyId === id));
    problems.push(...stolen.map((id) => `${id} was somebody else's and is gone`));
    return [...problems, ...orphans()];
  };
  /** Keys at AWS that nothing here knows of, nor could find. */
  const orphans = () => {
    const journal = fromJson(file, machine.state.get(file.name));
    const known = ["key", "next-key", "previous-key"].map((item) => kept(item)?.accessKeyId);
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
    held: () => kept("key")?.accessKeyId,
    addForeignKey: () => {
      if (iam.present().length >= 2) return undefined;
      const lastUse = { at: machine.time, service: "s3", region: "eu-west-1" };
      // Made in the very minutes of a lost answer, and its use not told, it would be taken for awst's.
      const createdAt = new Date(machine.time.getTime() - 3600_000);
      const { accessKeyId } = iam.addKey({ lastUse, createdAt });
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
      const others = keys.filter((id) => id !== kept("key")?.accessKeyId);
      const items = ["next-key", "previous-key"].filter(
        (item) => machine.items.get(`${item}/${identity}`) !== undefined,
      );
      const journal = fromJson(file, machine.state.get(file.name));
      return [
        ...others.map((id) => `${id} is at AWS`),
        ...items.map((item) => `${item} is in the keychain`),
        ...(journal ? ["the journal is open"] : []),
      ];
    },
    run: async (wish = {}, faults = [], onEffect = () => {}) => {
      const messages: string[] = [];
      const failures: string[] = [];
      const { context, effects, struck } = openFaulty(machine, {
        faults,
        process: person,
        check: (effect) => {
          onEffect(effects.length - 1);
          const problems = broken();
          if (problems.length > 0) failures.push(`after ${effect.name}: ${problems.join(", ")}`);
        },
      });
      const asked: RotationOptions = {
        identity: undefined,
        request: "rotate",
        unattended: false,
        ...words,
        ...wish,
      };
      const ended = await rotateKey(context, asked).then(
        (report) => ({ report, error: report.failure as unknown }),
        (error: unknown) => ({ report: undefined, error }),
      );
      messages.push(...context.messages);
      if (failures.length > 0) throw new Error(failures.slice(0, 3).join("; "));
      const { error } = ended;
      const isOdd =
        error instanceof Error && error.name !== "AwstError" && !(error instanceof Killed);
      if (isOdd) throw error;
      return { ...ended, effects, messages, struck: struck() };
    },
  };
}

/** A code that was not used yet: the clock moves on to the next one. */
function nextCode(machine: FakeMachine): string {
  const code = machine.aws.code();
  if (!machine.aws.sentCodes.includes(code)) return code;
  machine.advance(30);
  return machine.aws.code();
}
