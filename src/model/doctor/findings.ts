// The findings of `doctor`, one fact each with what to type; and those about the environment: variables that
// override the chosen profile, and wrong settings of the network.

import type { Env } from "../environment.ts";
import { overridingProfile } from "../shell/child-environment.ts";
import { probableShell } from "../shell/shells.ts";

export type FindingState = "ok" | "wrong" | "note";

export interface Finding {
  /** `configuration`, `files`, `keychain`, `key`, `mfa`, `rotation`, `profiles`, `environment`, `network`,
   *  `shell`, `schedule`, `clock`, `aws`. */
  readonly area: string;
  readonly state: FindingState;
  /** One line. */
  readonly message: string;
  /** A command line to paste, or an instruction; null where there is nothing to do. */
  readonly hint: string | null;
}

export function ok(area: string, message: string): Finding {
  return { area, state: "ok", message, hint: null };
}

export function wrong(area: string, message: string, hint?: string): Finding {
  return { area, state: "wrong", message, hint: hint ?? null };
}

export function note(area: string, message: string, hint?: string): Finding {
  return { area, state: "note", message, hint: hint ?? null };
}

/** `openTo`: why other users can change a file, and after `; to prevent it: ` what to type. */
export function openFinding(area: string, openTo: string, effect?: string): Finding {
  const [why = "", hint] = openTo.split("; to prevent it: ");
  return wrong(area, effect === undefined ? why : `${why}: ${effect}`, hint);
}

export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== "wrong");
}

export interface KnownProfiles {
  /** Whether AWS's files have a profile of this name. */
  isProfile(name: string): boolean;
  /** Returns the line that writes it, where awst has written it before. */
  lineFor(name: string): string | undefined;
}

export function environmentFindings(env: Env, profiles: KnownProfiles): readonly Finding[] {
  const found = [
    ...keychainFindings(env),
    ...credentialFindings(env),
    ...profileFindings(env, profiles),
    ...leftoverFindings(env),
  ];
  return found.length > 0 ? found : [ok("environment", "no variable overrides your profiles")];
}

function keychainFindings(env: Env): readonly Finding[] {
  const kind = env["AWST_KEYCHAIN"];
  if (!kind || ["auto", "system", "file"].includes(kind)) return [];
  const message = `AWST_KEYCHAIN must be auto, system or file, not ${JSON.stringify(kind)}`;
  return [wrong("environment", message, unsetLine(env, "AWST_KEYCHAIN"))];
}

/** The other variables that `assume` unsets. They have an effect only together with those above. */
function leftoverFindings(env: Env): readonly Finding[] {
  const leaders: readonly string[] = [
    ...["AWS_ACCESS_KEY_ID", "AWS_SECURITY_TOKEN", "AWS_DEFAULT_PROFILE"],
    "AWS_WEB_IDENTITY_TOKEN_FILE",
  ];
  if (leaders.some((name) => env[name])) return [];
  return overridingProfile
    .filter((name) => env[name])
    .map((name) => {
      const message = `${name} has no effect by itself; assume unsets it`;
      return note("environment", message, unsetLine(env, name));
    });
}

const endpointVariables = [
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ENDPOINT_URL_IAM",
  "AWS_ENDPOINT_URL_SIGNIN",
] as const;

export function networkFindings(env: Env, isFile: (path: string) => boolean): readonly Finding[] {
  const found: Finding[] = [];
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
    const value = env[name]?.trim();
    if (!value) continue;
    const url = value.includes("://") ? value : `http://${value}`;
    if (URL.canParse(url))
      found.push(note("network", `${name}: calls use the proxy ${hostOf(url)}`));
    else found.push(wrong("network", `${name} is not a URL`, unsetLine(env, name)));
  }
  for (const name of endpointVariables) {
    const value = env[name];
    if (!value) continue;
    if (URL.canParse(value))
      found.push(note("network", `${name}: calls go to ${hostOf(value)} instead of AWS`));
    else found.push(wrong("network", `${name} is not a URL`, unsetLine(env, name)));
  }
  const bundle = env["AWS_CA_BUNDLE"];
  if (bundle && !isFile(bundle)) {
    const message = `AWS_CA_BUNDLE names ${bundle}, which does not exist`;
    found.push(wrong("network", message, unsetLine(env, "AWS_CA_BUNDLE")));
  } else if (bundle)
    found.push(note("network", `AWS_CA_BUNDLE: certificates in ${bundle} are trusted`));
  return found;
}

function credentialFindings(env: Env): readonly Finding[] {
  const profile = env["AWS_PROFILE"] || env["AWS_DEFAULT_PROFILE"];
  const over = profile ? ` instead of AWS_PROFILE=${profile}` : "";
  const found: Finding[] = [];
  if (env["AWS_ACCESS_KEY_ID"]) {
    const isDeliberate = env["AWS_CREDENTIAL_EXPIRATION"] !== undefined;
    const message = `AWS tools use the credentials in AWS_ACCESS_KEY_ID${over}`;
    const hint = unsetLine(env, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
    // Credentials with an expiration were exported by a tool, on request.
    found.push(
      isDeliberate && !profile ? note("environment", message) : wrong("environment", message, hint),
    );
  }
  for (const name of ["AWS_SECURITY_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"]) {
    if (!env[name]) continue;
    const what = name === "AWS_SECURITY_TOKEN" ? "AWS_SESSION_TOKEN" : "a profile";
    const message = `${name} overrides ${what} in boto3 and the AWS CLI`;
    const names = name === "AWS_SECURITY_TOKEN" ? [name] : [name, "AWS_ROLE_ARN"];
    found.push(wrong("environment", message, unsetLine(env, ...names)));
  }
  if (env["AWST_MFA_CODE"]) {
    const message = "AWST_MFA_CODE is set; a code works only once";
    found.push(note("environment", message, unsetLine(env, "AWST_MFA_CODE")));
  }
  return found;
}

function profileFindings(env: Env, profiles: KnownProfiles): readonly Finding[] {
  const { AWS_PROFILE: named, AWS_DEFAULT_PROFILE: other } = env;
  const found: Finding[] = [];
  if (named && other && named !== other) {
    const message = `AWS_DEFAULT_PROFILE=${other} overrides AWS_PROFILE=${named} in boto3 and the AWS CLI`;
    found.push(wrong("environment", message, unsetLine(env, "AWS_DEFAULT_PROFILE")));
  }
  for (const name of new Set([named, other])) {
    if (!name || profiles.isProfile(name)) continue;
    const message = `there is no AWS profile ${JSON.stringify(name)}`;
    found.push(wrong("environment", message, profiles.lineFor(name) ?? "awst profile list"));
  }
  return found;
}

function unsetLine(env: Env, ...names: readonly string[]): string {
  const shell = probableShell(env);
  const set = names.filter((name) => env[name] !== undefined);
  if (shell === "fish") return `set -e ${set.join(" ")}`;
  if (shell === "powershell") return set.map((name) => `Remove-Item Env:${name}`).join("; ");
  return `unset ${set.join(" ")}`;
}

/** Returns the host of a URL, without the user and password that it may contain. */
function hostOf(url: string): string {
  return new URL(url).host;
}
