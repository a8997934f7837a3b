// The options that `assume`, `exec`, `env` and `credential-process` share.

import { keyFormats } from "../model/shell/shells.ts";
import type { VerbArgument, VerbOption } from "./verb.ts";

/** Shape the session; one that differs from the configuration has a profile of its own. */
export const shapingOptions: readonly VerbOption[] = [
  {
    name: "duration",
    placeholder: "LENGTH",
    help: "90m, 4h, 1h30m or seconds; up to 1h: that session's own length, not renewed",
  },
  { name: "single", help: "one session for the whole duration, for programs that keep fixed keys" },
  { name: "session-name", placeholder: "NAME", help: "role session name (default: the user name)" },
  { name: "policy-arn", placeholder: "ARN", list: true, help: "managed session policy, up to 10" },
  { name: "policy-file", placeholder: "FILE", help: "inline session policy, a JSON file" },
  { name: "tag", placeholder: "K=V", list: true, help: "session tag" },
  { name: "source-identity", placeholder: "TEXT", help: "source identity, seen in CloudTrail" },
];

/** How a session is obtained and where it is meant to work. */
export const obtainingOptions: readonly VerbOption[] = [
  { name: "mfa-code", placeholder: "CODE", help: "the six digits (also AWST_MFA_CODE)" },
  { name: "device", placeholder: "NAME", help: "the MFA device to ask for, by name or serial" },
  { name: "refresh", help: "ask for a new code; the old session stays if that fails" },
  { name: "region", placeholder: "REGION", help: "region for the profile or the environment" },
];

export const formatOption: VerbOption = {
  name: "format",
  placeholder: "FORMAT",
  choices: keyFormats,
  help: "print the keys on stdout, in this form",
};

export function account(required: boolean): VerbArgument {
  return {
    name: "ACCOUNT",
    required,
    help: "an account of the configuration, or part of its name",
  };
}

export function role(required: boolean): VerbArgument {
  return { name: "ROLE", required, help: "a role offered there" };
}
