// What a run of a rotation observes, for tables of its decisions: the key OLD was in use, NEW replaces it. `after`: switched;
// `resting`: the old key is inactive and waits for the end of its grace period.

import {
  initialRunFacts,
  type RotationFacts,
  type RunFacts,
} from "../../src/model/rotation/rotation.ts";
import { emptyJournal, type RotationJournal } from "../../src/model/rotation/rotation-journal.ts";

export const now = new Date("2026-03-01T12:00:00Z");
export const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
export const at = (seconds: number) => ago(seconds).toISOString();
export const old = { accessKeyId: "OLD", status: "Active", createdAt: ago(9e6) } as const;
export const made = { accessKeyId: "NEW", status: "Active", createdAt: ago(10) } as const;
export const off = { ...old, status: "Inactive" } as const;
export const other = { accessKeyId: "OTHER", status: "Active", createdAt: ago(60) } as const;

export const journal = (more: Partial<RotationJournal> = {}): RotationJournal => ({
  ...emptyJournal("OLD"),
  listed: ["OLD"],
  ...more,
});
export const known = (more: Partial<RotationJournal> = {}) =>
  journal({ newKeyId: "NEW", madeAt: at(10), ...more });
export const switched = (more: Partial<RotationJournal> = {}) =>
  known({ switchedAt: at(5), description: "none", ...more });
export const checked = (more: Partial<RotationJournal> = {}) =>
  switched({ deactivatedAt: at(5), areSessionsTested: true, ...more });

export type GivenFacts = Partial<Omit<RotationFacts, "run">> & { readonly run?: Partial<RunFacts> };

export function facts({ run, ...more }: GivenFacts): RotationFacts {
  return {
    request: "rotate",
    now,
    graceSeconds: undefined,
    minimumAgeSeconds: 0,
    earlyDeletion: "ask",
    keys: [old],
    current: "OLD",
    next: undefined,
    previous: undefined,
    journal: undefined,
    ...more,
    run: { ...initialRunFacts, ...run },
  };
}

export const both = { keys: [old, made] };
export const stored = { ...both, next: "NEW", journal: known() };
export const after = { ...both, current: "NEW", previous: "OLD", journal: switched() };
export const resting = { keys: [off, made], current: "NEW", previous: "OLD", journal: checked() };
export const noted = { areReferencesUpdated: true };
export const lost = { keys: [old, other], journal: journal({ intents: [at(61)] }) };
