// Accounts and roles as a person writes them in a word: `prod=222222222222`, `DeveloperAccess=4h`.

import { durationComplaint, roleNameComplaint } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { parseDuration, spellDuration } from "../text/duration.ts";
import type { ProposedAccount, ProposedRole } from "./first-configuration.ts";

/** USAGE */
export function readAccount(text: string): ProposedAccount {
  const [, name = "", id = ""] = /^(.+?)\s*=\s*(\d{12})$/.exec(text.trim()) ?? [];
  if (name === "" || /\p{Cc}/u.test(name)) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} is no account: NAME=12 digits`, {
      hint: "main-account=111111111111",
    });
  }
  return { name, id };
}

/** USAGE */
export function readRole(text: string): ProposedRole {
  const [name = "", written = "1h", ...more] = text
    .trim()
    .split("=")
    .map((each) => each.trim());
  const seconds = parseDuration(written);
  const complaint =
    more.length > 0 || seconds === undefined
      ? "is no role: NAME=4h"
      : (roleNameComplaint(name) ?? durationComplaint(seconds, false));
  if (complaint !== undefined || seconds === undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} ${complaint}`, {
      hint: "DeveloperAccess=4h",
    });
  }
  return { name, duration: spellDuration(seconds) };
}
