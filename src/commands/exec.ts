// awst exec [ACCOUNT [ROLE]] [-- CMD…]: runs a program with the session's credentials in its environment, or with
// --server with an endpoint that renews them. The exit status is the program's.

import { type ArgsOf, type CommandResult, defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import {
  obtainingOptions,
  optionalAccountAndRole,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import { labelsOf, runInAccounts } from "../flows/exec/run-in-accounts.ts";
import { serveSession } from "../flows/exec/serve-session.ts";
import { obtainSession } from "../flows/session/obtain-session.ts";
import { openSubShell } from "../flows/shell/open-sub-shell.ts";
import { countTypedNames } from "../flows/target/count-typed-names.ts";
import { pickTarget, pickTargets, recordPick } from "../flows/target/pick-target.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import type { AccountAndRole } from "../model/session/frecency.ts";
import { childEnvironment } from "../model/shell/child-environment.ts";
import { commandLine } from "../model/text/command-line.ts";
import { fixedText } from "../output/session/session-report.ts";
import { credentialsFor } from "../output/shell/printed-keys.ts";
import type { Style } from "../output/style.ts";
import { textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

const options = {
  ...obtainingOptions,
  all: flag("run in every account that offers the role: `exec --all ROLE -- CMD`"),
  server: flag("credentials that renew while the program runs, instead of fixed ones"),
  ...shapingOptions,
} as const;

export const command = defineCommand({
  name: "exec",
  group: "Sessions",
  summary: "run a program with a session's credentials in its environment",
  details:
    "Without account and role, the program gets the role that this shell has. Without a program, awst opens your shell (SHELL) with the credentials; AWST_SUBSHELL in it has the names of account and role, and awst asks before it opens another one inside. With several accounts, separated by commas, or with --all, the program runs in one account after another, without stdin. Each line that it prints starts with the account's name, a summary follows, and the exit status is the highest one. An account that fails does not stop the others. Credentials in an environment can't renew. A session with less than half of its time left is therefore renewed first, if that needs no code. Signals are passed on, and the program's exit status becomes awst's. With --server the program uses an endpoint on 127.0.0.1, as in a container, and gets renewed credentials from it for as long as it runs. awst never asks for a code then; it prints what to type in another shell. The program sees private copies of ~/.aws/config and ~/.aws/credentials: [default] has no settings for credentials, which SDKs would prefer to the endpoint, and profiles with a secret in them are left out. AWS CLI and boto3 report such a profile as missing, and the AWS SDK for JavaScript uses the endpoint. The copies are deleted when the program ends; if the program changed them, awst says so. The program gets the endpoint's token in a file and in AWS_CONTAINER_AUTHORIZATION_TOKEN, for AWS CLI 2.9, Ansible and rclone; the AWS SDK for JavaScript prints a warning about the second one and works.",
  arguments: optionalAccountAndRole,
  options,
  takesProgram: "optional",
  countNames: countTypedNames,
  conflicts: { all: ["server"] },
  examples: [
    { line: "awst exec main-account DeveloperAccess -- aws s3 ls", meaning: "one command" },
    { line: "awst exec -- terraform plan", meaning: "as the role that this shell has" },
    {
      line: "awst exec production AdminAccess",
      meaning: "a shell with the credentials; exit ends it",
    },
    {
      line: "awst exec production AdminAccess --single --duration 4h -- ./migrate",
      meaning: "four hours in one session",
    },
    {
      line: "awst exec dev,staging ReadOnly -- aws s3 ls",
      meaning: "in several accounts, one after another; each line names its account",
    },
    { line: "awst exec --all ReadOnly -- aws s3 ls", meaning: "in every account with the role" },
    {
      line: "awst exec main-account DeveloperAccess --server -- ./long-job",
      meaning: "credentials that renew while the program runs",
    },
  ],
  async run(context: Context, args) {
    try {
      return await exec(context, args);
    } catch (error) {
      throw await withProgramHint(context, args, error);
    }
  },
});

type ExecArgs = ArgsOf<typeof optionalAccountAndRole, typeof options>;

async function exec(context: Context, args: ExecArgs): Promise<CommandResult> {
  const { region, server } = args;
  const roles = await pickTargets(context, { ...args, withoutNames: "shell" });
  if (roles !== undefined) return execInAccounts(context, args, roles);
  const names = await pickTarget(context, { ...args, withoutNames: "shell" });
  const run =
    args.program.length === 0
      ? await openSubShell(context, names)
      : { program: args.program, env: context.env, note: undefined };
  if (run === undefined) return { exitStatus: 1 };
  const { program } = run;
  const how = { requester: "user", keysAreFixed: !server } as const;
  const request = await readSessionRequest(args, names, how, context.readText);
  if (server) {
    const inRun = { ...context, env: run.env };
    const { note } = run;
    return { exitStatus: await serveSession(inRun, request, { args: program, region, note }) };
  }
  const obtained = await obtainSession(context, request);
  context.say(fixedText(obtained, context.clock().awsNow));
  if (run.note !== undefined) context.say(run.note);
  await recordPick(context, obtained);
  const env = childEnvironment(run.env, credentialsFor(obtained.session, region), "keys");
  return { exitStatus: await (await context.children()).run(program, env) };
}

/** Adds the line with `--` to an error about names of which some may be a program: `exec aws s3`. */
async function withProgramHint(context: Context, args: ExecArgs, error: unknown): Promise<unknown> {
  const { account, role, program, fullLine } = args;
  const typed = [account, role].flatMap((each) => each ?? []);
  const isAboutNames = isAwstError(error, "ACCOUNT_UNKNOWN", "ROLE_UNKNOWN", "USAGE");
  if (!isAboutNames || program.length > 0 || error.hint?.startsWith("did you mean")) return error;
  const count = (await countTypedNames(context, args)) ?? typed.length;
  if (count >= typed.length) return error;
  const options = fullLine.slice(2 + typed.length);
  const before = ["awst", "exec", ...typed.slice(0, count), ...options];
  const line = commandLine([...before, "--", ...typed.slice(count)]);
  const { code, message, hint } = error;
  const isLine = hint === undefined || hint.startsWith("awst ");
  return new AwstError(code, message, {
    hint: isLine ? line : `${hint}; to run a program: ${line}`,
    cause: error,
  });
}

async function execInAccounts(
  context: Context,
  args: ExecArgs,
  roles: readonly AccountAndRole[],
): Promise<CommandResult> {
  const { program, region, server } = args;
  if (program.length === 0 || server) {
    const message = server
      ? "--server works in one account at a time"
      : "type the program to run in several accounts";
    throw new AwstError("USAGE", message, { hint: "awst exec --all ROLE -- CMD" });
  }
  const how = { requester: "user", keysAreFixed: true } as const;
  const requestFor = (names: AccountAndRole) =>
    readSessionRequest(args, names, how, context.readText);
  const done = await runInAccounts(context, roles, requestFor, { program, region });
  const labels = labelsOf(roles);
  const rows = (style: Style) =>
    roles.map((_, at) => {
      const run = done[at];
      if (run === undefined) return [labels[at] ?? "", { text: "not run", paint: style.warn }];
      const text = run.error ?? `status ${run.status}`;
      return [labels[at] ?? "", { text, paint: run.status === 0 ? style.ok : style.fail }];
    });
  const failed = roles.length - done.filter(({ status }) => status === 0).length;
  const total = `${roles.length - failed} of ${roles.length} succeeded`;
  return {
    notes: (style) => [...textTable(rows(style)).trimEnd().split("\n"), total],
    exitStatus: Math.max(0, ...done.map(({ status }) => status)),
  };
}
