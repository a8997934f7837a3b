// What `awst admin user create` is asked for, what it plans for each user, and what became of the plan.

import type { AwstError } from "../../model/errors.ts";
import type { GroupRules } from "./admin-settings.ts";

export interface CreateRequest {
  readonly names: readonly string[];
  readonly path: string;
  /** Paths of ARNs, by user name: instead of `path`. */
  readonly paths?: ReadonlyMap<string, string>;
  readonly tags: Readonly<Record<string, string>>;
  readonly boundary: string | undefined;
  readonly groups: readonly string[];
  /** A user also joins the common groups, and the category whose pattern matches the name. */
  readonly rules: GroupRules;
  readonly password: boolean;
  readonly key: boolean;
  readonly mfa: boolean;
  readonly passwordLength: number;
  readonly protectedNames: readonly string[];
  /** Protected users that are changed all the same. */
  readonly forced: readonly string[];
}

export type NewUserFacts = Pick<CreateRequest, "path" | "tags" | "boundary">;

export type CreateStep =
  | ({ readonly do: "create user" } & NewUserFacts)
  | { readonly do: "tag"; readonly tags: Readonly<Record<string, string>> }
  | { readonly do: "join group"; readonly group: string }
  | { readonly do: "create password" }
  | { readonly do: "create key" }
  | { readonly do: "create device" };

export interface PlannedCreation {
  readonly user: string;
  /** undefined: the user does not exist yet. */
  readonly id: string | undefined;
  /** There are categories, and the user would be in none: an administrator has to choose. */
  readonly needsCategory: boolean;
  /** The categories that the user would be in, where they are more than one: rules allow one. */
  readonly tooMany: readonly string[];
  /** Tags that the user has, and that the request would set to something else. */
  readonly differingTags: readonly {
    readonly name: string;
    readonly value: string;
    readonly wanted: string;
  }[];
  /** Active keys for which no use is known, and which keep the run from making a key. Their secrets may be lost. */
  readonly unusedKeys: readonly { readonly id: string; readonly createdAt: Date }[];
  readonly steps: readonly CreateStep[];
}

export interface CreationResult {
  readonly user: string;
  /** What was done, also before an error. */
  readonly steps: readonly string[];
  readonly error: AwstError | undefined;
  readonly state: "created" | "completed" | "unchanged" | "stopped";
  readonly made: MadeSecrets;
  /** The user has a password of this run, and the text with it was lost. */
  readonly isPasswordLost: boolean;
}

/** What a run gave to a user, or may have given where AWS's response was lost. */
export interface MadeSecrets {
  readonly password: boolean;
  /** Ids. */
  readonly keys: readonly string[];
  /** Serial numbers. */
  readonly devices: readonly string[];
}

/** An administrator has no key of awst's own for the user, so AWS's command line deletes it. */
export function deleteKeyLine(user: string, accessKeyId: string): string {
  return `aws iam delete-access-key --user-name ${user} --access-key-id ${accessKeyId}`;
}

/** Whether the step makes something that is shown once. */
export function makesSecret(step: CreateStep): boolean {
  return ["create password", "create key", "create device"].includes(step.do);
}

export function createText(step: CreateStep): string {
  switch (step.do) {
    case "create user":
      return newUserText(step);
    case "tag":
      return `tag ${tagsText(step.tags)}`;
    case "join group":
      return `add to group ${step.group}`;
    case "create password":
      return "create a first password";
    case "create key":
      return "create an access key";
    case "create device":
      return "create and enable an MFA device";
  }
}

function newUserText({ path, tags, boundary }: NewUserFacts): string {
  const facts = [
    ...(Object.keys(tags).length === 0 ? [] : [tagsText(tags)]),
    ...(path === "/" ? [] : [`path ${path}`]),
    ...(boundary === undefined ? [] : [`boundary ${boundary}`]),
  ];
  return facts.length === 0 ? "create the user" : `create the user (${facts.join(", ")})`;
}

function tagsText(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}
