// What a shell is given: keys to work with, a profile to work with, or an end to both.

import { type HandedKeys, keyVariables, rivals } from "./child-environment.ts";
import { AwstError } from "./errors.ts";
import { formatKeys, isKeyFormat, type KeyFormat } from "./export-formats.ts";
import { isRegion } from "./partition.ts";
import type { RoleSession } from "./session.ts";
import { textOption, type Words } from "./words.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** --format; undefined where it is not given. */
export function readFormat(words: Words): KeyFormat | undefined {
  const format = textOption(words, "format");
  return format !== undefined && isKeyFormat(format) ? format : undefined;
}

/** --region; USAGE for what is no region. */
export function readRegion(words: Words): string | undefined {
  const region = textOption(words, "region");
  if (region === undefined || isRegion(region)) return region;
  throw new AwstError("USAGE", `--region ${JSON.stringify(region)} is not the name of a region`, {
    hint: "--region eu-west-1",
  });
}

export function handedKeys(session: RoleSession, region: string | undefined): HandedKeys {
  return { keys: session.keys, region: region ?? session.region, accountId: session.accountId };
}

/** The keys, and in this shell an end to what would win over them. The text is a secret. */
export function printKeys(format: KeyFormat, handed: HandedKeys, env: Env): string {
  return formatKeys(format, keyVariables(handed), setIn(env, rivals));
}

/** AWS_PROFILE, and in this shell an end to keys that would win over it. */
export function printProfile(profile: string, env: Env): string {
  return formatKeys(shellFormat(env), { AWS_PROFILE: profile }, setIn(env, keyNames));
}

/** Everything awst may have set in a shell is unset. USAGE for a form that can't say so. */
export function printUnset(format: KeyFormat | undefined, env: Env): string {
  if (format === "dotenv" || format === "json") {
    throw new AwstError("USAGE", `--format ${format} can't unset anything`, {
      hint: "awst assume --unset --format env",
    });
  }
  const names = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", ...keyNames, "AWS_CREDENTIAL_EXPIRATION"];
  const others = ["AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION"];
  return formatKeys(format ?? shellFormat(env), {}, [...names, ...others]);
}

/** The form the shell around this process takes, as far as its environment tells. */
export function shellFormat(env: Env): "env" | "fish" | "powershell" {
  const shell = env["SHELL"];
  if (shell) return /(^|\/)fish$/.test(shell) ? "fish" : "env";
  return env["PSModulePath"] ? "powershell" : "env";
}

const keyNames = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
];

function setIn(env: Env, names: readonly string[]): readonly string[] {
  return names.filter((name) => env[name] !== undefined);
}
