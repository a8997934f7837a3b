// How profiles are printed: the list, what changed, and those that could not be written.

import { AwstError } from "../../model/errors.ts";
import type { EnsuredProfiles } from "../../model/profile/profile-cache.ts";
import type { MissingSection } from "../../model/profile/profile-plan.ts";
import type { ReaderProblem } from "../../model/profile/reader-problems.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Paint, Style } from "../style.ts";
import { textTable } from "../text-table.ts";

export interface ProfileLine {
  readonly name: string;
  readonly file: "config" | "credentials";
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly identity: string | undefined;
  readonly state:
    | "up to date"
    | "outdated"
    | "missing"
    | "conflict"
    | "unwritable"
    | "unreadable"
    | "keys"
    | "no keys"
    | "own"
    | "left over";
  readonly why: string | undefined;
  readonly line?: number | undefined;
}

interface FilePaths {
  readonly awsConfig: string;
  readonly awsCredentials: string;
}

export interface SyncReport
  extends Pick<EnsuredProfiles, "conflicts" | "unwritable" | "missing" | "userRegions"> {
  readonly written: readonly string[];
  readonly repaired: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** "" for no profiles. */
export function profileTable(
  profiles: readonly ProfileLine[],
  paths: FilePaths,
  style: Style,
): string {
  if (profiles.length === 0) return "";
  const paints: Record<ProfileLine["state"], Paint> = {
    "up to date": style.ok,
    keys: style.warn,
    "no keys": style.ok,
    own: style.ok,
    outdated: style.warn,
    missing: style.warn,
    "left over": style.warn,
    conflict: style.fail,
    unwritable: style.fail,
    unreadable: style.fail,
  };
  const files = filesOf(paths);
  const head = ["PROFILE", "STATE", "FILE"].map((text) => ({ text, paint: style.heading }));
  function* rows() {
    yield head;
    for (const { name, state, file, why } of profiles) {
      const text = why === undefined ? state : `${state}: ${why}`;
      yield [name, { text, paint: paints[state] }, { text: files[file], paint: style.dim }];
    }
  }
  return textTable(rows());
}

export function profileTableNotes(
  profiles: readonly ProfileLine[],
  problems: readonly ReaderProblem[],
  paths: FilePaths,
): readonly string[] {
  const needsSync = ["missing", "outdated", "left over"];
  const isSyncNeeded = profiles.some(({ state }) => needsSync.includes(state));
  const sync =
    "`awst profile sync` writes missing and outdated profiles, and removes those left over";
  return [...(isSyncNeeded ? [sync] : []), ...problemLines(problems, paths)];
}

export function profilesJson(
  profiles: readonly ProfileLine[],
  problems: readonly ReaderProblem[],
  paths: FilePaths,
) {
  const files = filesOf(paths);
  return {
    unreadableLines: problemsJson(problems, paths),
    profiles: profiles.map((each) => ({
      ...each,
      file: files[each.file],
      account: each.account ?? null,
      role: each.role ?? null,
      identity: each.identity ?? null,
      why: each.why ?? null,
      line: each.line ?? null,
    })),
  };
}

/** One line for each profile that changed, or would change. */
export function syncText(
  { written, repaired, removed }: SyncReport,
  isDryRun: boolean,
  style: Style,
): string {
  const will = isDryRun ? "would be " : "";
  const lines = [
    ...written.map((name) => `${style.ok(`${will}written`)}  ${name}`),
    ...repaired.map((name) => `${style.ok(`${will}repaired`)}  ${name}`),
    ...removed.map((name) => `${style.warn(`${will}removed`)}  ${name}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** `needSession`: profiles hold credentials, so a profile can't be written without a session. */
export function syncNotes(
  synced: SyncReport,
  needSession: boolean,
  paths: FilePaths,
): readonly string[] {
  const count = synced.unchanged.length;
  return [
    ...conflictLines(synced, paths),
    ...(needSession ? [needSessionLine] : []),
    ...(count === 0 ? [] : [`${count} ${count === 1 ? "profile is" : "profiles are"} up to date`]),
  ];
}

export const needSessionLine =
  'with write.mode = "keys", `awst assume` writes a profile together with its credentials';

export function removedProfilesText(
  {
    removed,
    restored,
  }: { readonly removed: readonly string[]; readonly restored: readonly string[] },
  style: Style,
): string {
  const what = (name: string) => (restored.includes(name) ? "restored" : "removed");
  return removed.map((name) => `${style.ok(what(name))}  ${name}\n`).join("");
}

/** Profiles that could not be written: one line each, with the reason and what to do. */
export function conflictLines(
  {
    conflicts,
    unwritable,
    missing = [],
    problems,
    userRegions = [],
  }: Pick<EnsuredProfiles, "conflicts" | "unwritable" | "missing" | "problems" | "userRegions">,
  paths: FilePaths,
): readonly string[] {
  const files = filesOf(paths);
  const others = unwritable.filter(({ name }) => missing.every((each) => each.name !== name));
  return [
    ...conflicts.map(({ name, file, why, line, owner }) => {
      const skipped = `skipped profile ${JSON.stringify(name)} in ${files[file]}: ${why}`;
      if (owner !== undefined) {
        return `${skipped}; to take it over: ${commandLine(["awst", "profile", "remove", name])}, then repeat this command`;
      }
      if (line !== undefined) return skipped;
      const hint = /role_arn|source_profile/.test(why)
        ? "rename that section; or, for an alias: awst import --take-over"
        : "rename that section, or set other names in [write] profiles";
      return `${skipped}; ${hint}`;
    }),
    ...others.map(({ name, why }) => `cannot write profile ${JSON.stringify(name)}: ${why}`),
    ...missingLines(missing, files),
    ...userRegions.map(({ name, region, configured }) => {
      const stays = `profile ${JSON.stringify(name)} stays in your region ${region}, not ${configured}`;
      return `${stays}; for all profiles of an account: [accounts.NAME] region`;
    }),
    ...problemLines(problems, paths),
  ];
}

/** Profiles that awst would remove and that stay, with the line to change and the command to repeat. */
export function blockedLines(
  conflicts: EnsuredProfiles["conflicts"],
  what: string,
  paths: FilePaths,
): readonly string[] {
  const files = filesOf(paths);
  return conflicts.map(({ name, file, why }) => {
    const command = commandLine(["awst", "profile", "remove", name]);
    return `${what} ${JSON.stringify(name)} stay in ${files[file]}: ${why}, then: ${command}`;
  });
}

/** `path:line: message`, the form that editors open. */
export function locateProblem({ file, line, message }: ReaderProblem, paths: FilePaths): string {
  return `${filesOf(paths)[file]}:${line}: ${message}`;
}

export function problemsJson(problems: readonly ReaderProblem[] = [], paths: FilePaths) {
  const files = filesOf(paths);
  return problems.map(({ file, line, message, hint }) => ({
    ...{ file: files[file], line, message, hint },
  }));
}

/** The first lines that other tools refuse or misread, with what to change. */
export function problemLines(
  problems: readonly ReaderProblem[] = [],
  paths: FilePaths,
): readonly string[] {
  const shown = problems.slice(0, 3);
  const more = problems.length - shown.length;
  return [
    ...shown.map((each) => `${locateProblem(each, paths)}; ${each.hint}`),
    ...(more > 0 ? [`${more} more lines that other tools can't read: awst doctor`] : []),
  ];
}

/** Says once per file why it can't be written, and gives the sections for the user to write. */
function missingLines(
  missing: readonly MissingSection[],
  files: ReturnType<typeof filesOf>,
): readonly string[] {
  return (["credentials", "config"] as const).flatMap((file) => {
    const sections = missing.filter((each) => each.file === file);
    const [first] = sections;
    if (first === undefined) return [];
    const effect =
      file === "config" && sections.every(({ isElsewhere }) => isElsewhere)
        ? ["SDKs for Java, Rust and C++ don't find profiles that are not in this file"]
        : [];
    const lines = sections.flatMap((each) => each.lines.map((line) => `  ${line}`));
    const paste = lines.length === 0 ? [] : [`to add to ${files[file]} yourself:`, ...lines];
    return [`warning: ${first.why}`, ...effect, ...paste];
  });
}

/** The error of a command that only writes profiles, where no tool would find them. */
export function notWrittenError(missing: readonly MissingSection[]): AwstError | undefined {
  const lost = missing.filter(({ isElsewhere }) => !isElsewhere);
  const count = new Set(lost.map(({ name }) => name)).size;
  if (count === 0) return undefined;
  const what = count === 1 ? "1 profile is" : `${count} profiles are`;
  return new AwstError("FILE_UNWRITABLE", `${what} not written`);
}

function filesOf({ awsConfig, awsCredentials }: FilePaths) {
  return { config: awsConfig, credentials: awsCredentials };
}
