// awst assume [ACCOUNT [ROLE]]: a session and its profiles. stdout: lines that set AWS_PROFILE, or what
// --format, --json or --unset ask for; everything else is talk.

import {
  takeUpProfiles,
  takeUpSession,
  writeProfilesAlone,
} from "../flows/profile/take-up-role.ts";
import { showNotices, startAutomaticRotation } from "../flows/rotation/start-automatic-rotation.ts";
import { pickTarget, rememberPick } from "../flows/session/pick-target.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import { hintAtFunction } from "../flows/shell/hint-at-function.ts";
import { printIntoFile } from "../flows/shell/print-into-file.ts";
import { AwstError } from "../model/errors.ts";
import type { RoleSession } from "../model/session/session.ts";
import type { SessionRequest } from "../model/session/session-request.ts";
import { surroundings } from "../model/shell/shells.ts";
import { commandLine } from "../model/text/command-line.ts";
import { flagOption, textOption, type Words } from "../model/words.ts";
import {
  type AssumeFacts,
  assumeJson,
  profileHere,
  profileLines,
  sessionLine,
} from "../output/session/assume-report.ts";
import { fixedText } from "../output/session/session-report.ts";
import {
  ambientRegionRemark,
  handedKeys,
  printKeys,
  printProfile,
  printUnset,
  printWithoutProfile,
  readFormat,
  readRegion,
} from "../output/shell/printed-keys.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const file = textOption(words, "export");
  if (file === undefined) return assume(context, words);
  return printIntoFile(context, file, (printing) => assume(printing, words));
}

async function assume(context: Context, words: Words): Promise<void> {
  const format = readFormat(words);
  if (flagOption(words, "unset")) return context.out(printUnset(format, context.env));
  refuseContradictions(words);
  await showNotices(context);
  const region = readRegion(words);
  const [account, role] = words.arguments;
  const names = await pickTarget(context, { account, role }, words.identity);
  const how = { requester: "person", keysAreFixed: format !== undefined } as const;
  const request = await readSessionRequest(context, words, names, how);
  if (flagOption(words, "profile-only")) return writeProfiles(context, words, request, region);

  const obtained = await takeUpSession(context, request);
  const { session, keysAreFixed } = obtained;
  if (format !== undefined) {
    const name = `${obtained.account} ${obtained.role}`;
    await context.out(printKeys(format, handedKeys(session, region), context.env, name));
  }
  const profiles = await takeUpProfiles(context, request, obtained, region);
  await rememberPick(context, obtained);
  if (format !== undefined) context.say(fixedText(obtained, context.now()));
  else {
    const facts = {
      ...obtained,
      obtained,
      accountId: session.accountId,
      region: region ?? session.region,
      profiles,
    };
    await tell(context, words, facts, keysAreFixed);
  }
  await startAutomaticRotation(context, obtained);
}

async function writeProfiles(
  context: Context,
  words: Words,
  request: SessionRequest,
  region: string | undefined,
): Promise<void> {
  const { target, profiles, needSession } = await writeProfilesAlone(context, {
    ...request,
    region,
  });
  if (needSession) context.say('[write] mode = "keys": profiles are written with a session alone');
  await tell(context, words, {
    account: target.account.name,
    accountId: target.account.id,
    role: target.role.name,
    identity: target.identity.name,
    region: region ?? target.workRegion,
    obtained: undefined,
    profiles,
  });
}

async function tell(
  context: Context,
  words: Words,
  facts: AssumeFacts,
  keysAreFixed = false,
): Promise<void> {
  const { obtained, profiles, account, role } = facts;
  if (words.json) return context.out(assumeJson(facts));
  const spell = keysAreFixed ? fixedText : sessionLine;
  if (obtained !== undefined) context.say(spell(obtained, context.now()));
  const name = profileHere(profiles, context.env);
  for (const line of profileLines(profiles, context.paths, name)) context.say(line);
  if (name !== undefined) {
    const remark = ambientRegionRemark(context.env, facts.region);
    if (remark !== undefined) context.say(remark);
    await context.out(
      printProfile(name, context.env, obtained && endOf(obtained.session, keysAreFixed)),
    );
    return hintAtFunction(context);
  }
  const handed = obtained && handedKeys(obtained.session, facts.region);
  const isGivenKeys = handed !== undefined && surroundings(context.env).isFunction;
  const instead = commandLine(["awst", "exec", account, role, "--", "CMD"]);
  context.say(
    isGivenKeys
      ? "no profile to use: this shell has these keys themselves, and they are not renewed"
      : `no profile to use: ${instead} works without one`,
  );
  await context.out(printWithoutProfile(handed, context.env, `${account} ${role}`));
}

function endOf({ keys, renewableUntil }: RoleSession, keysAreFixed: boolean): Date {
  if (keysAreFixed || renewableUntil === undefined) return keys.expiresAt;
  return new Date(Math.max(keys.expiresAt.getTime(), renewableUntil.getTime()));
}

function refuseContradictions(words: Words): void {
  const given = ["--format", "--profile-only"].filter((flag) => words.options[flag.slice(2)]);
  if (words.json) given.unshift("--json");
  const isPair = given.length === 2 && !given.includes("--format");
  if (given.length < 2 || isPair) return;
  throw new AwstError("USAGE", `${given.join(" and ")} exclude each other`, {
    hint: "awst assume --help",
  });
}
