// awst assume [ACCOUNT [ROLE]]: gets a role session and writes its profiles. stdout holds what a shell evaluates:
// AWS_PROFILE, or what --format or --unset print; or JSON. Everything else goes to stderr.

import { type ArgsOf, type CommandResult, defineCommand } from "../args/command.ts";
import { flag, text } from "../args/options.ts";
import {
  format,
  obtainingOptions,
  optionalAccountAndRole,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import {
  ensureProfiles,
  ensureProfilesOnly,
  writesKeys,
} from "../flows/profile/ensure-profiles.ts";
import { obtainSession } from "../flows/session/obtain-session.ts";
import { startAutomaticRotation } from "../flows/session/start-rotation.ts";
import { hintAtFunction } from "../flows/shell/hint-at-function.ts";
import type { PickedRole } from "../flows/target/complete-target.ts";
import { pickTarget, recordPick } from "../flows/target/pick-target.ts";
import { nameToPrint } from "../model/configuration/role-profile-names.ts";
import type { RoleSession } from "../model/session/session.ts";
import type { SessionRequest } from "../model/session/session-request.ts";
import type { KeyFormat } from "../model/shell/shells.ts";
import { shellIntegration } from "../model/shell/shells.ts";
import {
  conflictLines,
  needSessionLine,
  notWrittenError,
} from "../output/profile/profile-report.ts";
import {
  type AssumeFacts,
  assumeJson,
  profileLines,
  withoutProfileLine,
} from "../output/session/assume-report.ts";
import { assumedLine, fixedText } from "../output/session/session-report.ts";
import {
  credentialsFor,
  printKeys,
  printProfile,
  printUnset,
  printWithoutProfile,
  shellRegionNote,
} from "../output/shell/printed-keys.ts";
import type { Style } from "../output/style.ts";
import type { Context } from "../ports.ts";

const options = {
  ...obtainingOptions,
  ...shapingOptions,
  format,
  profileOnly: flag("write the profiles without calling AWS"),
  unset: flag("print the lines that remove credentials and the profile from a shell"),
  export: text(
    "FILE",
    "write stdout into this file, for a shell that sources it (as in awstools)",
    {
      short: "e",
    },
  ),
  exportProfile: flag("accepted for awstools; awst always does this", { short: "p" }),
} as const;

const obtainingNames = Object.keys(obtainingOptions) as (keyof typeof obtainingOptions)[];
const shapingNames = Object.keys(shapingOptions) as (keyof typeof shapingOptions)[];

export const command = defineCommand({
  name: "assume",
  group: "Sessions",
  summary: "get a role session and write its profiles",
  details:
    "Uses the cached session if it is fresh; otherwise gets one from AWS, and asks for an MFA code only where AWS requires one. Writes the profiles of the role and reports until when the session renews automatically. stdout is one line that sets AWS_PROFILE; with the function of `awst shell-init` it takes effect in this shell. Without arguments on a terminal, awst shows a picker.",
  arguments: optionalAccountAndRole,
  options,
  conflicts: {
    json: ["format"],
    format: ["profileOnly"],
    profileOnly: ["mfaCode", "device", "refresh"],
    // What is removed does not depend on an account, a role or a session.
    unset: ["account", "json", "identity", "profileOnly", ...obtainingNames, ...shapingNames],
  },
  examples: [
    { line: "awst assume", meaning: "pick an account and a role; the most used come first" },
    {
      line: "awst assume main-account DeveloperAccess",
      meaning: "get the session and write its profiles",
    },
    {
      line: 'eval "$(awst assume main DeveloperAccess)"',
      meaning: "and use its profile in this shell",
    },
    {
      line: "awst assume production AdminAccess --duration 30m",
      meaning: "a session of half an hour, in its own profile",
    },
    {
      line: "awst assume main-account DeveloperAccess --format dotenv > .env",
      meaning: "print credentials for a program that can't use profiles",
    },
    { line: 'eval "$(awst assume --unset)"', meaning: "remove the profile from this shell" },
  ],
  json: [
    ["account", "the account's name"],
    ["accountId", "its 12 digits"],
    ["role", "the role's name"],
    ["identity", "the IAM user it was obtained as"],
    ["how", "cached, renewed (without a code), new (with a code); null with --profile-only"],
    ["expiresAt", "when these credentials expire, RFC 3339, UTC, or null"],
    ["renewableUntil", "until when they renew automatically, or null"],
    ["assumedRoleArn", "the ARN that AWS returned, or null"],
    ["region", "the region in the profile"],
    ["profileNames", "names to use as AWS_PROFILE"],
    [
      "profilesNotWritten[].name, .why",
      "names that were skipped: in use by others, or not writable",
    ],
    [
      "unreadableLines[].file, .line, .message, .hint",
      "lines that keep other tools from these profiles, and what to change",
    ],
  ],
  skipsBackgroundReports: ({ unset }) => unset,
  async run(context: Context, args) {
    if (args.unset) return { text: printUnset(args.format, context.env), file: args.export };
    // A file that can't be written costs no code.
    if (args.export !== undefined) await context.writeText(args.export, "", { isCheck: true });
    const { format } = args;
    const names = await pickTarget(context, { ...args, withoutNames: "picker" });
    const how = { requester: "user", keysAreFixed: format !== undefined } as const;
    const request = await readSessionRequest(args, names, how, context.readText);
    const { alias } = names;
    const result = args.profileOnly
      ? await writeProfiles(context, { ...args, alias }, request)
      : format === undefined
        ? await assume(context, { ...args, alias }, request)
        : await printAssumedKeys(context, { ...args, format }, request);
    return { ...result, file: args.export };
  },
});

type AssumeArgs = ArgsOf<typeof optionalAccountAndRole, typeof options>;

/** `alias`: the alias that was typed; its profile is then the one to print. */
type AliasArgs = AssumeArgs & Pick<PickedRole, "alias">;

async function assume(
  context: Context,
  args: AliasArgs,
  request: SessionRequest,
): Promise<CommandResult> {
  const keysAreFixed = await writesKeys(context, request);
  const obtained = await obtainSession(context, { ...request, keysAreFixed });
  const { session } = obtained;
  const profiles = await ensureProfiles(context, request, obtained, args.region);
  await recordPick(context, obtained);
  await startAutomaticRotation(context, obtained);
  const { accountId } = session;
  const region = args.region ?? session.region;
  return report(
    context,
    args,
    { ...obtained, obtained, accountId, region, profiles },
    keysAreFixed,
  );
}

/** --format: the keys are printed before the profiles, which may fail. */
async function printAssumedKeys(
  context: Context,
  args: AssumeArgs & { readonly format: KeyFormat },
  request: SessionRequest,
): Promise<CommandResult> {
  const obtained = await obtainSession(context, request);
  const name = `${obtained.account} ${obtained.role}`;
  const credentials = credentialsFor(obtained.session, args.region);
  const text = printKeys(args.format, credentials, context.env, name);
  if (args.export === undefined) await context.out(text);
  const { missing } = await ensureProfiles(context, request, obtained, args.region);
  await recordPick(context, obtained);
  await startAutomaticRotation(context, obtained);
  const fileLines = conflictLines({ conflicts: [], unwritable: [], missing }, context.paths);
  const notes = [fixedText(obtained, context.clock().awsNow), ...fileLines];
  return args.export === undefined ? { notes } : { text, notes };
}

async function writeProfiles(
  context: Context,
  args: AliasArgs,
  request: SessionRequest,
): Promise<CommandResult> {
  const { region } = args;
  const written = await ensureProfilesOnly(context, { ...request, region });
  const { target, profiles, needSession } = written;
  if (needSession) context.say(needSessionLine);
  const result = await report(context, args, {
    account: target.account.name,
    accountId: target.account.id,
    role: target.role.name,
    identity: target.identity.name,
    region: region ?? target.profileRegion,
    obtained: undefined,
    profiles,
  });
  return { ...result, failure: notWrittenError(profiles.missing ?? []) };
}

async function report(
  context: Context,
  args: AliasArgs,
  facts: AssumeFacts,
  keysAreFixed = false,
): Promise<CommandResult> {
  if (args.json) return { json: assumeJson(facts, context.paths) };
  const { obtained, profiles } = facts;
  const now = context.clock().awsNow;
  const line = obtained && (keysAreFixed ? fixedText(obtained, now) : assumedLine(obtained, now));
  const notes: string[] = [];
  const toNotes = (style: Style) => [...(line === undefined ? [] : [style.ok(line)]), ...notes];
  const name = nameToPrint(profiles, args.alias);
  notes.push(...profileLines({ ...profiles, usable: name }, context.paths));
  if (name === undefined) return { text: printKeysInstead(context, facts, notes), notes: toNotes };
  const remark = shellRegionNote(context.env, facts.region);
  if (remark !== undefined) notes.push(remark);
  const hint = await hintAtFunction(context);
  if (hint !== undefined) notes.push(hint);
  const until = obtained && endOf(obtained.session, keysAreFixed);
  return { text: printProfile(name, context.env, until), notes: toNotes };
}

/** Returns what the shell gets where no profile could be written; adds the reason to `notes`. */
function printKeysInstead(
  context: Context,
  { obtained, account, role, region }: AssumeFacts,
  notes: string[],
): string {
  const credentials = obtained && credentialsFor(obtained.session, region);
  const areGiven = credentials !== undefined && shellIntegration(context.env).isFunction;
  notes.push(withoutProfileLine({ account, role }, areGiven));
  return printWithoutProfile(credentials, context.env, `${account} ${role}`);
}

function endOf({ keys, renewableUntil }: RoleSession, keysAreFixed: boolean): Date {
  if (keysAreFixed || renewableUntil === undefined) return keys.expiresAt;
  return new Date(Math.max(keys.expiresAt.getTime(), renewableUntil.getTime()));
}
