// Where AWS CLI, boto3 and Terraform take credentials from in this environment: reads their order of
// sources from the environment and AWS's two files. Sources that need calls are left to an SDK's chain.

import type { Env } from "../environment.ts";
import { Secret } from "../secret.ts";
import type { Keys } from "../session/session.ts";
import { type IniSection, readValue } from "./ini-document.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  type FoundSection,
  indexProfiles,
  parseAwsFiles,
} from "./profile-sections.ts";
export type AmbientPlan =
  | { readonly from: "environment"; readonly keys: Keys; readonly region: string | undefined }
  | (InProfile & { readonly from: "keys"; readonly keys: Keys })
  | (InProfile & { readonly from: "process"; readonly line: string })
  /** Roles, SSO, web identities; without a profile, containers and instances too. */
  | {
      readonly from: "chain";
      readonly profile: string | undefined;
      readonly region: string | undefined;
    }
  | { readonly from: "missing"; readonly profile: string };

export interface AmbientCredentials {
  readonly keys: Keys;
  /** undefined where they do not expire, or the end is unknown. */
  readonly expiresAt: Date | undefined;
  /** The SDK's names of their sources, such as `CREDENTIALS_IMDS`. */
  readonly sources: readonly string[];
}

interface InProfile {
  readonly profile: string;
  readonly file: AwsFile;
  readonly region: string | undefined;
}

/** `requested`: --profile, which overrides everything, as in `aws --profile`. */
export function planAmbient(
  env: Env,
  texts: AwsFileTexts,
  requested: string | undefined,
): AmbientPlan {
  const keys = requested === undefined ? keysOf(env) : undefined;
  const named = requested ?? (env["AWS_PROFILE"] || env["AWS_DEFAULT_PROFILE"] || undefined);
  const profile = named ?? "default";
  const found = indexProfiles(parseAwsFiles(texts)).named(profile);
  const read = (key: string) => firstValue(found, key);
  const ambient = env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || undefined;
  const region =
    requested === undefined ? (ambient ?? read("region")) : (read("region") ?? ambient);
  if (keys !== undefined) return { from: "environment", keys, region };
  if (found.length === 0 && named !== undefined) return { from: "missing", profile };
  const leftToSdk = { from: "chain", profile: named, region } as const;
  if (chainSettings.some((key) => read(key) !== undefined)) return leftToSdk;
  const withKeys = found.find(({ section }) => keysIn(section) !== undefined);
  const keysInProfile = withKeys && keysIn(withKeys.section);
  const inProfile = (file: AwsFile) => ({ profile, file, region });
  if (withKeys?.file === "credentials" && keysInProfile) {
    return { from: "keys", ...inProfile(withKeys.file), keys: keysInProfile };
  }
  const withLine = found.find(({ section }) => readValue(section, "credential_process"));
  const line = withLine && readValue(withLine.section, "credential_process");
  if (withLine && line) return { from: "process", ...inProfile(withLine.file), line };
  if (withKeys && keysInProfile) {
    return { from: "keys", ...inProfile(withKeys.file), keys: keysInProfile };
  }
  return leftToSdk;
}

/** Returns the keys that AWS CLI, boto3 and Go take from the environment before any profile. */
function keysOf(env: Env): Keys | undefined {
  return makeKeys(
    env["AWS_ACCESS_KEY_ID"],
    env["AWS_SECRET_ACCESS_KEY"],
    env["AWS_SESSION_TOKEN"] || env["AWS_SECURITY_TOKEN"],
  );
}

function keysIn(section: IniSection): Keys | undefined {
  return makeKeys(
    readValue(section, "aws_access_key_id"),
    readValue(section, "aws_secret_access_key"),
    readValue(section, "aws_session_token") || readValue(section, "aws_security_token"),
  );
}

function makeKeys(
  id: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): Keys | undefined {
  if (!id || !secret) return undefined;
  const sessionToken = token ? new Secret(token) : undefined;
  return { accessKeyId: id, secretAccessKey: new Secret(secret), sessionToken };
}

function firstValue(found: readonly FoundSection[], key: string): string | undefined {
  return found.map(({ section }) => readValue(section, key)).find((value) => value !== undefined);
}

const chainSettings = [
  "role_arn",
  "web_identity_token_file",
  "sso_session",
  "sso_start_url",
  "sso_account_id",
  "login_session",
] as const;
