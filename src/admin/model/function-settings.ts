// The settings of the function in AWS, in variables of its environment, and its event. Both come from
// outside and are checked like the configuration; a variable that is empty counts as absent.

import { isRecord } from "../../model/configuration/toml-table.ts";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { type AdminSettings, decodeAdminSettings } from "./admin-settings.ts";
import { formatCursor, parseCursor, type RunCursor } from "./run-cursor.ts";

export interface FunctionSettings
  extends Pick<AdminSettings, "dormant" | "protectedNames" | "maxChanges" | "notify"> {
  /** The topic that notices go to, where another account knows the webhook. */
  readonly relayTopic: string | undefined;
  readonly isDryRun: boolean;
}

/** Returns the settings that the template's parameters became. Errors: CONFIGURATION_INVALID. */
export function decodeFunctionSettings(env: Env): FunctionSettings {
  const text = (name: string) => (env[`AWST_${name}`] === "" ? undefined : env[`AWST_${name}`]);
  const integer = (name: string) => {
    const value = text(name);
    return value !== undefined && /^\d{1,9}$/.test(value) ? BigInt(value) : value;
  };
  const names = (name: string) =>
    text(name)
      ?.split(",")
      .map((each) => each.trim());
  if (names("ACTIONS")?.includes("user") === true) {
    throw new AwstError("CONFIGURATION_INVALID", "the function deletes no user", {
      hint: 'leave "user" out of Actions: awst admin dormant enforce deletes users, and shows its plan first',
    });
  }
  const table = withoutAbsent({
    protected: names("PROTECTED"),
    maxChanges: integer("MAX_CHANGES"),
    dormant: withoutAbsent({
      days: integer("DAYS"),
      neverUsedDays: integer("NEVER_USED_DAYS"),
      warnDays: integer("WARN_DAYS"),
      actions: names("ACTIONS"),
      except: names("EXCEPT"),
      notify: text("NOTIFY"),
      notifyParameter: text("NOTIFY_PARAMETER"),
      notifyTopic: text("NOTIFY_TOPIC"),
      notifyFrom: text("NOTIFY_FROM"),
    }),
  });
  const { dormant, protectedNames, maxChanges, notify } = decodeAdminSettings(
    table,
    "environment of the function",
  );
  const relayTopic = text("RELAY_TOPIC");
  return {
    dormant,
    protectedNames,
    maxChanges,
    notify,
    relayTopic,
    isDryRun: text("DRY_RUN") === "true",
  };
}

function withoutAbsent(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** One round of a run that continues itself. */
export interface FunctionEvent {
  /** From 1. */
  readonly round: number;
  readonly from: RunCursor | undefined;
  /** How many users the rounds of this run may still disable; undefined: as the settings say. */
  readonly left: number | undefined;
}

/** A run continues itself so often; what is left then waits for the next schedule. */
export const maxRounds = 10;

/** Returns the event of a round. Errors: USAGE for what the function never sends and no schedule should. */
export function parseFunctionEvent(value: unknown): FunctionEvent {
  const event = isRecord(value) ? value : {};
  const { round = 1, from, left } = event;
  const cursor = typeof from === "string" ? parseCursor(from) : undefined;
  const isGood =
    isRecord(value) &&
    isCount(round, 1, maxRounds) &&
    (from === undefined || cursor !== undefined) &&
    (left === undefined || isCount(left, 0, 5_000));
  if (!isGood) {
    throw new AwstError("USAGE", "the event is not one of a run", { hint: '{"round":1}' });
  }
  return { round, from: cursor, left };
}

function isCount(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

/** Returns the event of the next round, as JSON; undefined after the last one. */
export function nextEvent(
  { round }: FunctionEvent,
  from: RunCursor,
  left: number,
): string | undefined {
  if (round >= maxRounds) return undefined;
  return JSON.stringify({ round: round + 1, from: formatCursor(from), left });
}
