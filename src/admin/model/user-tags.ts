// What `awst admin user tag` changes: tags that are set, and tags that are removed. Tags that it does not name stay, the
// descriptions of keys among them. AWS ignores case in the names of tags.

import { AwstError } from "../../model/errors.ts";
import { descriptionProblem } from "../../model/key/key-description.ts";
import { isSameName, type UserDetail } from "./account-facts.ts";
import { dormantTags } from "./dormant-steps.ts";
import { cutTags } from "./offboarding.ts";

export const protectedTag = "awst:protected";
const ownPrefix = "awst:";

/** AWS allows no more. */
const maxTags = 50;

export interface TagPlan {
  readonly set: readonly { readonly name: string; readonly value: string; readonly old?: string }[];
  /** As AWS has them. */
  readonly removed: readonly { readonly name: string; readonly old: string }[];
}

/** `typed`: `K=V` each; `K=` removes a tag. Errors: USAGE. */
export function readTags(typed: readonly string[]): readonly (readonly [string, string])[] {
  if (typed.length === 0) {
    throw new AwstError("USAGE", "no tag is given", { hint: "awst admin user tag NAME K=V" });
  }
  const tags = typed.map((each) => {
    const at = each.indexOf("=");
    const name = each.slice(0, at);
    const value = each.slice(at + 1);
    const problem = descriptionProblem(value) ?? descriptionProblem(name);
    if (at > 0 && problem === undefined) return [name, value] as const;
    if (at > 0) throw new AwstError("USAGE", `the tag ${JSON.stringify(each)} ${problem}`);
    throw new AwstError("USAGE", `the tag ${JSON.stringify(each)} is not K=V`, {
      hint:
        at < 0 && each !== ""
          ? `to set it: ${each}=VALUE; to remove it: ${each}=`
          : "awst admin user tag NAME K=V",
    });
  });
  const twice = tags.find(([name], at) =>
    tags.slice(0, at).some(([other]) => isSameName(name, other)),
  );
  if (twice === undefined) return tags;
  throw new AwstError("USAGE", `the tag ${twice[0]} is given twice`, {
    hint: "give each tag one value",
  });
}

/**
 * Tags that awst reads are state: a value that it can't read, or a name that it does not know, would do nothing, and a
 * forged one would delete a user or hide one from enforcement. Errors: USAGE.
 */
export function checkOwnTags(user: string, wanted: readonly (readonly [string, string])[]): void {
  for (const [name, value] of wanted) {
    if (!name.toLowerCase().startsWith(ownPrefix)) continue;
    if (isSameName(name, protectedTag)) {
      if (value === "true" || value === "") continue;
      throw new AwstError("USAGE", `the tag ${protectedTag} can't be ${JSON.stringify(value)}`, {
        hint: `${protectedTag}=true protects the user; ${protectedTag}= ends that`,
      });
    }
    throw new AwstError("USAGE", `only awst's own commands write the tag ${name}`, {
      hint: writerOf(name, user, value === ""),
    });
  }
}

/** The command that writes the tag, or removes it. */
function writerOf(name: string, user: string, isRemoval: boolean): string {
  const isOneOf = (names: object) =>
    Object.values(names).some((each: string) => isSameName(each, name));
  if (isOneOf(dormantTags)) {
    return `awst admin dormant ${isRemoval ? `restore ${user}` : "enforce"}`;
  }
  if (isOneOf(cutTags)) return `awst admin user ${isRemoval ? "restore" : "offboard"} ${user}`;
  return `awst admin user show ${user}`;
}

/** Nothing is set that is there already. Errors: ADMIN_REFUSED where the user would have too many tags. */
export function planTags(
  user: Pick<UserDetail, "name" | "tags">,
  wanted: readonly (readonly [string, string])[],
): TagPlan {
  const names = Object.keys(user.tags);
  const known = (name: string) => names.find((each) => isSameName(each, name));
  const set = wanted.flatMap(([name, value]) => {
    const there = known(name);
    const old = there === undefined ? undefined : user.tags[there];
    if (value === "" || old === value) return [];
    return [old === undefined ? { name, value } : { name, value, old }];
  });
  const removed = wanted.flatMap(([name, value]) => {
    const there = value === "" ? known(name) : undefined;
    return there === undefined ? [] : [{ name: there, old: user.tags[there] ?? "" }];
  });
  const number = names.length + set.filter(({ old }) => old === undefined).length - removed.length;
  if (number <= maxTags) return { set, removed };
  const message = `${user.name} would have ${number} tags; AWS allows ${maxTags}`;
  throw new AwstError("ADMIN_REFUSED", message, { hint: `awst admin user show ${user.name}` });
}

export function tagLines({ set, removed }: TagPlan, user: string): readonly string[] {
  return [
    ...removed.map(({ name, old }) =>
      isSameName(name, protectedTag)
        ? `remove the tag ${name}, which ends the protection of ${user}`
        : `remove the tag ${name} (was ${old})`,
    ),
    ...set.map(({ name, value, old }) =>
      old === undefined
        ? `set the tag ${name}=${value}`
        : `set the tag ${name}=${value} (was ${old})`,
    ),
  ];
}
