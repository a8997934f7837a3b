// Keys as text that a shell takes in: `eval "$(… env)"`, `… fish | source`, PowerShell's
// Invoke-Expression, a batch file, a .env file, JSON. Each form quotes every value it can carry and
// refuses one it can't, rather than print a line that means something else.

import { AwstError } from "../../model/errors.ts";
import type { KeyFormat } from "../../model/shell/shells.ts";

/**
 * Lines that set `values` and unset the names of `unset`, each with its line break. With no values
 * they only unset. A .env file can't unset; JSON holds the values alone, under the names of
 * credential_process. USAGE for a value the form can't carry (a line break in cmd).
 */
export function formatKeys(
  format: KeyFormat,
  values: Readonly<Record<string, string>>,
  unset: readonly string[],
): string {
  if (format === "json") return formatJson(values);
  const { set, forget } = forms[format];
  const lines = [
    ...unset.map(forget),
    ...Object.entries(values).map(([name, value]) => set(name, value)),
  ];
  return lines.map((line) => (line === "" ? "" : `${line}\n`)).join("");
}

interface Form {
  readonly set: (name: string, value: string) => string;
  readonly forget: (name: string) => string;
}

const forms: Readonly<Record<Exclude<KeyFormat, "json">, Form>> = {
  env: {
    set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    forget: (name) => `unset ${name}`,
  },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, "\\$&")}'`,
    forget: (name) => `set -e ${name}`,
  },
  powershell: {
    // PowerShell takes four more characters for a single quote; each is written twice.
    set: (name, value) => `$Env:${name} = '${value.replaceAll(/['‘’‚‛]/g, "$&$&")}'`,
    forget: (name) => `$Env:${name} = $null`,
  },
  cmd: {
    set: (name, value) => {
      if (/[\r\n"%]/.test(value)) refuse(name, "cmd");
      return `set "${name}=${value}"`;
    },
    forget: (name) => `set "${name}="`,
  },
  dotenv: {
    set: (name, value) => `${name}=${quoteDotenv(name, value)}`,
    forget: () => "",
  },
};

/** Bare where it can be: docker's --env-file takes quotes for part of the value. */
function quoteDotenv(name: string, value: string): string {
  if (/^[\w./+=:@-]+$/.test(value)) return value;
  const quote = ["'", '"', "`"].find((each) => !value.includes(each));
  const isCarried = quote !== undefined && !/\r/.test(value);
  if (!isCarried || (quote === '"' && value.includes("\\"))) return refuse(name, "dotenv");
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
  throw new AwstError("USAGE", `${name} has a character that --format ${format} can't carry`, {
    hint: "--format json",
  });
}
