// What a shell is given: keys to work with, a profile to work with, or an end to both.

import { AwstError } from "../../model/errors.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { type HandedKeys, keyVariables, rivals } from "../../model/shell/child-environment.ts";
import { forFunction, type KeyFormat, surroundings } from "../../model/shell/shells.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { formatKeys } from "./export-formats.ts";

type Env = Readonly<Record<string, string | undefined>>;

export function handedKeys(session: RoleSession, region: string | undefined): HandedKeys {
  return { keys: session.keys, region: region ?? session.region, accountId: session.accountId };
}

/** The keys, and in this shell an end to what would win over them. The text is a secret. */
export function printKeys(format: KeyFormat, handed: HandedKeys, env: Env, name?: string): string {
  const around = surroundings(env);
  const told =
    around.wantsAwsume && around.format === format && name !== undefined
      ? awsumeVariables(name, handed.keys.expiresAt)
      : {};
  const unset = setIn(env, rivals);
  return forFunction(formatKeys(format, { ...keyVariables(handed), ...told }, unset), format, env);
}

/**
 * AWS_PROFILE, and in this shell an end to what would win over it: keys, and what came with them.
 * `until`: when a code is needed again, as far as it is known.
 */
export function printProfile(profile: string, env: Env, until?: Date): string {
  const { format, wantsAwsume } = surroundings(env);
  const told = wantsAwsume ? awsumeVariables(profile, until) : {};
  const unset = [
    ...setIn(env, profileRivals),
    ...(holdsHandedKeys(env) ? setIn(env, withKeys) : []),
    ...(wantsAwsume && until === undefined ? setIn(env, ["AWSUME_EXPIRATION"]) : []),
  ];
  return forFunction(formatKeys(format, { AWS_PROFILE: profile, ...told }, unset), format, env);
}

/**
 * Where there is no profile to use: the function of `shell-init` is given the keys themselves. Elsewhere
 * this shell stops being whom it was, lest that be taken for the role asked for. Empty: it was nobody.
 */
export function printWithoutProfile(
  handed: HandedKeys | undefined,
  env: Env,
  name: string,
): string {
  const { format, isFunction } = surroundings(env);
  if (isFunction && handed !== undefined) return printKeys(format, handed, env, name);
  const before = [...setIn(env, ["AWS_PROFILE", ...profileRivals])];
  if (holdsHandedKeys(env)) before.push(...setIn(env, withKeys));
  return before.length === 0 ? "" : forFunction(formatKeys(format, {}, before), format, env);
}

/** Everything awst may have set in a shell is unset. USAGE for a form that can't say so. */
export function printUnset(asked: KeyFormat | undefined, env: Env): string {
  if (asked === "dotenv" || asked === "json") {
    throw new AwstError("USAGE", `--format ${asked} can't unset anything`, {
      hint: "awst assume --unset --format env",
    });
  }
  const { format: around, wantsAwsume } = surroundings(env);
  const format = asked ?? around;
  const names = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", ...keyNames, ...withKeys];
  const awsume = wantsAwsume ? awsumeNames : [];
  return forFunction(formatKeys(format, {}, [...names, ...awsume]), format, env);
}

/** The region this shell has anyway, where it is another than the profile's: SDKs take the shell's. */
export function ambientRegionRemark(env: Env, region: string): string | undefined {
  if (holdsHandedKeys(env)) return undefined;
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const ambient = env[name];
    if (ambient && ambient !== region) {
      return `${name}=${ambient} in this shell overrides the profile's region ${region}`;
    }
  }
  return undefined;
}

const keyNames = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
];

/** botocore takes AWS_DEFAULT_PROFILE before AWS_PROFILE, and a web identity before a profile's line. */
const profileRivals = [
  ...keyNames,
  "AWS_DEFAULT_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
];

const withKeys = [
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ACCOUNT_ID",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
];

const awsumeNames = ["AWSUME_PROFILE", "AWSUME_EXPIRATION"];

function awsumeVariables(profile: string, until: Date | undefined): Record<string, string> {
  const expiration = until === undefined ? {} : { AWSUME_EXPIRATION: rfc3339(until) };
  return { AWSUME_PROFILE: profile, ...expiration };
}

/** Keys with their end: awst set them, and a region for them. */
function holdsHandedKeys(env: Env): boolean {
  return env["AWS_ACCESS_KEY_ID"] !== undefined && env["AWS_CREDENTIAL_EXPIRATION"] !== undefined;
}

function setIn(env: Env, names: readonly string[]): readonly string[] {
  return names.filter((name) => env[name] !== undefined);
}
