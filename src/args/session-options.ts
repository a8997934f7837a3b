// The options that commands which get sessions share, and what they mean together. AWS's limits are checked later.

import { resolve } from "node:path";
import { isRegion } from "../model/aws/partition.ts";
import { AwstError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";
import type { AccountAndRole } from "../model/session/frecency.ts";
import { readGivenCode } from "../model/session/one-time-code.ts";
import type { SessionRequest } from "../model/session/session-request.ts";
import type { SessionFlags } from "../model/session/target.ts";
import { keyFormats } from "../model/shell/shells.ts";
import { commandLine } from "../model/text/command-line.ts";
import { absolutePath } from "../model/text/file-name.ts";
import type { ArgsOf, CommonArgs, NoArguments } from "./command.ts";
import { choice, combined, duration, flag, list, optional, text, value } from "./options.ts";

const accountHelp =
  "an account, alias, account id, profile name or role ARN; at a terminal, part of a name";
const roleHelp = "a role of that account; at a terminal, part of its name";

export const optionalAccountAndRole = {
  account: optional("ACCOUNT", accountHelp),
  role: optional("ROLE", roleHelp),
} as const;

/** Tags, each `K=V`; names differ not by case alone. */
export function tags(help: string) {
  return combined("K=V", help, readTags);
}

/** Options of the session itself. A session that differs from the configuration has its own profile. */
export const shapingOptions = {
  duration: duration(
    "LENGTH",
    "90m, 4h, 1h30m or seconds; up to 1h: one session of that length, not renewed",
    { examples: ["90m", "4h", "1h30m"] },
  ),
  single: flag("one session for the whole duration, for programs that can't renew credentials"),
  sessionName: text("NAME", "role session name (default: the user name)"),
  policyArn: list("ARN", "managed session policy, up to 10"),
  policyFile: text("FILE", "inline session policy, a JSON file"),
  tag: tags("session tag"),
  sourceIdentity: text("TEXT", "source identity, seen in CloudTrail"),
} as const;

export const mfaCode = value(
  "CODE",
  "the six digits, if a code is needed (also AWST_MFA_CODE)",
  (typed, name) => readGivenCode(name, typed),
);

/** How a session is obtained and where it is used. */
export const obtainingOptions = {
  mfaCode,
  device: text("NAME", "the MFA device to ask for, by name or serial"),
  refresh: flag("ask for a new code; the old session stays if that fails"),
  region: region("region for the profile or the environment"),
  yes: flag("do not ask before an administrative role in a production account", { short: "y" }),
} as const;

export const format = choice("FORMAT", keyFormats, "print the keys on stdout, in this format");

type ShapingArgs = Omit<ArgsOf<NoArguments, typeof shapingOptions>, keyof CommonArgs>;

/** Returns the options of the session itself. `readText` reads the policy's file; FILE_UNREADABLE. */
export async function readSessionFlags(
  args: ShapingArgs,
  readText: (path: string) => Promise<string>,
): Promise<SessionFlags> {
  const { policyFile: file, policyArn } = args;
  return {
    durationSeconds: args.duration,
    single: args.single || undefined,
    sessionName: args.sessionName,
    policyArns: policyArn.length === 0 ? undefined : policyArn,
    policy: file === undefined ? undefined : await readText(file),
    policyFile: file === undefined || file === "-" ? undefined : absolutePath(file, resolve),
    tags: args.tag,
    sourceIdentity: args.sourceIdentity,
  };
}

/** credential-process has none of these. */
type ObtainingArgs = Partial<Omit<ArgsOf<NoArguments, typeof obtainingOptions>, keyof CommonArgs>>;

/** Returns the request for `obtainSession`. Errors: those of `readSessionFlags`. */
export async function readSessionRequest(
  args: ShapingArgs & Pick<CommonArgs, "identity"> & ObtainingArgs,
  { account, role }: AccountAndRole,
  how: Pick<SessionRequest, "requester" | "keysAreFixed">,
  readText: (path: string) => Promise<string>,
): Promise<SessionRequest> {
  return {
    account,
    role,
    identity: args.identity,
    flags: await readSessionFlags(args, readText),
    code: args.mfaCode,
    device: args.device,
    refresh: args.refresh ?? false,
    isConfirmed: args.yes ?? false,
    ...how,
  };
}

/** Returns the request of a command that acts as an IAM user: its purpose, the line that repeats it, a code. */
export function readUserRequest(args: CommonArgs & { readonly mfaCode?: Secret | undefined }) {
  return { purpose: args.command, retry: commandLine(args.fullLine), code: args.mfaCode };
}

/** An option for the name of a region. */
export function region(help: string) {
  return value("REGION", help, readRegion);
}

function readRegion(typed: string, name: string): string {
  if (isRegion(typed)) return typed;
  throw new AwstError("USAGE", `${name} ${JSON.stringify(typed)} is not the name of a region`, {
    hint: `${name} eu-west-1`,
  });
}

function readTags(texts: readonly string[], name: string): Readonly<Record<string, string>> {
  const tags = texts.map((typed): readonly [string, string] => {
    const at = typed.indexOf("=");
    if (at > 0) return [typed.slice(0, at), typed.slice(at + 1)];
    throw new AwstError("USAGE", `${name} ${JSON.stringify(typed)} is not KEY=VALUE`, {
      hint: `${name} team=platform`,
    });
  });
  const keys = new Set<string>();
  for (const [key] of tags) {
    if (keys.has(key.toLowerCase())) {
      throw new AwstError("USAGE", `${name} ${JSON.stringify(key)} is given twice`);
    }
    keys.add(key.toLowerCase());
  }
  return Object.fromEntries(tags);
}
