// awst assume [ACCOUNT [ROLE]]: a session and its profiles. stdout: lines that set AWS_PROFILE, or what
// --format, --json or --unset ask for; everything else is talk.

import {
  takeUpProfiles,
  takeUpSession,
  writeProfilesAlone,
} from "../flows/profile/take-up-role.ts";
import { showNotices } from "../flows/rotation/show-notices.ts";
import { startAutomaticRotation } from "../flows/rotation/start-automatic-rotation.ts";
import { pickTarget, rememberPick } from "../flows/session/pick-target.ts";
import { readSessionRequest } from "../flows/session/read-session-flags.ts";
import { hintAtFunction } from "../flows/shell/hint-at-function.ts";
import { printIntoFile } from "../flows/shell/print-into-file.ts";
import { AwstError } from "../model/errors.ts";
import type { RoleSession } from "../model/session/session.ts";
import type { SessionRequest } from "../model/session/session-request.ts";
import {
  type AssumeFacts,
  assumeJson,
  profileHere,
  profileLines,
  sessionLine,
} from "../model/shell/assume-report.ts";
import {
  ambientRegionRemark,
  handedKeys,
  printKeys,
  printProfile,
  printUnset,
  printWithoutProfile,
  readFormat,
  readRegion,
} from "../model/shell/printed-keys.ts";
import { fixedText } from "../model/shell/session-report.ts";
import { surroundings } from "../model/shell/shells.ts";
import { commandLine } from "../model/text/command-line.ts";
import { flagOption, textOption, type Words } from "../model/words.ts";
import type { World } from "../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const file = textOption(words, "export");
  if (file === undefined) return assume(world, words);
  return printIntoFile(world, file, (printing) => assume(printing, words));
}

async function assume(world: World, words: Words): Promise<void> {
  const format = readFormat(words);
  if (flagOption(words, "unset")) return world.out(printUnset(format, world.env));
  refuseContradictions(words);
  await showNotices(world);
  const region = readRegion(words);
  const [account, role] = words.arguments;
  const names = await pickTarget(world, { account, role }, words.identity);
  const how = { asker: "person", keysAreFixed: format !== undefined } as const;
  const request = await readSessionRequest(world, words, names, how);
  if (flagOption(words, "profile-only")) return writeProfiles(world, words, request, region);

  const obtained = await takeUpSession(world, request);
  const { session, keysAreFixed } = obtained;
  if (format !== undefined) {
    const name = `${obtained.account} ${obtained.role}`;
    await world.out(printKeys(format, handedKeys(session, region), world.env, name));
  }
  const profiles = await takeUpProfiles(world, request, obtained, region);
  await rememberPick(world, obtained);
  if (format !== undefined) world.say(fixedText(obtained, world.now()));
  else {
    const facts = {
      ...obtained,
      obtained,
      accountId: session.accountId,
      region: region ?? session.region,
      profiles,
    };
    await tell(world, words, facts, keysAreFixed);
  }
  await startAutomaticRotation(world, obtained);
}

async function writeProfiles(
  world: World,
  words: Words,
  request: SessionRequest,
  region: string | undefined,
): Promise<void> {
  const { target, profiles, needSession } = await writeProfilesAlone(world, { ...request, region });
  if (needSession) world.say('[write] mode = "keys": profiles are written with a session alone');
  await tell(world, words, {
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
  world: World,
  words: Words,
  facts: AssumeFacts,
  keysAreFixed = false,
): Promise<void> {
  const { obtained, profiles, account, role } = facts;
  if (words.json) return world.out(assumeJson(facts));
  const spell = keysAreFixed ? fixedText : sessionLine;
  if (obtained !== undefined) world.say(spell(obtained, world.now()));
  const name = profileHere(profiles, world.env);
  for (const line of profileLines(profiles, world.places, name)) world.say(line);
  if (name !== undefined) {
    const remark = ambientRegionRemark(world.env, facts.region);
    if (remark !== undefined) world.say(remark);
    await world.out(
      printProfile(name, world.env, obtained && endOf(obtained.session, keysAreFixed)),
    );
    return hintAtFunction(world);
  }
  const handed = obtained && handedKeys(obtained.session, facts.region);
  const isGivenKeys = handed !== undefined && surroundings(world.env).isFunction;
  const instead = commandLine(["awst", "exec", account, role, "--", "CMD"]);
  world.say(
    isGivenKeys
      ? "no profile to use: this shell has these keys themselves, and they are not renewed"
      : `no profile to use: ${instead} works without one`,
  );
  await world.out(printWithoutProfile(handed, world.env, `${account} ${role}`));
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
