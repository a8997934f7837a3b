// Tags of users: 50 at most, keys are compared without case and stored with it; one invalid tag refuses all.

import type { Action, ActionRequest } from "../action.ts";
import type { Tag } from "../cloud/entities.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { limitExceeded, ServiceError } from "../wire/service-error.ts";
import { listEntries, type MemberShape, textList } from "../wire/shapes.ts";
import { permittedUser, userNameShape } from "./own-user.ts";

const tagsPerUser = 50;
const named = { ...userNameShape, required: true };
const keyShape = { min: 1, max: 128, pattern: /[\p{L}\p{Z}\p{N}_.:/=+\-@]+/u };

export const tagsShape: MemberShape = {
  max: tagsPerUser,
  list: {
    Key: { ...keyShape, required: true },
    Value: { required: true, min: 0, max: 256, pattern: /[\p{L}\p{Z}\p{N}_.:/=+\-@]*/u },
  },
};

export const tagUser: Action = {
  input: { UserName: named, Tags: { ...tagsShape, required: true } },
  run(request) {
    const user = permittedUser(request, "TagUser");
    const given = givenTags(request);
    const unchanged = user.tags.filter((old) => !given.some((tag) => isSameKey(tag.key, old.key)));
    if (unchanged.length + given.length > tagsPerUser) {
      throw limitExceeded("The number of tags has reached the maximum limit.");
    }
    user.tags = [...unchanged, ...given];
    return undefined;
  },
};

export const untagUser: Action = {
  input: { UserName: named, TagKeys: { required: true, max: tagsPerUser, list: keyShape } },
  run(request) {
    const user = permittedUser(request, "UntagUser");
    const keys = textList(request.parameters, "TagKeys");
    user.tags = user.tags.filter((tag) => !keys.some((key) => isSameKey(key, tag.key)));
    return undefined;
  },
};

export const listUserTags: Action = {
  input: { UserName: named, ...pageShape },
  run(request) {
    const user = permittedUser(request, "ListUserTags");
    const { items, end } = pageOf(
      tagFields(user.tags),
      request.parameters,
      request.settings.pageSize,
    );
    return { Tags: items, ...end };
  },
};

/** Sorted by key. */
export function tagFields(tags: readonly Tag[]): { Key: string; Value: string }[] {
  return [...tags]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, value }) => ({ Key: key, Value: value }));
}

export function givenTags({ parameters }: ActionRequest): Tag[] {
  const tags = listEntries(parameters, "Tags").map((entry) => ({
    key: entry.get("Key") ?? "",
    value: entry.get("Value") ?? "",
  }));
  for (const [position, { key, value }] of tags.entries()) {
    if (/^aws:/i.test(key) || /^aws:/i.test(value)) {
      throw invalidInput("Tag keys and values prefixed with 'aws:' are reserved for system use.");
    }
    if (tags.slice(0, position).some((other) => isSameKey(other.key, key))) {
      throw invalidInput(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      );
    }
  }
  return tags;
}

function isSameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function invalidInput(message: string): ServiceError {
  return new ServiceError(400, "InvalidInput", message);
}
