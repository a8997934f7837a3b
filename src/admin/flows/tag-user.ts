// Changes tags of a user by a plan. The user is read again just before: one of another id, or one that was protected
// meanwhile, stays.

import { AwstError } from "../../model/errors.ts";
import type { TagPlan } from "../model/user-tags.ts";
import type { AdminContext } from "../ports.ts";
import { type GuardOptions, requireUnprotected } from "./guard-users.ts";
import { requireDetail } from "./read-user.ts";

export const setText = (tag: string) => `set ${tag}`;
export const removeText = (tag: string) => `remove ${tag}`;

/** `done` gets the tags that were changed. Errors: ADMIN_REFUSED for a user who is not as planned, IAM_ABSENT, AWS_*. */
export async function changeTags(
  admin: AdminContext,
  { name, id }: { readonly name: string; readonly id: string },
  plan: TagPlan,
  guards: GuardOptions,
  done: string[],
): Promise<void> {
  const now = await requireDetail(admin, name);
  requireUnprotected(now, guards);
  if (now.id !== id) {
    const message = `${name} is another user than in the plan`;
    throw new AwstError("ADMIN_REFUSED", message, { hint: "run the command again" });
  }
  const set = plan.set.map((tag) => tag.name);
  const removed = plan.removed.map((tag) => tag.name);
  try {
    if (removed.length > 0) {
      await admin.iam.untagUser(name, removed);
      done.push(...removed.map(removeText));
    }
    if (set.length > 0) {
      const tags = Object.fromEntries(plan.set.map((tag) => [tag.name, tag.value]));
      await admin.iam.tagUser(name, tags);
      done.push(...set.map(setText));
    }
  } finally {
    const tags = [...set, ...removed].filter(
      (tag) => done.includes(setText(tag)) || done.includes(removeText(tag)),
    );
    if (tags.length > 0) admin.record("user-tagged", { user: name, tags: tags.join(" ") });
  }
}
