// Copies of AWS's two files for a program that takes its credentials from an endpoint (`exec --server`).
// SDKs prefer credentials of [default] to the endpoint, so the copies have none. A profile with a secret in
// either file is left out of both, so that AWS CLI and boto3 report it as missing; without its keys alone,
// they would use the endpoint's credentials for it.

import { isCredentialSetting } from "./aws-profiles.ts";
import type { IniEntry, IniSection } from "./ini-document.ts";
import { type AwsFileTexts, indexProfiles, parseAwsFiles } from "./profile-sections.ts";

export interface CopiedFiles {
  readonly config: string;
  readonly credentials: string;
}

/** `region`: the one of [default]. Comments are left out, since they may contain a key. */
export function copyWithoutSecrets(texts: AwsFileTexts, region: string): CopiedFiles {
  const documents = parseAwsFiles(texts);
  const profiles = indexProfiles(documents).all();
  const namesOf = new Map(profiles.map(({ section, names }) => [section, names]));
  const withSecret = new Set(
    profiles.filter(({ section }) => hasSecret(section)).flatMap(({ names }) => names),
  );
  const isDefault = (section: IniSection) => namesOf.get(section)?.includes("default") ?? false;
  const isLeftOut = (section: IniSection) =>
    hasSecret(section) || (namesOf.get(section) ?? []).some((name) => withSecret.has(name));
  const copy = (sections: readonly IniSection[], defaults: ProfileSettings) => {
    const settings = sections.filter(isDefault).flatMap(settingsOf);
    const own = [...defaults, ...settings.filter(({ key }) => key !== "region")];
    const others = sections.filter((each) => !isDefault(each) && !isLeftOut(each));
    return [
      ...(own.length === 0 ? [] : [print("default", own)]),
      ...others.map(({ header, entries }) => print(header, entries)),
    ].join("\n");
  };
  return {
    config: copy(documents.config.sections, [{ key: "region", value: region, nested: [] }]),
    credentials: copy(documents.credentials.sections, []),
  };
}

type ProfileSettings = readonly Pick<IniEntry, "key" | "value" | "nested">[];

/** Returns the settings of [default] that do not say where credentials come from. */
function settingsOf(section: IniSection): ProfileSettings {
  return section.entries.filter((entry) => !isCredentialSetting(entry.key) && !isSecret(entry));
}

/** A repeated key is printed once: Python refuses the file otherwise. */
function print(header: string, settings: ProfileSettings): string {
  const first = settings.filter(({ key }, at) => settings.findIndex((e) => e.key === key) === at);
  const lines = first.flatMap(({ key, value, nested }) => [
    `${key} = ${value}`.trimEnd(),
    ...nested.map((line) => `  ${line}`),
  ]);
  return [`[${header}]`, ...lines, ""].join("\n");
}

function hasSecret(section: IniSection): boolean {
  return section.entries.some(isSecret);
}

function isSecret({ key, value, nested }: IniEntry): boolean {
  const isNestedSecret = nested.some((line) => {
    const [, name = "", text = line] = /^([^=:]*)[=:](.*)$/.exec(line) ?? [];
    return secretName.test(name.trim()) || containsSecret(text);
  });
  if (secretName.test(key) || isNestedSecret) return true;
  if (key !== "credential_process") return containsSecret(value);
  // A path may look like a secret key, so a process line is searched for options that take a secret.
  return secretOption.test(value) || containsIdOrPassword(value);
}

function containsSecret(text: string): boolean {
  return containsIdOrPassword(text) || splitText(text).some(isSecretKey);
}

function containsIdOrPassword(text: string): boolean {
  return keyId.test(text) || urlPassword.test(text);
}

/** A secret access key has 40 characters of base64. */
function isSecretKey(text: string): boolean {
  return (
    /^[A-Za-z0-9/+]{40}$/.test(text) && [/[a-z]/, /[A-Z]/, /\d/].every((each) => each.test(text))
  );
}

function splitText(text: string): readonly string[] {
  return text.split(/[\s"'#;,]+/);
}

const secretName =
  /secret|passw|passphrase|private_?key|api_?key|access_?key|token(?!_?(file|path|url|endpoint))/i;
const secretOption = /(^|\s)--?[\w-]*(secret|passw|passphrase|token)(?![\w-]*(file|path))/i;
const keyId = /\b(AKIA|ASIA)[A-Z0-9]{12,}\b/;
const urlPassword = /:\/\/[^\s/:@]+:[^\s/@]+@/;
