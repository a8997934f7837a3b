// One step of off-boarding: the call that it makes, and its text. A step on something that no longer exists is done.

import { isAwstError } from "../../model/errors.ts";
import { countText } from "../../model/text/count-text.ts";
import type { UserDetail } from "../model/account-facts.ts";
import { cutPolicy, denyAllArn, type OffboardStep } from "../model/offboarding.ts";
import type { AdminContext, AdminIam } from "../ports.ts";

/** Errors: AWS_*, IAM_*. */
export async function applyOffboardStep(
  admin: Pick<AdminContext, "iam" | "say">,
  user: UserDetail,
  step: OffboardStep,
): Promise<void> {
  const { iam } = admin;
  if (step.do === "deny") return denyEverything(admin, user, step.deleteAfter);
  if (step.do === "tag") return tagUser(admin, user.name, step.tags);
  try {
    await removeOrSwitchOff(iam, user.name, step);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
}

type Removal = Exclude<OffboardStep, { readonly do: "deny" | "tag" }>;

function removeOrSwitchOff(iam: AdminIam, name: string, step: Removal): Promise<unknown> {
  switch (step.do) {
    case "deactivate key":
      return iam.setAccessKeyStatus(name, step.id, "Inactive");
    case "delete key":
      return iam.deleteAccessKey(name, step.id);
    case "deactivate SSH key":
      return iam.setSshKeyStatus(name, step.id, "Inactive");
    case "delete SSH key":
      return iam.deleteSshKey(name, step.id);
    case "deactivate certificate":
      return iam.setCertificateStatus(name, step.id, "Inactive");
    case "delete certificate":
      return iam.deleteCertificate(name, step.id);
    case "deactivate service credential":
      return iam.setServiceCredentialStatus(name, step.id, "Inactive");
    case "delete service credential":
      return iam.deleteServiceCredential(name, step.id);
    case "delete password":
      return iam.deleteLoginProfile(name);
    case "deactivate device":
      return iam.deactivateMfaDevice(name, step.serial);
    case "delete device":
      return iam.deleteVirtualMfaDevice(step.serial);
    case "leave group":
      return iam.removeFromGroup(name, step.group);
    case "detach policy":
      return iam.detachPolicy(name, step.arn);
    case "delete policy":
      return iam.deleteUserPolicy(name, step.name);
    case "delete user":
      return iam.deleteUser(name);
  }
}

/** A user's inline policies share 2,048 characters, and ten policies can be attached: then the boundary denies. */
async function denyEverything(
  { iam, say }: Pick<AdminContext, "iam" | "say">,
  user: UserDetail,
  deleteAfter: string | undefined,
): Promise<void> {
  const { name } = user;
  const arn = denyAllArn(user.arn);
  const ways: readonly (() => Promise<unknown>)[] = [
    () => iam.putUserPolicy(name, cutPolicy(deleteAfter)),
    () => iam.attachPolicy(name, arn),
    () => iam.putBoundary(name, arn),
  ];
  for (const [at, deny] of ways.entries()) {
    try {
      await deny();
      if (at === 1) say(`${name}: an inline policy does not fit; attached AWSDenyAll instead`);
      if (at === 2) say(`${name}: no policy fits; the boundary is AWSDenyAll now`);
      if (at > 0 && deleteAfter !== undefined) {
        say(`${name}: AWSDenyAll names no day, so --due deletes no such user: type the name then`);
      }
      return;
    } catch (error) {
      if (at === ways.length - 1 || !isAwstError(error, "IAM_QUOTA")) throw error;
    }
  }
}

/** Errors: IAM_QUOTA for a user with 50 tags, who is cut off without them. */
async function tagUser(
  { iam, say }: Pick<AdminContext, "iam" | "say">,
  name: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await iam.tagUser(name, tags);
  } catch (error) {
    if (!isAwstError(error, "IAM_QUOTA")) throw error;
    const { tags: old } = await iam.listUserTags(name);
    say(`${name} has ${countText(Object.keys(old).length, "tag")}, so those of the cut do not fit`);
    throw error;
  }
}

/** `deactivate access key AKIA…`: what a step does, for plans and results. */
export function stepText(step: OffboardStep): string {
  switch (step.do) {
    case "deny":
      return "deny everything";
    case "tag":
      return `tag ${Object.keys(step.tags).join(", ")}`;
    case "deactivate key":
    case "delete key":
      return `${step.do.replace("key", "access key")} ${step.id}`;
    case "deactivate SSH key":
    case "delete SSH key":
    case "deactivate certificate":
    case "delete certificate":
      return `${step.do} ${step.id}`;
    case "deactivate service credential":
    case "delete service credential":
      return `${step.do.replace("service credential", `${step.service} credential`)} ${step.id}`;
    case "delete password":
      return "delete the console password";
    case "deactivate device":
    case "delete device":
      return `${step.do.replace("device", "MFA device")} ${step.serial}`;
    case "leave group":
      return `remove from group ${step.group}`;
    case "detach policy":
      return `detach ${step.arn}`;
    case "delete policy":
      return `delete inline policy ${step.name}`;
    case "delete user":
      return "delete the user";
  }
}
