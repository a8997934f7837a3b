// Checks AWS's two files: lines that other tools refuse or misread, who can read the files, conflicts, missing profiles
// and programs, keys in plain text, and profiles for which the AWS CLI asks for a code itself.

import type { Configuration } from "../../model/configuration/configuration.ts";
import {
  clientFindings,
  type PlainKeys,
  plainKeyFindings,
} from "../../model/doctor/client-findings.ts";
import { type Finding, note, ok, openFinding, wrong } from "../../model/doctor/findings.ts";
import { ownedProfiles } from "../../model/profile/aws-profiles.ts";
import { readValue } from "../../model/profile/ini-document.ts";
import {
  holdsLongTermKey,
  longTermKeyStart,
  staticKeyOf,
} from "../../model/profile/long-term-keys.ts";
import { callsAwst } from "../../model/profile/process-line.ts";
import { profileCacheFile } from "../../model/profile/profile-cache.ts";
import {
  type AwsDocuments,
  type AwsFile,
  type FoundSection,
  indexProfiles,
  parseAwsFiles,
  profilesWith,
} from "../../model/profile/profile-sections.ts";
import { findReaderProblems, type ReaderProblem } from "../../model/profile/reader-problems.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { countText } from "../../model/text/count-text.ts";
import { memoizeTexts } from "../../model/text/memoize.ts";
import { locateProblem } from "../../output/profile/profile-report.ts";
import { untilText } from "../../output/session/session-report.ts";
import type { Context } from "../../ports.ts";
import { type ListedProfile, listProfiles } from "../profile/sync-profiles.ts";
import { findProfilesToTakeOver } from "../profile/take-over-profiles.ts";

const area = "profiles";

/** Errors: FILE_UNREADABLE, FILE_MALFORMED. */
export async function checkProfiles(
  context: Context,
  configuration: Configuration | undefined,
): Promise<readonly Finding[]> {
  const files = await context.awsFiles();
  const findings: Finding[] = [];
  if (await files.isOpenToOthers()) {
    const path = context.paths.awsCredentials;
    const hint = commandLine(["chmod", "600", path]);
    findings.push(wrong(area, `other users of this machine can read ${path}`, hint));
  }
  const openTo = await files.openTo();
  if (openTo !== undefined) {
    findings.push(openFinding(area, openTo, "they can decide which program AWS tools run"));
  }
  const texts = await files.read();
  const documents = parseAwsFiles(texts);
  findings.push(...readerFindings(context, findReaderProblems(documents, texts.notUtf8)));
  const missing = new Map<string, string>();
  const isMissing = memoizeTexts(100, (path) => context.fileFingerprint(path) === undefined);
  for (const { name, call } of ownedProfiles(texts)) {
    const path = call.program.find((part) => {
      return isAbsolutePath(part) && isMissing(part);
    });
    if (path !== undefined) missing.set(name, path);
  }
  for (const [name, path] of [...missing].slice(0, 3)) {
    const message = `profile "${name}" calls ${path}, which does not exist`;
    findings.push(wrong(area, message, "awst profile sync"));
  }
  if (configuration === undefined) {
    const calling = new Set(Array.from(ownedProfiles(texts), ({ name }) => name)).size;
    if (!isMissing(context.paths.configuration) || calling === 0) return findings;
    const message = `without the configuration, ${countText(calling, "profile")} of awst can't work`;
    return [...findings, note(area, `${message}; to remove all: awst profile remove`)];
  }
  const inProfiles = Array.from(configuration.identities.values(), ({ awsProfile }) => {
    return staticKeyOf(texts, awsProfile)?.accessKeyId;
  });
  const stored = Object.entries(context.state.read(cachedKeyIdsFile)).filter(([name]) => {
    return configuration.identities.has(name);
  });
  const keyIds = [...inProfiles, ...stored.map(([, { accessKeyId }]) => accessKeyId)];
  const withKeys = profilesWith(documents, longTermKeyStart).filter(({ section }) => {
    return !keyIds.includes(readValue(section, "aws_access_key_id") ?? "");
  });
  findings.push(...otherKeyFindings(configuration, withKeys));
  const toTakeOver = new Set(await findProfilesToTakeOver(context, configuration));
  if (toTakeOver.size > 0) {
    const message = `profiles of another tool have the names of aliases and don't call awst: ${listed([...toTakeOver])}`;
    findings.push(note(area, message, "awst import --take-over"));
  }
  findings.push(...ownCodeFindings(context, configuration, documents, toTakeOver));
  const { profiles } = await listProfiles(context);
  findings.push(...plainKeyFindings(context.paths.awsCredentials, plainKeys(context, profiles)));
  findings.push(...clientFindings((program) => isInPath(context, program)));
  const others = profiles.filter(({ name }) => !toTakeOver.has(name));
  return [...findings, ...listedFindings(context, others)];
}

/** Roles whose profiles hold credentials now. */
function plainKeys(
  context: Pick<Context, "state" | "clock">,
  profiles: readonly ListedProfile[],
): readonly PlainKeys[] {
  const cached = Object.values(context.state.read(profileCacheFile).roles);
  return profiles.flatMap(({ name, state, account, role }) => {
    if (state !== "keys" || account === undefined || role === undefined) return [];
    const end = cached.findLast(({ names }) => names.includes(name))?.keysUntil;
    return [{ account, role, until: end && untilText(new Date(end), context.clock().awsNow) }];
  });
}

function isInPath(context: Pick<Context, "env" | "fileFingerprint">, program: string): boolean {
  const folders = (context.env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return folders.some((folder) => context.fileFingerprint(`${folder}/${program}`) !== undefined);
}

/** The first lines of each file; one repair often makes the others go. */
function readerFindings(
  context: Pick<Context, "paths">,
  problems: readonly ReaderProblem[],
): readonly Finding[] {
  return (["credentials", "config"] as const).flatMap((file) => {
    const here = problems.filter((each) => each.file === file);
    const shown = here.slice(0, 5).map((each) => {
      const message = locateProblem(each, context.paths);
      const hint = `in line ${each.line}: ${each.hint}`;
      return each.spoils === "note" ? note(area, message, hint) : wrong(area, message, hint);
    });
    const more = here.length - shown.length;
    if (more <= 0) return shown;
    return [...shown, wrong(area, `${more} more lines of the ${file} file are like that`)];
  });
}

/** Long-term keys that belong to no identity: awst can't replace them, and they are in plain text. Copies of an
 *  identity's key are findings of the identity. */
function otherKeyFindings(
  configuration: Configuration,
  found: readonly FoundSection[],
): readonly Finding[] {
  const own = [...configuration.identities.values()].map(({ awsProfile }) => awsProfile);
  const names = found
    .filter(({ section, names }) => {
      return holdsLongTermKey(section) && !names.some((name) => own.includes(name));
    })
    .map(({ names: [name = ""] }) => name);
  if (names.length === 0) return [];
  const message = `long-term keys in plain text, of no identity of awst: ${listed(names)}`;
  return [note("key", message, "to give one to awst: awst key import NAME --identity IDENTITY")];
}

/** With role_arn and mfa_serial in one profile, the AWS CLI asks for a code, although awst has an MFA session. A
 *  take-over makes a comment of these lines. */
function ownCodeFindings(
  context: Pick<Context, "paths">,
  configuration: Configuration,
  documents: AwsDocuments,
  toTakeOver: ReadonlySet<string>,
): readonly Finding[] {
  const index = indexProfiles(documents);
  const imported = [...configuration.identities.values()]
    .map(({ awsProfile }) => awsProfile)
    .filter((name) =>
      index.named(name).some(({ section }) => {
        const line = readValue(section, "credential_process");
        return line !== undefined && callsAwst(line);
      }),
    );
  if (imported.length === 0) return [];
  const all = hasDevice(documents.config) || hasDevice(documents.credentials) ? index.all() : [];
  const withDevice = all.filter(({ section }) => hasDevice({ text: section.body }));
  return withDevice.flatMap(({ file, section, names: [name = ""] }) => {
    const entry = section.entries.find(({ key }) => key === "mfa_serial");
    const source = readValue(section, "source_profile") ?? name;
    if (entry === undefined || !imported.includes(source) || toTakeOver.has(name)) return [];
    const at = `${pathOf(context, file)}:${entry.line + 1}`;
    const message = `${at}: mfa_serial in profile "${name}": the AWS CLI asks for a code itself, although "${source}" has an MFA session of awst`;
    return [wrong(area, message, `delete line ${entry.line + 1}`)];
  });
}

/** Most files name no MFA device, so that none of their sections has to be looked at. */
function hasDevice({ text }: { readonly text: string }): boolean {
  return /mfa_serial/i.test(text);
}

function listedFindings(
  context: Pick<Context, "paths">,
  listing: readonly ListedProfile[],
): readonly Finding[] {
  const inState = (...states: readonly ListedProfile["state"][]) =>
    listing.filter(({ state }) => states.includes(state));
  const findings: Finding[] = [];
  for (const { name, file, why, line, owner } of inState("conflict")) {
    const hint =
      owner === undefined
        ? "rename that section, or change [write] profiles"
        : `to take it over: ${commandLine(["awst", "profile", "remove", name])}`;
    const path = pathOf(context, file);
    if (line !== undefined) {
      const message = `${path}:${line}: can't change profile ${JSON.stringify(name)}: ${why}`;
      findings.push(wrong(area, message, "awst profile sync, after you changed the line"));
      continue;
    }
    findings.push(wrong(area, `${path} [${name}] conflicts with a profile of awst: ${why}`, hint));
  }
  for (const { name, why } of inState("unwritable")) {
    findings.push(note(area, `can't write profile ${JSON.stringify(name)}: ${why}`));
  }
  const missing = inState("missing", "outdated").map(({ name }) => name);
  if (missing.length > 0) {
    const message = `missing or outdated: ${listed(missing)}`;
    findings.push(note(area, message, "awst profile sync"));
  }
  const upToDate = inState("up to date", "keys").length;
  if (upToDate > 0) findings.push(ok(area, `${upToDate} up to date`));
  return findings;
}

function listed(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `${names
    .slice(0, 3)
    .map((name) => JSON.stringify(name))
    .join(", ")}${more}`;
}

function pathOf({ paths }: Pick<Context, "paths">, file: AwsFile): string {
  return file === "config" ? paths.awsConfig : paths.awsCredentials;
}

function isAbsolutePath(part: string): boolean {
  return /^(\/|[A-Za-z]:\/)/.test(part);
}
