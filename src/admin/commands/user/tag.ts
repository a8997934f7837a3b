// `awst admin user tag NAME K=V…`: sets tags. Other tags, the descriptions of keys among them, stay as they are.

import { defineCommand } from "../../../args/command.ts";
import { many, required } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { descriptionComplaint } from "../../../model/key/key-description.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { requireUser } from "../../flows/read-user.ts";
import { isSameName } from "../../model/account-facts.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, needsText } from "../../open-command.ts";

const mostTags = 50;

export const command = defineCommand({
  name: "admin user tag",
  group: "Administration",
  summary: "set tags of a user",
  details: `A tag without a value (K=) is removed. ${needsText("user tag")}`,
  arguments: {
    name: required("NAME", "the user's name; case does not matter"),
    tags: many("K=V", "tags and their values"),
  },
  options: asOptions,
  examples: [{ line: "awst admin user tag alice team=platform", meaning: "sets one tag" }],
  json: [
    ["user", "the user's name"],
    ["set[]", "names of the tags that were set"],
    ["removed[]", "names of the tags that were removed"],
  ],
  async run(context: Context, args) {
    const tags = readTags(args.tags);
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const { user } = await requireUser(admin, args.name);
    const names = Object.keys(user.tags);
    const isThere = (name: string) => names.some((each) => isSameName(each, name));
    const set = tags.filter(([, value]) => value !== "");
    const removed = tags.filter(([name, value]) => value === "" && isThere(name));
    const number = names.length + set.filter(([name]) => !isThere(name)).length - removed.length;
    if (number > mostTags) {
      const message = `${user.name} would have ${number} tags; AWS allows ${mostTags}`;
      throw new AwstError("ADMIN_REFUSED", message, { hint: `awst admin user show ${user.name}` });
    }
    if (removed.length > 0)
      await admin.iam.untagUser(
        user.name,
        removed.map(([name]) => name),
      );
    if (set.length > 0) await admin.iam.tagUser(user.name, Object.fromEntries(set));
    admin.record("user-tagged", { user: user.name, tags: tags.map(([name]) => name).join(" ") });
    const json = {
      user: user.name,
      set: set.map(([name]) => name),
      removed: removed.map(([name]) => name),
    };
    return { json, notes: successNotes([`changed the tags of ${user.name}`]) };
  },
});

function readTags(typed: readonly string[]): readonly (readonly [string, string])[] {
  if (typed.length === 0) {
    throw new AwstError("USAGE", "no tag is given", { hint: "awst admin user tag NAME K=V" });
  }
  return typed.map((each) => {
    const at = each.indexOf("=");
    const name = each.slice(0, at);
    const value = each.slice(at + 1);
    const complaint = descriptionComplaint(value) ?? descriptionComplaint(name);
    if (at > 0 && complaint === undefined) return [name, value];
    const what = at > 0 ? complaint : "is not K=V";
    throw new AwstError("USAGE", `the tag ${JSON.stringify(each)} ${what}`);
  });
}
