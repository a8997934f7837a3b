// Builds the environment of a program that awst starts: this session's keys, no variable that an SDK
// prefers to them, and none of awst's own secrets.

import { type Env, isServerFile, realFile } from "../environment.ts";
import type { Secret } from "../secret.ts";
import type { SessionKeys } from "../session/session.ts";
import { absoluteFolders } from "../text/program-paths.ts";
import { rfc3339 } from "../text/rfc3339.ts";
import { serverRoleText, serverRoleVariable } from "./shell-status.ts";

/** The values for an environment or for printed keys. */
export interface EnvironmentCredentials {
  readonly keys: SessionKeys;
  /** The target's region. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
}

/** awst's own secrets: no child process gets them. */
export const ownSecrets = [
  "AWST_MFA_CODE",
  "AWST_KEYCHAIN_PASSPHRASE",
  "AWST_KEYCHAIN_PASSPHRASE_FILE",
] as const;

/** Variables that at least one SDK or tool prefers to keys in the environment, or mixes with them. */
export const overridingVariables = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  // botocore's older name of AWS_SESSION_TOKEN, which botocore prefers.
  "AWS_SECURITY_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
] as const;

/** Variables that override nothing and describe another session: its name, its end, the tool that made it. */
export const misleadingVariables = [
  "AWS_ROLE_SESSION_NAME",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_SESSION_EXPIRATION",
  "AWS_VAULT",
  "AWS_SSO_PROFILE",
  "AWSUME_PROFILE",
  "AWSUME_EXPIRATION",
  "AWSUME_COMMAND",
  "AWS_OKTA_PROFILE",
  "AWS_OKTA_ASSUMED_ROLE",
  "AWS_OKTA_SESSION_EXPIRATION",
] as const;

/** The parts of a key in the environment. */
export const keyNames = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
] as const;

/** Variables that at least one SDK prefers to a profile: `assume` unsets them, and `doctor` names them. */
export const overridingProfile = [
  ...keyNames,
  // botocore prefers it to AWS_PROFILE, and a web identity to a profile's process.
  "AWS_DEFAULT_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
] as const;

const fixedKeys = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ACCOUNT_ID",
] as const;

/** Returns the variables with a session's keys, by name. The values are secrets. */
export function keyVariables(
  credentials: EnvironmentCredentials,
): Readonly<Record<string, string>> {
  const { keys, region, accountId } = credentials;
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey.reveal(),
    AWS_SESSION_TOKEN: keys.sessionToken.reveal(),
    AWS_CREDENTIAL_EXPIRATION: rfc3339(keys.expiresAt),
    ...(accountId === undefined ? {} : { AWS_ACCOUNT_ID: accountId }),
    // Go and JavaScript read the first, botocore the second.
    ...(region === undefined ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  };
}

/** Returns the environment of a program with fixed keys. `mode`: how the program gets them. */
export function childEnvironment(
  env: Env,
  credentials: EnvironmentCredentials,
  _mode: "keys",
): Env {
  const removed = new Set<string>([
    ...overridingVariables,
    ...misleadingVariables,
    "AWS_ACCOUNT_ID",
  ]);
  const { set, unset } = variablesWithoutServer(env);
  for (const name of unset) removed.add(name);
  const others = Object.entries(withoutOwnSecrets(env)).filter(([name]) => !removed.has(name));
  return { ...Object.fromEntries(others), ...set, ...keyVariables(credentials) };
}

/**
 * Returns what takes an environment out of `exec --server`, where it gets other credentials or a profile: the variables
 * of AWS's files name the real files again, because profiles that are written later are in those alone. The endpoint,
 * its region and awst's marks are unset.
 */
export function variablesWithoutServer(env: Env): {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
} {
  const files = fileVariables.filter((name) => isServerFile(env[name]));
  const isServed = isServerFile(env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]);
  if (files.length === 0 && !isServed) return { set: {}, unset: [] };
  const real = files.flatMap((name) => {
    const path = env[realFile(name)];
    return path ? [[name, path] as const] : [];
  });
  const set = Object.fromEntries(real);
  const unset = [...files.filter((name) => !(name in set)), ...serverMarks];
  return { set, unset: isServed ? [...endpointVariables, ...unset] : unset };
}

const fileVariables = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] as const;
const serverMarks = [...fileVariables.map(realFile), serverRoleVariable];
/** `exec --server` sets the region together with the endpoint. */
const endpointVariables = [
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
];

/** An endpoint with credentials that renew, and copies of AWS's two files without secrets. */
export interface ServedKeys {
  readonly url: string;
  readonly token: Secret;
  readonly tokenFile: string;
  readonly credentialsFile: string;
  readonly configFile: string;
  readonly region: string;
  /** Whose credentials the endpoint has. */
  readonly account: string;
  readonly role: string;
  readonly scope: string | undefined;
  /** The files that awst itself reads and writes, also where the program starts it. */
  readonly realFiles: { readonly awsConfig: string; readonly awsCredentials: string };
}

/**
 * Returns `env` for a program that asks the endpoint. SDKs prefer keys in the environment, so it has none.
 * The token is there twice: AWS CLI 2.9, rclone and older SDKs don't read it from a file.
 */
export function servedEnvironment(env: Env, served: ServedKeys): Env {
  const removed = new Set<string>([...overridingVariables, ...misleadingVariables, ...fixedKeys]);
  const others = Object.entries(withoutOwnSecrets(env)).filter(([name]) => !removed.has(name));
  return {
    ...Object.fromEntries(others),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: served.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: served.token.reveal(),
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: served.tokenFile,
    AWS_SHARED_CREDENTIALS_FILE: served.credentialsFile,
    AWS_CONFIG_FILE: served.configFile,
    [realFile("AWS_SHARED_CREDENTIALS_FILE")]: served.realFiles.awsCredentials,
    [realFile("AWS_CONFIG_FILE")]: served.realFiles.awsConfig,
    [serverRoleVariable]: serverRoleText(served.account, served.role, served.scope),
    AWS_REGION: served.region,
    AWS_DEFAULT_REGION: served.region,
  };
}

/**
 * Returns the environment for programs of the system that awst chooses itself, such as `crontab`. Its PATH has only
 * absolute folders: otherwise the current folder could decide what runs.
 */
export function systemProgramEnvironment(env: Env, platform: NodeJS.Platform): Env {
  const isPath = (name: string) => name.toUpperCase() === "PATH";
  const pairs = Object.entries(withoutOwnSecrets(env));
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name,
      isPath(name) ? absoluteFolders(value ?? "", platform) : value,
    ]),
  );
}

/** Returns the environment for any program that awst starts. */
export function withoutOwnSecrets(env: Env): Env {
  const own: readonly string[] = ownSecrets;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.includes(name)));
}
