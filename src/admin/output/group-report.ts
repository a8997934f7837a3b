// How the sorting of users into groups is printed.

import type { SortedUser } from "../model/group-rules.ts";

export function sortingLines(users: readonly SortedUser[]): readonly string[] {
  return users.map(({ user, add, remove, category, alsoMatching, tooMany }) => {
    const parts = [
      ...add.map((group) => `join ${group}`),
      ...remove.map((group) => `leave ${group}`),
      ...(category === undefined ? ["no category matches: choose one"] : []),
      ...(alsoMatching.length === 0 ? [] : [`${alsoMatching.join(", ")} would match too`]),
      ...(tooMany.length === 0 || remove.length > 0
        ? []
        : [`in several categories: ${tooMany.join(", ")}`]),
    ];
    return `${user}: ${parts.join("; ")}`;
  });
}

export function sortingJson(
  users: readonly SortedUser[],
  results: readonly {
    readonly user: string;
    readonly error: { readonly message: string } | undefined;
  }[],
): object {
  return {
    users: users.map(({ user, category, add, remove, alsoMatching, tooMany }) => {
      const result = results.find((each) => each.user === user);
      const done = result?.error === undefined ? "sorted" : "stopped";
      return {
        user,
        category: category ?? null,
        add,
        remove,
        alsoMatching,
        tooMany,
        state: result === undefined ? "planned" : done,
        error: result?.error?.message ?? null,
      };
    }),
  };
}
