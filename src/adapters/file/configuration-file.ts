// Reads, parses and checks the configuration file, at most 1 MiB. Every mistake has its line and column;
// `positions` loads a second parser for them, only after a check failed.

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import type {
  CheckedConfiguration,
  LocatedProblem,
  Problem,
} from "../../model/configuration/configuration.ts";
import { decodeConfiguration } from "../../model/configuration/decode-configuration.ts";
import { explainSyntax } from "../../model/configuration/explain-syntax.ts";
import { normalizeKey } from "../../model/configuration/known-keys.ts";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import type { CheckAdmin, CheckNames, ConfigurationFile, Paths } from "../../ports.ts";
import type { FindPosition } from "./configuration-positions.ts";
import { whyOthersCanChange } from "./file-owner.ts";
import { accessHint } from "./owned-files.ts";
import { isSameFile } from "./paths.ts";

const maxBytes = 1024 * 1024;
/** No setting needs more. The patterns that explain a mistake take a time that grows with the square of a line. */
const maxLineLength = 10_000;
/** More are no help, and finding their places takes time. */
const maxProblems = 200;

interface Checked extends CheckedConfiguration {
  readonly fingerprint: string;
}

export function openConfigurationFile(
  paths: Paths,
  fingerprintOf: (path: string) => string | undefined,
  positions: () => Promise<{ readPositions(text: string): FindPosition }>,
): ConfigurationFile {
  const path = paths.configuration;

  async function check(checkAdmin?: CheckAdmin, checkNames?: CheckNames): Promise<Checked> {
    // Taken before the file is read, so that a change in between shows as a fingerprint that no longer matches the file.
    const fingerprint = fingerprintOf(path) ?? "";
    return { fingerprint, ...(await checkText(readText(paths), checkAdmin, checkNames)) };
  }

  async function checkText(
    text: string,
    checkAdmin?: CheckAdmin,
    checkNames?: CheckNames,
  ): Promise<CheckedConfiguration> {
    const parsed = longLine(text) ?? parseText(text);
    if ("problem" in parsed) return { configuration: undefined, problems: [parsed.problem] };
    const { configuration, problems: outside } = decodeConfiguration(parsed.value, path);
    const problems = [...outside, ...(await adminProblems(parsed.value, checkAdmin))];
    if (problems.length > 0) return { configuration, problems: await locate(text, problems) };
    const remarks = (configuration && checkNames?.(configuration)) ?? [];
    if (remarks.length === 0) return { configuration, problems: [] };
    const spelled = remarks.map((each) => ({ ...each, path: asSpelled(each.path, parsed.value) }));
    return { configuration, problems: [], nameRemarks: await locate(text, spelled) };
  }

  async function locate(text: string, problems: readonly Problem[]) {
    const find = (await positions()).readPositions(text);
    const located = problems.slice(0, maxProblems).map(({ path: at, at: part, message, hint }) => ({
      ...find(at, part),
      message,
      hint,
    }));
    return located.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  return {
    check,
    checkText: (text) => checkText(text),
    text: async () => readText(paths),
    source: async () => ({
      hash: createHash("sha256").update(readText(paths)).digest("hex"),
      isDefault:
        paths.configurationIsNamed === false || isSameFile(path, paths.defaultConfiguration),
      openTo: whyOthersCanChange(path),
    }),
    async load(checkAdmin) {
      const { fingerprint, configuration, problems } = await check(checkAdmin);
      if (configuration === undefined || problems.length > 0) throw invalid(paths, problems);
      return { configuration, fingerprint };
    },
  };
}

async function adminProblems(value: object, checkAdmin: CheckAdmin | undefined) {
  const found = Object.entries(value).find(([key]) => normalizeKey(key) === "admin");
  if (found === undefined || checkAdmin === undefined) return [];
  const [key, table] = found;
  return checkAdmin(table, [key]);
}

/** Returns the path of a setting as the file spells it: letter case and `_` do not count, except in names that differ by
 *  nothing else. */
function asSpelled([name, ...rest]: Problem["path"], value: unknown): Problem["path"] {
  if (name === undefined) return [];
  const table: Readonly<Record<string, unknown>> = Object(value);
  const isSame = (key: string) => normalizeKey(key) === normalizeKey(String(name));
  const spelled = Object.hasOwn(table, name) ? name : (Object.keys(table).find(isSame) ?? name);
  return [spelled, ...asSpelled(rest, table[spelled])];
}

/** Several mistakes have their hints on their own lines, so that no hint seems to be about the last one only. */
function invalid(paths: Paths, problems: readonly LocatedProblem[]): AwstError {
  const path = paths.configuration;
  const at = ({ line, column, message }: LocatedProblem) => `${path}:${line}:${column}: ${message}`;
  const [first, ...rest] = problems;
  if (first !== undefined && rest.length === 0) {
    return new AwstError("CONFIGURATION_INVALID", at(first), { hint: first.hint });
  }
  const config = paths.configurationIsNamed ? ["--config", path] : [];
  const [line = path, ...more] = problems.map(
    (each) => at(each) + (each.hint ? ` (${each.hint})` : ""),
  );
  return new AwstError("CONFIGURATION_INVALID", line, {
    hint: commandLine(["awst", "config", "check", ...config]),
    more,
  });
}

function longLine(text: string): { problem: LocatedProblem } | undefined {
  const at = text.split("\n").findIndex(({ length }) => length > maxLineLength);
  if (at < 0) return undefined;
  const message = `the line has more than ${maxLineLength} characters`;
  return { problem: { line: at + 1, column: maxLineLength + 1, message, hint: undefined } };
}

function parseText(text: string): { value: object } | { problem: LocatedProblem } {
  try {
    return { value: parse(text, { integersAsBigInt: true }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { problem: locateSyntax(text, error) };
  }
}

/** Errors: CONFIGURATION_MISSING, CONFIGURATION_INVALID (not UTF-8 text), FILE_UNREADABLE. */
function readText(paths: Paths): string {
  const path = paths.configuration;
  const bytes = readBytes(paths);
  const invalidFile = (what: string, hint: string) =>
    new AwstError("CONFIGURATION_INVALID", `${path}: ${what}`, { hint });
  if (bytes === "too-large")
    throw invalidFile("larger than 1 MiB", "a configuration has at most 1 MiB");
  if (bytes === "no-file") throw invalidFile("not a file", "name the file itself, config.toml");
  const mark = bytes.subarray(0, 2).toString("hex");
  const hint = "save it as UTF-8";
  if (mark === "fffe" || mark === "feff") throw invalidFile("UTF-16, not UTF-8", hint);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidFile("not UTF-8 text", hint);
  }
}

function readBytes(paths: Paths): Buffer | "too-large" | "no-file" {
  const path = paths.configuration;
  try {
    // Checked before opening, since opening a pipe without a writer never returns.
    if (!statSync(path).isFile()) return "no-file";
    const descriptor = openSync(path, "r");
    try {
      if (fstatSync(descriptor).size > maxBytes) return "too-large";
      return readBounded(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") throw missing(paths);
    const message = `can't read the configuration ${path}: ${systemErrorText(error)}`;
    throw new AwstError("FILE_UNREADABLE", message, { hint: accessHint(path), cause: error });
  }
}

/** Limits what is read whatever the reported size: a file may grow, and some files report none. */
function readBounded(descriptor: number): Buffer | "too-large" {
  const bytes = Buffer.alloc(maxBytes + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (read === 0) return bytes.subarray(0, length);
    length += read;
    if (length > maxBytes) return "too-large";
  }
}

function missing(paths: Paths): AwstError {
  const path = paths.configuration;
  const message = `there is no configuration at ${path}`;
  const usual = join(paths.home, ".config", "awstools", "config.toml");
  if (!paths.configurationIsNamed && path !== usual && isFile(usual)) {
    const hint = `to use the file of awstools: export AWST_CONFIG=${usual}`;
    return new AwstError("CONFIGURATION_MISSING", message, { hint });
  }
  const config = paths.configurationIsNamed ? ["--config", path] : [];
  const args = hasRoleProfiles(paths.awsConfig)
    ? ["awst", "import", "--write", ...config]
    : ["awst", "init", ...config];
  const hint = commandLine(args);
  return new AwstError("CONFIGURATION_MISSING", message, { hint });
}

/** Whether AWS's config file has profiles of roles, from which `import` makes a configuration. */
function hasRoleProfiles(awsConfig: string): boolean {
  try {
    return isFile(awsConfig) && /^\s*role_arn\s*[=:]/m.test(readFileSync(awsConfig, "utf8"));
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The parser's message continues with a picture of the line. */
function locateSyntax(text: string, { line, column, message }: TomlError): LocatedProblem {
  const [first = ""] = message.split("\n");
  const reason = first.replace(/^Invalid TOML document:\s*/, "");
  return { line, column, ...explainSyntax(text, { line, column, reason }) };
}
