// Lines that a shell evaluates: they set credentials or a profile, and unset what would override them.

import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { RoleSession } from "../../model/session/session.ts";
import {
  type EnvironmentCredentials,
  keyNames,
  keyVariables,
  misleadingVariables,
  overridingProfile,
  overridingVariables,
  variablesWithoutServer,
} from "../../model/shell/child-environment.ts";
import { forFunction, type KeyFormat, shellIntegration } from "../../model/shell/shells.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import { formatKeys } from "./export-formats.ts";

export function credentialsFor(
  session: RoleSession,
  region: string | undefined,
): EnvironmentCredentials {
  return { keys: session.keys, region: region ?? session.region, accountId: session.accountId };
}

/** Sets the credentials, and unsets what would override them in this shell. The text is a secret. */
export function printKeys(
  format: KeyFormat,
  credentials: EnvironmentCredentials,
  env: Env,
  name?: string,
): string {
  const integration = shellIntegration(env);
  const extra =
    integration.setsAwsume && integration.format === format && name !== undefined
      ? awsumeVariables(name, credentials.keys.expiresAt)
      : {};
  const isForShell = format !== "dotenv" && format !== "json";
  const server = isForShell ? variablesWithoutServer(env) : undefined;
  const set = { ...server?.set, ...keyVariables(credentials), ...extra };
  const names = [...overridingVariables, ...misleadingVariables, ...(server?.unset ?? [])];
  const unset = setNames(env, names);
  return forFunction(formatKeys(format, set, without(unset, set)), format, env);
}

/**
 * Sets AWS_PROFILE, and unsets what would override it in this shell: credentials, and what awst set with them.
 * `until`: when a code is needed again, if known.
 */
export function printProfile(profile: string, env: Env, until?: Date): string {
  const { format, setsAwsume } = shellIntegration(env);
  const extra = setsAwsume ? awsumeVariables(profile, until) : {};
  const server = variablesWithoutServer(env);
  const set = { ...server.set, AWS_PROFILE: profile, ...extra };
  const unset = setNames(env, [
    ...overridingProfile,
    ...server.unset,
    ...(hasCredentialsOfAwst(env) ? setWithKeys : []),
    ...misleadingVariables,
  ]);
  return forFunction(formatKeys(format, set, without(unset, set)), format, env);
}

/**
 * For a role without a profile: the function of `shell-init` gets the credentials themselves. Without that
 * function the shell's earlier profile and credentials are unset, so that no tool uses them for this role.
 * Returns "" if there are none.
 */
export function printWithoutProfile(
  credentials: EnvironmentCredentials | undefined,
  env: Env,
  name: string,
): string {
  const { format, isFunction } = shellIntegration(env);
  if (isFunction && credentials !== undefined) return printKeys(format, credentials, env, name);
  const server = variablesWithoutServer(env);
  const before = setNames(env, [
    ...["AWS_PROFILE", ...overridingProfile, ...server.unset],
    ...(hasCredentialsOfAwst(env) ? setWithKeys : []),
  ]);
  if (before.length === 0 && Object.keys(server.set).length === 0) return "";
  return forFunction(formatKeys(format, server.set, without(before, server.set)), format, env);
}

/** Unsets everything that awst may have set in a shell. Throws USAGE for a format that can't unset. */
export function printUnset(asked: KeyFormat | undefined, env: Env): string {
  if (asked === "dotenv" || asked === "json") {
    throw new AwstError("USAGE", `--format ${asked} can't unset anything`, {
      hint: "awst assume --unset --format env",
    });
  }
  const { format: usual, setsAwsume } = shellIntegration(env);
  const format = asked ?? usual;
  const names = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", ...keyNames, ...setWithKeys];
  const awsume = setsAwsume ? awsumeNames : [];
  const server = variablesWithoutServer(env);
  const unset = without([...names, ...server.unset, ...awsume], server.set);
  return forFunction(formatKeys(format, server.set, unset), format, env);
}

/** A note if the shell's region differs from the profile's: SDKs use the shell's. */
export function shellRegionNote(env: Env, region: string): string | undefined {
  // assume unsets a region that awst set.
  if (hasCredentialsOfAwst(env) || variablesWithoutServer(env).unset.includes("AWS_REGION"))
    return undefined;
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const ambient = env[name];
    if (ambient && ambient !== region) {
      return `${name}=${ambient} in this shell overrides the profile's region ${region}`;
    }
  }
  return undefined;
}

const setWithKeys = [
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

/** Credentials with an expiration were set by awst, together with a region. */
function hasCredentialsOfAwst(env: Env): boolean {
  return env["AWS_ACCESS_KEY_ID"] !== undefined && env["AWS_CREDENTIAL_EXPIRATION"] !== undefined;
}

/** Returns each name once, except those that are set. */
function without(names: readonly string[], set: Readonly<Record<string, string>>) {
  return [...new Set(names)].filter((name) => !(name in set));
}

function setNames(env: Env, names: readonly string[]): readonly string[] {
  return names.filter((name) => env[name] !== undefined);
}
