// Names of the configuration that AWS's files or a process line can't hold, so that some profile can't be written. They
// are not mistakes: awstools takes any name, and sessions without a profile work.

import type { Configuration, Problem } from "../configuration/configuration.ts";
import { rolesWithProfiles } from "../configuration/find-in-configuration.ts";
import { whyInvalidName } from "../configuration/profile-names.ts";
import { profileNamesOf } from "../configuration/role-profile-names.ts";
import { writeProcessLine } from "./process-line.ts";

/** Returns one remark for each account and each identity. Paths start with the usual spelling of the table. */
export function unwritableNames(configuration: Configuration): readonly Problem[] {
  const { accounts, identities, defaultIdentity } = configuration;
  const ofAccounts = [...accounts.keys()].flatMap((name) => {
    const found = whyNoProfile(configuration, name);
    return found === undefined ? [] : [{ path: ["accounts", name], at: "key" as const, ...found }];
  });
  const ofIdentities = [...identities.keys()].flatMap((name): readonly Problem[] => {
    const why = whyNotInLine(["--identity", name]);
    if (why === undefined) return [];
    const message = `no profile can use the identity ${JSON.stringify(name)}: ${why}`;
    return name === defaultIdentity
      ? [{ path: ["profiles", "mainAccount"], at: "value", message, hint: renameProfile }]
      : [{ path: ["identities", name], at: "key", message, hint: rename }];
  });
  return [...ofAccounts, ...ofIdentities];
}

const rename = "rename it in the configuration: AWS does not know this name";
const renameProfile = "rename it here, and the profile in AWS's files that has the key";

function whyNoProfile(
  configuration: Configuration,
  account: string,
): Pick<Problem, "message" | "hint"> | undefined {
  const quoted = JSON.stringify(account);
  const why = whyNotInLine([account, "Role"]);
  if (why !== undefined) {
    return { message: `account ${quoted} can't have a profile: ${why}`, hint: rename };
  }
  const own = configuration.accounts.get(account);
  const [role] = own === undefined ? [] : rolesWithProfiles(configuration, own);
  const names = role === undefined ? [] : profileNamesOf(configuration, account, role);
  const wrong = names.find((name) => whyInvalidName(name) !== undefined);
  if (wrong === undefined) return undefined;
  const reason = whyInvalidName(wrong);
  const usable = names.find((name) => whyInvalidName(name) === undefined);
  if (usable === undefined) {
    return { message: `account ${quoted} can't have a profile: ${reason}`, hint: rename };
  }
  return {
    message: `account ${quoted} can't have the profile ${JSON.stringify(wrong)}: ${reason}`,
    hint: `use the profile ${JSON.stringify(usable)}, or rename the account in the configuration`,
  };
}

function whyNotInLine(args: readonly string[]): string | undefined {
  return writeProcessLine(["awst", "credential-process", ...args]).why;
}
