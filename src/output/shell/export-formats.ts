// Credentials as text for a shell or a program: `eval "$(… env)"`, `… fish | source`, PowerShell's
// Invoke-Expression, a batch file, a .env file, JSON. Each format quotes every value that it can represent and
// refuses any other, so that no line means something else.

import { AwstError } from "../../model/errors.ts";
import type { KeyFormat } from "../../model/shell/shells.ts";

/**
 * Returns lines that unset the names of `unset` and set `values`, each with its line break. A .env file can't
 * unset; JSON has the values alone, under the names of credential_process. Throws USAGE for a value that the
 * format can't represent (a line break in cmd).
 */
export function formatKeys(
  format: KeyFormat,
  values: Readonly<Record<string, string>>,
  unset: readonly string[],
): string {
  if (format === "json") return formatJson(values);
  const { set, unset: unsetLine } = formats[format];
  const lines = [
    ...unset.map(unsetLine),
    ...Object.entries(values).map(([name, value]) => set(name, value)),
  ];
  return lines.map((line) => (line === "" ? "" : `${line}\n`)).join("");
}

interface Format {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
}

const formats: Readonly<Record<Exclude<KeyFormat, "json">, Format>> = {
  env: {
    set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    unset: (name) => `unset ${name}`,
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`,
    unset: (name) => `set -e ${name}`,
  },
  powershell: {
    // PowerShell reads four more characters as a single quote; each is written twice.
    set: (name, value) => `$Env:${name} = '${value.replaceAll(/['‘’‚‛]/g, "$&$&")}'`,
    unset: (name) => `$Env:${name} = $null`,
  },
  cmd: {
    set: (name, value) => {
      if (/[\r\n"%]/.test(value)) refuse(name, "cmd");
      return `set "${name}=${value}"`;
    },
    unset: (name) => `set "${name}="`,
  },
  dotenv: {
    set: (name, value) => `${name}=${quoteDotenv(name, value)}`,
    unset: () => "",
  },
};

/** Without quotes if possible: docker's --env-file reads quotes as part of the value. */
function quoteDotenv(name: string, value: string): string {
  if (/^[\w./+=:@-]+$/.test(value)) return value;
  const quote = ["'", '"', "`"].find((each) => !value.includes(each));
  const isPossible = quote !== undefined && !/\r/.test(value);
  if (!isPossible || (quote === '"' && value.includes("\\"))) return refuse(name, "dotenv");
  return `${quote}${value}${quote}`;
}

const jsonNames: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "AccessKeyId",
  AWS_SECRET_ACCESS_KEY: "SecretAccessKey",
  AWS_SESSION_TOKEN: "SessionToken",
  AWS_CREDENTIAL_EXPIRATION: "Expiration",
  AWS_ACCOUNT_ID: "AccountId",
  AWS_REGION: "Region",
};

function formatJson(values: Readonly<Record<string, string>>): string {
  const named = Object.entries(values).flatMap(([name, value]) => {
    const jsonName = jsonNames[name];
    return jsonName === undefined ? [] : [[jsonName, value]];
  });
  return `${JSON.stringify({ Version: 1, ...Object.fromEntries(named) }, null, 2)}\n`;
}

function refuse(name: string, format: KeyFormat): never {
  throw new AwstError("USAGE", `${name} has a character that --format ${format} can't represent`, {
    hint: "--format json",
  });
}
