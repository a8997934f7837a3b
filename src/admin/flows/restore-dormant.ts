// Gives a user whose access enforcement disabled the keys back. A password is never restored; it is made anew.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { dayOfTime } from "../model/days.ts";
import { dormantTags } from "../model/dormant-steps.ts";
import { cutTags } from "../model/offboarding.ts";
import { restoredTag } from "../model/restoring.ts";
import type { AdminContext } from "../ports.ts";
import { requireDetail } from "./read-user.ts";

export interface DormantRestoring {
  readonly id: string;
  readonly user: string;
  /** Ids of the keys that are switched on. */
  readonly keys: readonly string[];
  readonly removedTags: readonly string[];
  readonly hasPassword: boolean;
}

/** Reads only. Errors: ADMIN_REFUSED for a user whom enforcement did not change, IAM_ABSENT. */
export async function planDormantRestoring(
  admin: AdminContext,
  userName: string,
): Promise<DormantRestoring> {
  const { id, name, tags } = await requireDetail(admin, userName);
  const [{ keys }, loginProfile] = await Promise.all([
    admin.iam.listAccessKeys(name),
    admin.iam.findLoginProfile(name),
  ]);
  if (tags[dormantTags.disabled] === undefined && tags[dormantTags.warned] === undefined) {
    const does = tags[cutTags.at] === undefined ? "show" : "restore";
    throw new AwstError("ADMIN_REFUSED", `${name} was neither warned nor disabled as dormant`, {
      hint: `awst admin user ${does} ${name}`,
    });
  }
  const wanted = (tags[dormantTags.keys] ?? "").split(" ");
  const off = keys.filter(
    ({ accessKeyId, status }) => wanted.includes(accessKeyId) && status === "Inactive",
  );
  return {
    id,
    user: name,
    keys: off.map(({ accessKeyId }) => accessKeyId),
    removedTags: Object.values(dormantTags).filter((each) => tags[each] !== undefined),
    hasPassword: loginProfile !== undefined,
  };
}

/** What is done, in order. */
export function dormantRestoringSteps(plan: DormantRestoring): readonly string[] {
  return [...plan.keys.map(keyText), tagText, untagText(plan)];
}

const keyText = (key: string) => `switch on key ${key}`;
const tagText = `tag ${restoredTag}`;
const untagText = ({ removedTags }: DormantRestoring) =>
  `remove the ${removedTags.length === 1 ? "tag" : "tags"} ${removedTags.join(", ")}`;

/**
 * Switches on the keys of the plan that enforcement switched off. The user is read again first. `done` gets the steps that
 * were taken. Errors: as above, and ADMIN_REFUSED for another user of the same name.
 */
export async function restoreDormant(
  admin: AdminContext,
  plan: DormantRestoring,
  done: string[],
): Promise<DormantRestoring> {
  const { iam } = admin;
  const now = await planDormantRestoring(admin, plan.user);
  const { id, user } = now;
  if (id !== plan.id) {
    throw new AwstError("ADMIN_REFUSED", `${user} is another user than in the plan`, {
      hint: "run the command again",
    });
  }
  const keys = now.keys.filter((key) => plan.keys.includes(key));
  const on: string[] = [];
  try {
    for (const key of keys) {
      await iam.setAccessKeyStatus(user, key, "Active");
      on.push(key);
      done.push(keyText(key));
    }
    const tag = async () => {
      await iam.tagUser(user, { [restoredTag]: dayOfTime(admin.clock().awsNow.getTime()) });
      done.push(tagText);
    };
    // The tags that are removed may take the last space.
    const fits = await tag().then(
      () => true,
      (error: unknown) => {
        if (!isAwstError(error, "IAM_QUOTA")) throw error;
        return false;
      },
    );
    await iam.untagUser(user, now.removedTags);
    done.push(untagText(now));
    if (!fits) await tag();
  } finally {
    if (done.length > 0) admin.record("dormant-restored", { user, keys: on.length });
  }
  return { ...now, keys };
}
