// The profiles of AWS's files as the tools read them that use them: AWS CLI, AWSume, aws-vault, Granted, aws-mfa,
// aws-runas. Says of each profile where its credentials come from.

import { readValue } from "../profile/ini-document.ts";
import { type AwstCall, readProcessLine, splitArgs } from "../profile/process-line.ts";
import {
  type AwsFileTexts,
  indexProfiles,
  type ProfileIndex,
  parseAwsFiles,
} from "../profile/profile-sections.ts";

export interface ForeignProfile {
  readonly name: string;
  /** Its settings, without those it includes. */
  readonly keys: readonly string[];
  /** Returns a setting, also one that aws-vault's `include_profile` adds. */
  readonly read: (key: string) => string | undefined;
  readonly origin: Origin;
}

/** Where a profile's credentials come from. */
export type Origin =
  | { readonly kind: "role"; readonly arn: string }
  /** A long-term key in the file. */
  | { readonly kind: "key"; readonly accessKeyId: string }
  /** A temporary key in the file. */
  | { readonly kind: "session" }
  | { readonly kind: "awst"; readonly call: AwstCall }
  /** Another program; `about`: what its arguments name. */
  | { readonly kind: "process"; readonly program: string; readonly args: readonly string[] }
  /** No IAM user's key is behind the profile. */
  | { readonly kind: "foreign"; readonly why: string; readonly next: string }
  | { readonly kind: "none" };

export type ForeignProfiles = ReadonlyMap<string, ForeignProfile>;

export function readForeignProfiles(texts: AwsFileTexts): ForeignProfiles {
  const index = indexProfiles(parseAwsFiles(texts));
  const names = new Set(index.all().flatMap((each) => each.names.slice(0, 1)));
  return new Map([...names].map((name) => [name, readProfile(name, index)]));
}

function readProfile(name: string, index: ProfileIndex): ForeignProfile {
  const ownOf = (wanted: string) => index.named(wanted).map(({ section }) => section);
  const readFrom = (wanted: string, key: string, seen: readonly string[]): string | undefined => {
    const sections = ownOf(wanted);
    const own = sections.map((each) => readValue(each, key)).find((value) => value !== undefined);
    if (own !== undefined) return own;
    const included = sections
      .map((each) => readValue(each, "include_profile") ?? readValue(each, "parent_profile"))
      .find((value) => value !== undefined);
    if (included === undefined || seen.includes(included)) return undefined;
    // A key belongs to one profile: aws-vault does not include it either.
    return keySettings.has(key) ? undefined : readFrom(included, key, [...seen, included]);
  };
  const read = (key: string) => readFrom(name, key, [name]);
  const keys = [...new Set(ownOf(name).flatMap(({ entries }) => entries.map(({ key }) => key)))];
  return { name, keys, read, origin: originOf(read, keys) };
}

const keySettings = new Set([
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "credential_process",
]);

function originOf(read: ForeignProfile["read"], keys: readonly string[]): Origin {
  const foreign = foreignOrigin(read, keys);
  if (foreign !== undefined) return { kind: "foreign", ...foreign };
  const arn = read("role_arn");
  if (arn !== undefined) return { kind: "role", arn };
  const accessKeyId = read("aws_access_key_id");
  if (accessKeyId !== undefined && read("aws_secret_access_key") !== undefined) {
    const isTemporary = /^ASIA/.test(accessKeyId) || read("aws_session_token") !== undefined;
    return isTemporary ? { kind: "session" } : { kind: "key", accessKeyId };
  }
  const line = read("credential_process");
  if (line === undefined) return { kind: "none" };
  const call = readProcessLine(line);
  if (call !== undefined) return { kind: "awst", call };
  const [program = line, ...args] = splitArgs(line.replaceAll("\\", "/")) ?? [];
  const name = /([^/]+?)(\.exe)?$/i.exec(program)?.[1] ?? program;
  return { kind: "process", program: name, args };
}

const identityCenter = {
  why: "sign-in with IAM Identity Center, and awst is for IAM users",
  next: "use aws sso login",
};
const samlLogin = {
  why: "sign-in with SAML, and awst is for IAM users",
  next: "use the tool that signs in",
};

/** Returns why no IAM user is behind a profile, and what to use for it. */
function foreignOrigin(
  read: ForeignProfile["read"],
  keys: readonly string[],
): { readonly why: string; readonly next: string } | undefined {
  const has = (pattern: RegExp) => keys.some((key) => pattern.test(key));
  const line = read("credential_process") ?? "";
  const granted = { ...identityCenter, next: "use assume of Granted" };
  if (has(/^granted_sso_/)) return granted;
  if (/(^|\/)aws-sso(\.exe)?"? /.test(line)) {
    return { ...identityCenter, next: "use aws-sso" };
  }
  if (/(^|\/)leapp(\.exe)?"? /.test(line)) {
    return {
      why: "credentials of Leapp, which keeps the key in a store of its own",
      next: "create a new access key in the console, then: awst key add --csv FILE",
    };
  }
  if (read("sso_start_url") ?? read("sso_session")) return identityCenter;
  if (has(/^(saml_|jump_role_arn)/)) return { ...samlLogin, next: "use aws-runas" };
  if (has(/^x_(principal_arn|security_token_expires)/)) {
    return { ...samlLogin, next: "use saml2aws" };
  }
  if (/(^|\/)saml2aws(\.exe)?"? /.test(line)) return { ...samlLogin, next: "use saml2aws" };
  if (has(/^web_identity_/)) {
    return { why: "credentials of a web identity", next: "leave the profile as it is" };
  }
  if (read("credential_source")) {
    return {
      why: "credentials of the machine",
      next: "leave the profile as it is",
    };
  }
  if (read("login_session")) {
    return { why: "sign-in with aws login", next: "use aws login" };
  }
  return undefined;
}
