// Which groups a user belongs to, by the rules: the common groups, and exactly one category group. The rules come from
// the configuration, or from a file of AWS-recipes, which is read as Python reads it.

import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { isSameName } from "./account-facts.ts";
import { type GroupCategory, type GroupRules, startPattern } from "./admin-settings.ts";

export interface SortedUser {
  readonly user: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** The category that the user is in, or will be in; undefined: an administrator has to choose. */
  readonly category: string | undefined;
  /** The rules have categories, and the user is in none. */
  readonly needsCategory: boolean;
  /** Further categories whose pattern matches; the first one counts. */
  readonly alsoMatching: readonly string[];
  /** The categories that the user is in, where they are more than one. */
  readonly tooMany: readonly string[];
}

export interface SortOptions {
  /** Several matching patterns leave the choice to an administrator. */
  readonly strict: boolean;
  /** Users in several categories are moved into the one that matches; where none does, an administrator has to choose. */
  readonly fix: boolean;
  /** For users whom no pattern matches. */
  readonly defaultCategory: string | undefined;
  /** What an administrator chose, by user name. */
  readonly chosen: ReadonlyMap<string, string>;
}

export interface GroupedUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** `known`: the account's groups, whose spelling counts. */
export function sortUser(user: GroupedUser, rules: GroupRules, options: SortOptions): SortedUser {
  const isIn = (group: string) => user.groups.some((each) => isSameName(each, group));
  const current = rules.categories.map(({ group }) => group).filter(isIn);
  const matching = rules.categories
    .filter(({ match }) => match?.test(user.name))
    .map(({ group }) => group);
  const isOpen = options.strict && matching.length > 1;
  const wanted =
    options.chosen.get(user.name) ??
    (isOpen ? undefined : matching[0]) ??
    (matching.length === 0 ? options.defaultCategory : undefined);
  const mustMove = current.length > 1 && options.fix && wanted !== undefined;
  const isLeftOpen = current.length > 1 && options.fix && wanted === undefined;
  const category = current.length === 0 || mustMove || isLeftOpen ? wanted : current[0];
  const common = rules.forceCommon ? rules.common.filter((group) => !isIn(group)) : [];
  const isMissing = category !== undefined && !isIn(category);
  return {
    user: user.name,
    add: [...common, ...(isMissing ? [category] : [])],
    remove: mustMove ? current.filter((group) => !isSameName(group, category ?? "")) : [],
    category,
    needsCategory: rules.categories.length > 0 && category === undefined,
    alsoMatching: current.length === 0 ? matching.slice(1) : [],
    tooMany: current.length > 1 ? current : [],
  };
}

/** Whether the user follows the rules: nothing to add, one category. */
export function followsRules({ add, tooMany, needsCategory }: SortedUser): boolean {
  return add.length === 0 && tooMany.length === 0 && !needsCategory;
}

/** Returns the category as the rules spell it. Errors: USAGE where the rules have no such category. */
export function findCategory({ categories }: GroupRules, typed: string): string {
  const found = categories.find(({ group }) => isSameName(group, typed));
  if (found !== undefined) return found.group;
  throw new AwstError("USAGE", `${JSON.stringify(typed)} is not a category of the rules`, {
    hint:
      categories.length === 0
        ? "the rules have no category: add [[admin.groups.category]] to the configuration"
        : `categories: ${categories.map(({ group }) => group).join(", ")}`,
  });
}

/**
 * Returns the command that sorts these users, whom the rules do not fit. `typed`: `group sort` with its options. --strict
 * leaves a user open, so the line has none.
 */
export function sortCommand(users: readonly SortedUser[], typed: readonly string[]): string {
  const isOpen = users.some(({ needsCategory }) => needsCategory);
  const isInSeveral = users.some(({ tooMany }) => tooMany.length > 0);
  return commandLine([
    ...typed.filter((each) => each !== "--strict"),
    ...(isInSeveral && !typed.includes("--fix") ? ["--fix"] : []),
    ...(isOpen ? ["--default-category", "GROUP"] : []),
  ]);
}

/** A file of AWS-recipes: `common_groups`, `category_groups`, `category_regex`, `force_common_group`. Errors:
 *  FILE_MALFORMED, with the key that is wrong. */
export function parseRecipes(text: string, path: string): GroupRules {
  const malformed = (problem: string): AwstError =>
    new AwstError("FILE_MALFORMED", `${path}: ${problem}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(`not JSON (${(cause as Error).message})`);
  }
  const file = Object(value);
  const texts = (key: string): readonly string[] | undefined => {
    const found: unknown = file[key];
    if (found === undefined) return undefined;
    if (Array.isArray(found) && found.every((each) => typeof each === "string")) return found;
    throw malformed(`${key} is not a list of texts`);
  };
  const categories = texts("category_groups") ?? [];
  const patterns = texts("category_regex");
  if (patterns !== undefined && patterns.length !== categories.length) {
    throw malformed(
      `category_regex has ${patterns.length} entries, and category_groups ${categories.length}`,
    );
  }
  const force: unknown = file["force_common_group"];
  if (force !== undefined && typeof force !== "boolean") {
    throw malformed("force_common_group is not true or false");
  }
  return {
    common: texts("common_groups") ?? [],
    forceCommon: force ?? true,
    categories: categories.map((group, at): GroupCategory => {
      const source = patterns?.[at] ?? "";
      if (source === "") return { group, match: undefined };
      const match = pythonPattern(source);
      if (match !== undefined) return { group, match };
      throw malformed(`category_regex entry ${at + 1}, ${JSON.stringify(source)}, can't be read`);
    }),
  };
}

/** Returns Python's pattern in JavaScript's form: anchored at the start, as `re.match` is; undefined if it has none. */
export function pythonPattern(source: string): RegExp | undefined {
  const [, flags = "", rest = ""] = /^(?:\(\?([a-z]+)\))?(.*)$/s.exec(source) ?? [];
  if (/[^ims]/.test(flags)) return undefined;
  const translated = rest
    .replaceAll(/\(\?P<(\w+)>/g, "(?<$1>")
    .replaceAll(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replaceAll("\\A", "^")
    .replaceAll("\\Z", "$");
  if (/\(\?[a-zA-Z#]|\(\?\(/.test(translated)) return undefined;
  const anchored = startPattern(translated);
  return anchored && new RegExp(anchored.source, `u${flags}`);
}

/** Every group that the rules name, each once. */
export function groupsOf({ common, categories }: GroupRules): readonly string[] {
  const all = [...common, ...categories.map(({ group }) => group)];
  return all.filter((group, at) => all.findIndex((each) => isSameName(each, group)) === at);
}
