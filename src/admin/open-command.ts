// What the administrator's commands share: their options, and the question before anything changes.

import { duration, flag, list, text, value } from "../args/options.ts";
import { mfaCode } from "../args/session-options.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import type { Needs } from "../ports.ts";
import type { GroupRules } from "./model/admin-settings.ts";
import { checkNoIdentity, readRecipient } from "./model/age-recipients.ts";
import { verdictMeanings } from "./model/dormant-verdict.ts";
import { groupsOf, parseRecipes } from "./model/group-rules.ts";
import { fullAction, neededActions } from "./model/needed-actions.ts";
import { parseCursor, type RunCursor } from "./model/run-cursor.ts";
import { requireTypedPartition, requireTypedPath, userNameIn } from "./model/user-arn.ts";

export const asOptions = {
  as: text("ACCOUNT/ROLE", "the administrator's role (also AWST_ADMIN_AS, [admin] as)"),
  mfaCode,
} as const;

export const planOptions = {
  dryRun: flag("print the plan, and change nothing"),
  yes: flag("do not ask", { short: "y" }),
} as const;

export const guardOptions = {
  force: list("NAME", "change this user although a rule protects it"),
  maxChanges: value("N", "how many users one run may change", readCount),
} as const;

export const sealOption = {
  age: list(
    "RECIPIENT",
    "seal the secrets with age for this recipient (age1…); repeat it for several, each of whom can read them",
    readRecipient,
  ),
} as const;

/** --out of the commands that make secrets. */
export function secretFolder(help: string) {
  return value("FOLDER", help, readFolder);
}

function readFolder(typed: string, name: string): string {
  checkNoIdentity(typed, name);
  if (typed.trim() !== "") return typed;
  throw new AwstError("USAGE", `${name} is empty`, { hint: `${name} FOLDER` });
}

export const accountOptions = {
  account: list("NAME", "only this account of [admin] accounts: its name or 12 digits"),
} as const;

export const freshOption = {
  fresh: flag("read everything again: reuse nothing from an interrupted run"),
} as const;

export const resumeOptions = {
  stopAfter: duration("DURATION", "stop in time, and name where the next run continues", {
    least: 60,
    most: 86_400,
    expected: "between 1m and 24h",
    examples: ["14m", "1h"],
  }),
  from: value("ACCOUNT/USER", "continue where a run stopped", readCursor),
} as const;

function readCursor(typed: string, name: string): RunCursor {
  const cursor = parseCursor(typed);
  if (cursor !== undefined) return cursor;
  throw new AwstError("USAGE", `${name} ${JSON.stringify(typed)} names no account and user`, {
    hint: "write it as the run that stopped printed it: 111122223333/alice",
  });
}

function readCount(typed: string, name: string): number {
  if (/^\d{1,5}$/.test(typed)) return Number(typed);
  throw new AwstError("USAGE", `${name} ${JSON.stringify(typed)} is not a number of users`, {
    hint: `${name} 10`,
  });
}

/** Returns the days of `30d`, or whole days of another duration. */
export function wholeDays(seconds: number): number {
  return Math.ceil(seconds / 86_400);
}

export interface Confirmation {
  readonly isConfirmed: boolean;
  readonly question: string;
  /** A name that has to be typed, where a plain yes is too quick. */
  readonly typedName?: string | undefined;
}

/** Returns whether the user agreed. Errors: CONFIRMATION_NEEDED without a terminal, INTERRUPTED. */
export async function confirmPlan(
  context: Needs<"terminal">,
  { isConfirmed, question, typedName }: Confirmation,
): Promise<boolean> {
  if (isConfirmed) return true;
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("CONFIRMATION_NEEDED", "no terminal to confirm the plan", {
      hint: "--yes",
    });
  }
  if (typedName === undefined) return terminal.confirm({ text: question });
  const answer = await terminal.askText({
    text: `${question} Type the name ${typedName} to continue`,
  });
  return answer.trim() === typedName;
}

interface TypedUserContext {
  readonly iam: {
    getUser(name: string): Promise<{ readonly arn: string; readonly path: string }>;
  };
  readonly caller: { readonly arn: string } | undefined;
  readonly accountId: string;
}

/**
 * Returns the name of a user who is typed by name or ARN. Errors: USAGE; ADMIN_REFUSED for an ARN of another account, or
 * another one than AWS has for the user of that name; AWS_*.
 */
export async function typedUser(
  typed: string,
  { iam, caller, accountId }: TypedUserContext,
): Promise<string> {
  const name = userNameIn(typed, accountId);
  if (name === typed) return name;
  const user = await iam.getUser(name).catch((error: unknown) => {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
    return undefined;
  });
  requireTypedPartition(typed, user?.arn ?? caller?.arn);
  requireTypedPath(typed, user?.path);
  return name;
}

/** The rules of a file of AWS-recipes, or of the configuration. Errors: FILE_*, USAGE where there are none. */
export async function readRules(
  context: Needs<"readText">,
  configured: GroupRules,
  recipes: string | undefined,
): Promise<GroupRules> {
  const rules =
    recipes === undefined ? configured : parseRecipes(await context.readText(recipes), recipes);
  if (groupsOf(rules).length > 0) return rules;
  throw new AwstError("USAGE", "there are no rules for groups", {
    hint: "add [admin.groups] to the configuration, or --recipes FILE",
  });
}

/** Returns the error with a further one below it. */
export function withMore({ code, message, hint }: AwstError, other: string | undefined): AwstError {
  return new AwstError(code, message, { hint, more: other === undefined ? [] : [other] });
}

/** A help sentence: what each verdict means. */
export function verdictsText(): string {
  const meanings = Object.entries(verdictMeanings).map(([name, what]) => `${name} (${what})`);
  return `A verdict is ${meanings.slice(0, -1).join(", ")} or ${meanings.at(-1)}.`;
}

/** A help paragraph: what the command needs in IAM. `name`: without `admin`. */
export function needsText(name: string): string {
  const actions = [...new Set(neededActions[name])].sort();
  return `Needs in IAM (\`awst admin policy ${name}\` prints the policy): ${actions.map(fullAction).join(", ")}.`;
}
