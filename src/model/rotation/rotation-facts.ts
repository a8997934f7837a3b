// What a rotation is decided from: AWS's list of keys, the keychain's items, the journal, and the little
// that only this run can know. And the steps it may take.

import type { ListedKey } from "../key/listed-key.ts";
import type { RotationJournal } from "./rotation-journal.ts";

export interface RotationFacts {
  /** `finish`: what was begun; nothing new. */
  readonly wish: "rotate" | "finish" | "undo";
  /** AWS's time. */
  readonly now: Date;
  /** --grace, where it was given. */
  readonly graceSeconds: number | undefined;
  /** --if-older-than */
  readonly minimumAgeSeconds: number;
  readonly keys: readonly ListedKey[];
  /** Ids in the keychain: the key in use, the new one before it is, the old one until it is deleted. */
  readonly held: string | undefined;
  readonly next: string | undefined;
  readonly previous: string | undefined;
  readonly journal: RotationJournal | undefined;
  readonly run: RunFacts;
}

/** What this run did and saw; a run that goes on after a kill starts with none of it. */
export interface RunFacts {
  /** The intent is written down, and no create came of it yet. */
  readonly isBegun: boolean;
  readonly creates: number;
  /** How the last create failed, where it did. */
  readonly create: "nothing-done" | "unknown" | "quota" | undefined;
  /** A key whose secret this process has and the keychain has not yet. */
  readonly inHand: string | undefined;
  /** Something failed before the switch. */
  readonly isGoingBack: boolean;
  readonly proved: readonly string[];
  readonly rejected: readonly string[];
  readonly deleted: readonly string[];
  /** AWS found no such key to delete. */
  readonly absent: readonly string[];
  /** Of the key that nobody knows. */
  readonly use: "unasked" | "unused" | "used";
  /** How often the list was looked at again for a key that may have been made. */
  readonly looks: number;
  /** Failed after the switch: not tried again in this run. */
  readonly stuck: readonly Step["do"][];
  readonly isNoted: boolean;
  /** Since the last `begin`. Where the journal can't be written, this is what knows. */
  readonly did: readonly Step["do"][];
  /** What was wished is done: nothing new is begun. */
  readonly isServed: boolean;
}

export const newRun: RunFacts = {
  isBegun: false,
  creates: 0,
  create: undefined,
  inHand: undefined,
  isGoingBack: false,
  proved: [],
  rejected: [],
  deleted: [],
  absent: [],
  use: "unasked",
  looks: 0,
  stuck: [],
  isNoted: false,
  did: [],
  isServed: false,
};

export type Refusal =
  | "key-absent"
  | "key-unlisted"
  | "key-inactive"
  | "nothing-to-undo"
  | "cannot-undo";

export type Step =
  /** The keychain's own copy of a key takes the place of one that is torn or gone. */
  | { readonly do: "restore"; readonly from: "previous" | "next" }
  | { readonly do: "begin" }
  | { readonly do: "create" }
  | { readonly do: "store"; readonly key: string }
  | { readonly do: "prove"; readonly key: string }
  | { readonly do: "switch"; readonly from: string; readonly to: string }
  /** What is written down elsewhere follows the keychain: notes, the stamps of sessions. */
  | { readonly do: "note"; readonly from: string; readonly to: string }
  | { readonly do: "carry-description"; readonly from: string; readonly to: string }
  | { readonly do: "deactivate"; readonly key: string }
  | { readonly do: "test-sessions"; readonly key: string }
  | { readonly do: "delete"; readonly key: string; readonly whose: "old" | "new" | "leftover" }
  | { readonly do: "look-again" }
  | { readonly do: "look-up-use"; readonly key: string }
  | { readonly do: "ask-about"; readonly key: string }
  /** From here on it is undone. */
  | { readonly do: "turn-back"; readonly to: string }
  | { readonly do: "give-up-undo"; readonly key: string }
  | { readonly do: "reactivate"; readonly key: string }
  | { readonly do: "switch-back"; readonly from: string; readonly to: string }
  | { readonly do: "forget" }
  /** Another key was put in by hand: this rotation is over. */
  | { readonly do: "set-aside" }
  | { readonly do: "end" }
  | { readonly do: "refuse"; readonly why: Refusal };

/** A step that does something. */
export type TakenStep = Exclude<Step, { readonly do: "end" | "refuse" }>;

export interface Pair {
  readonly old: string;
  /** undefined until AWS has answered the create. */
  readonly made: string | undefined;
}

/** The two keys of the rotation under way; undefined when there is none. The keychain alone will do. */
export function pairOf(facts: Omit<RotationFacts, "keys" | "now">): Pair | undefined {
  const { held, next, previous, journal, run } = facts;
  const old =
    journal?.oldKeyId ??
    (previous !== undefined && previous !== held
      ? previous
      : next !== undefined && next !== held
        ? held
        : undefined);
  if (old === undefined) return undefined;
  const named = journal?.newKeyId === old ? undefined : journal?.newKeyId;
  const made =
    named ??
    run.inHand ??
    (next !== old ? next : undefined) ??
    (previous === old && held !== old ? held : undefined);
  return { old, made };
}

export function find(facts: RotationFacts, id: string | undefined): ListedKey | undefined {
  return facts.keys.find((key) => key.accessKeyId === id);
}

export function isSwitched({ held }: Pick<RotationFacts, "held">, { old, made }: Pair): boolean {
  return held !== undefined && held === made && held !== old;
}

export function isYoung(
  { now, minimumAgeSeconds }: RotationFacts,
  key: ListedKey | undefined,
): boolean {
  if (key === undefined) return false;
  return (now.getTime() - key.createdAt.getTime()) / 1000 < minimumAgeSeconds;
}

/** Sessions made with a key that no longer works, not tried since. */
export function isToTest({ journal, run }: RotationFacts): boolean {
  const isDone = journal?.areSessionsTested || run.did.includes("test-sessions");
  return !isDone && !run.stuck.includes("test-sessions");
}

/** A step that leaves no way back waits for the proof, and is not even prepared when it can't be taken. */
export function provedFirst({ run }: RotationFacts, key: string, step: Step): Step {
  if (run.stuck.includes(step.do) || run.rejected.includes(key)) return { do: "end" };
  return run.proved.includes(key) ? step : { do: "prove", key };
}
