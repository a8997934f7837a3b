// How new users are reported: the plan, and what was done, one line for each user.

import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import type { Style } from "../../output/style.ts";
import {
  type CreationResult,
  createText,
  deleteKeyLine,
  type PlannedCreation,
} from "../model/user-creation.ts";
import { doneText } from "./stopped-report.ts";

export function creationLine(plan: PlannedCreation): string {
  const { user, steps, needsCategory, tooMany, differingTags, unusedKeys } = plan;
  const texts = [
    ...(steps.length === 0 ? ["nothing to do"] : steps.map(createText)),
    ...differingTags.map(
      ({ name, value, wanted }) =>
        `keeps the tag ${name}=${value}; to change it: ${commandLine(["awst", "admin", "user", "tag", user, `${name}=${wanted}`])}`,
    ),
    ...unusedKeys.map(
      ({ id, createdAt }) =>
        `keeps access key ${id}, created ${rfc3339(createdAt)} and never used; if its secret is lost: ${deleteKeyLine(user, id)}`,
    ),
    ...(tooMany.length === 0
      ? []
      : [`warning: in several categories, where the rules allow one: ${tooMany.join(", ")}`]),
    ...(needsCategory ? ["in no category: name one with --group"] : []),
  ];
  return `${user}: ${texts.join("; ")}`;
}

export interface CreationFacts {
  /** Where secrets were written. */
  readonly folder: string | undefined;
  readonly isSealed: boolean;
  /** Policies that keep a new user from the first sign-in. */
  readonly conflicts: readonly string[];
  /** Why such policies can't be looked for. */
  readonly unchecked: string | undefined;
}

export function creationNotes(
  results: readonly CreationResult[],
  { folder, isSealed, conflicts, unchecked }: CreationFacts,
): (style: Style) => readonly string[] {
  return (style) => [
    ...results.map((result) => resultLine(result, style)),
    ...results
      .filter(({ isPasswordLost }) => isPasswordLost)
      .map(({ user }) =>
        style.warn(
          `the password of ${user} is lost; for a new one: awst admin user password ${user}`,
        ),
      ),
    ...(folder === undefined ? [] : [`${isSealed ? "sealed " : ""}secrets are in ${folder}`]),
    ...conflicts.map((policy) =>
      style.warn(
        `warning: ${policy} denies iam:ChangePassword without MFA: a new user can't pass the first sign-in`,
      ),
    ),
    ...(unchecked === undefined
      ? []
      : [
          style.warn(
            `unknown whether a policy keeps a new user from the first sign-in: ${unchecked}`,
          ),
        ]),
  ];
}

function resultLine({ user, steps, state, error }: CreationResult, style: Style): string {
  if (error !== undefined) {
    return style.fail(`${user}: ${error.message}${doneText(steps)}`);
  }
  if (state === "unchanged") return `${user}: nothing to do`;
  return style.ok(`${state} ${user}: ${steps.join("; ")}`);
}

/** `retry`: the line that completes what was stopped. */
export function failureOf(
  results: readonly CreationResult[],
  retry: string,
): AwstError | undefined {
  const errors = results.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first === undefined) return undefined;
  const bug = errors.find(({ code }) => code === "BUG");
  if (bug !== undefined) return bug;
  const isStopped = errors.some(({ code }) => code === "INTERRUPTED");
  const message = `${errors.length} of ${results.length} not finished`;
  const own = errors.length === 1 ? first.hint : undefined;
  return new AwstError(isStopped ? "INTERRUPTED" : "ADMIN_INCOMPLETE", message, {
    hint: own ?? retry,
  });
}
