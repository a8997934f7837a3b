// How the sorting of users into groups is printed.

import type { SortedUser } from "../model/group-rules.ts";
import { doneText } from "./stopped-report.ts";

export interface PrintedSorting extends SortedUser {
  /** Why the user is not changed. */
  readonly refusal?: string | undefined;
}

export function sortingLines(users: readonly PrintedSorting[]): readonly string[] {
  return users.map(({ user, add, remove, needsCategory, alsoMatching, tooMany, refusal }) => {
    if (refusal !== undefined) return `${user}: not changed, because ${refusal} (--force ${user})`;
    const parts = [
      ...add.map((group) => `join ${group}`),
      ...remove.map((group) => `leave ${group}`),
      ...(needsCategory ? ["no category matches: choose one"] : []),
      ...(alsoMatching.length === 0 ? [] : [`${alsoMatching.join(", ")} would match too`]),
      ...(tooMany.length === 0 || remove.length > 0
        ? []
        : [`in several categories: ${tooMany.join(", ")}`]),
    ];
    return `${user}: ${parts.join("; ")}`;
  });
}

/** What was done to a user before an error ended it, and the error. */
export function stoppedText(result: {
  readonly user: string;
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly error: { readonly message: string } | undefined;
}): string {
  const done = [
    ...result.joined.map((group) => `join ${group}`),
    ...result.left.map((group) => `leave ${group}`),
  ];
  return `${result.user}: ${result.error?.message}${doneText(done)}`;
}

export function sortingJson(
  users: readonly PrintedSorting[],
  results: readonly {
    readonly user: string;
    readonly joined: readonly string[];
    readonly left: readonly string[];
    readonly error: { readonly message: string } | undefined;
  }[],
): object {
  return {
    users: users.map(({ user, category, add, remove, alsoMatching, tooMany, refusal }) => {
      const result = results.find((each) => each.user === user);
      const done = result?.error === undefined ? "sorted" : "stopped";
      const isOpen = add.length + remove.length > 0;
      const planned = refusal !== undefined ? "refused" : isOpen ? "planned" : "unchanged";
      return {
        user,
        category: category ?? null,
        add,
        remove,
        joined: result?.joined ?? [],
        left: result?.left ?? [],
        alsoMatching,
        tooMany,
        state: result === undefined ? planned : done,
        error: refusal ?? result?.error?.message ?? null,
      };
    }),
  };
}
