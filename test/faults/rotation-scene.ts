// One machine with a key in its keychain and a live MFA session, and what must be true of it after every
// effect of every process, and at the end.

import { asUser } from "../../src/flows/as-user.ts";
import { type RotationOptions, rotateKey } from "../../src/flows/rotate-key.ts";
import { decodeAccessKey, encodeAccessKey } from "../../src/model/access-key.ts";
import { decodeJournal, isInTime, rotationName } from "../../src/model/rotation-journal.ts";
import type { RotationReport } from "../../src/model/rotation-report.ts";
import { Secret } from "../../src/model/secret.ts";
import { fakePolicies } from "../support/fake-iam.ts";
import { configurationOf, type FakeMachine, makeFakeMachine, role } from "../support/fake-world.ts";
import { type Effect, type Fault, Killed, openFaulty } from "./faulty-process.ts";

export const identity = "main-account";
export const seededId = "AKIAFAKEFAKEFAKEFAKE";

export interface SceneOptions {
  readonly policy?: keyof typeof fakePolicies;
  /** New keys are unseen for 20 s and flap for 10 s more. */
  readonly isSlow?: boolean;
  readonly sessionsEndWithTheirKey?: boolean;
  readonly description?: string;
  readonly newKeyListedAfterSeconds?: number;
}

export interface Ended {
  readonly report: RotationReport | undefined;
  readonly error: unknown;
  readonly effects: readonly Effect[];
  readonly said: readonly string[];
}

export interface RotationScene {
  readonly machine: FakeMachine;
  run(options?: Partial<RotationOptions>, faults?: readonly Fault[]): Promise<Ended>;
  /** What is not as it must be after any effect. */
  broken(): readonly string[];
  /** What is left over when nothing is under way any more. */
  leftOver(): readonly string[];
  held(): string | undefined;
}

export async function openScene(options: SceneOptions = {}): Promise<RotationScene> {
  const machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)]));
  const { aws, iam } = machine;
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
  const words = { words: "key rotate", retry: "awst key rotate" };
  await asUser(machine.process(person), identity, words, async () => {});

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
    const ageSeconds = (machine.time.getTime() - atAws.createdAt.getTime()) / 1000;
    if (atAws.secret !== undefined && ageSeconds < seenAfter) {
      problems.push(`${held.accessKeyId} is held and AWS may not take it yet`);
    }
    return [...problems, ...orphans()];
  };
  /** Keys at AWS that nothing here knows of, nor could find. */
  const orphans = () => {
    const journal = decodeJournal(machine.state.get(rotationName(identity)));
    const known = ["key", "next-key", "previous-key"].map((item) => kept(item)?.accessKeyId);
    return iam
      .present()
      .filter(({ accessKeyId }) => !known.includes(accessKeyId))
      .filter(({ accessKeyId }) => accessKeyId !== journal?.newKeyId)
      .filter((each) => !(journal && isInTime(journal, { ...each, status: "Active" })))
      .map(({ accessKeyId }) => `${accessKeyId} is orphaned`);
  };
  return {
    machine,
    broken,
    held: () => kept("key")?.accessKeyId,
    leftOver: () => {
      const keys = iam.present().map(({ accessKeyId }) => accessKeyId);
      const others = keys.filter((id) => id !== kept("key")?.accessKeyId);
      const items = ["next-key", "previous-key", "probe", "pending-key"].filter(
        (item) => machine.items.get(`${item}/${identity}`) !== undefined,
      );
      const tags = [...iam.tags.keys()].filter((id) => !keys.includes(id));
      const journal = decodeJournal(machine.state.get(rotationName(identity)));
      return [
        ...others.map((id) => `${id} is at AWS`),
        ...items.map((item) => `${item} is in the keychain`),
        ...(options.policy === "open" ? tags.map((id) => `tag ${id} is left`) : []),
        ...(journal ? ["the journal is open"] : []),
      ];
    },
    run: async (wish = {}, faults = []) => {
      const said: string[] = [];
      const failures: string[] = [];
      const { world, effects } = openFaulty(machine, {
        faults,
        process: person,
        check: (effect) => {
          const problems = broken();
          if (problems.length > 0) failures.push(`after ${effect.name}: ${problems.join(", ")}`);
        },
      });
      const asked: RotationOptions = {
        identity: undefined,
        wish: "rotate",
        unattended: false,
        ...words,
        ...wish,
      };
      const ended = await rotateKey(world, asked).then(
        (report) => ({ report, error: report.failure as unknown }),
        (error: unknown) => ({ report: undefined, error }),
      );
      said.push(...world.said);
      if (failures.length > 0) throw new Error(failures.slice(0, 3).join("; "));
      const { error } = ended;
      const isOdd =
        error instanceof Error && error.name !== "AwstError" && !(error instanceof Killed);
      if (isOdd) throw error;
      return { ...ended, effects, said };
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
