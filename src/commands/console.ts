// awst console [ACCOUNT ROLE]: opens the AWS console in a browser, signed in as a role. With --print the sign-in link,
// which is a secret while it works, goes to stdout; with --switch-role a link without a secret.

import { type ArgsOf, type CommandResult, defineCommand } from "../args/command.ts";
import { flag, text } from "../args/options.ts";
import {
  obtainingOptions,
  optionalAccountAndRole,
  readSessionRequest,
  shapingOptions,
} from "../args/session-options.ts";
import { openConsole } from "../flows/console/open-console.ts";
import { linkSwitchRole } from "../flows/console/switch-roles.ts";
import { pickTarget, recordPick } from "../flows/target/pick-target.ts";
import type { AccountAndRole } from "../model/session/frecency.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { untilText } from "../output/session/session-report.ts";
import type { Context } from "../ports.ts";

const options = {
  print: flag("print the link, which is a secret, and open nothing"),
  service: text("NAME", "the first page: s3, ec2, s3/buckets/mine, or a console address"),
  browser: text("CMD", "the browser and its arguments (also AWST_BROWSER)"),
  switchRole: flag(
    "print the link of the console's own role switch; it contains no secret, and AWS is not called",
  ),
  ...obtainingOptions,
  ...shapingOptions,
} as const;

const shapingNames = Object.keys(shapingOptions) as (keyof typeof shapingOptions)[];

export const command = defineCommand({
  name: "console",
  group: "Sessions",
  summary: "open the AWS console in a browser, signed in as a role",
  details:
    "Signs the browser in with the role session. The console stays open until these credentials expire, so a session with less than half of its time left is renewed first, if that needs no code. The sign-in link is a secret that works for 15 min: awst passes it to the browser in a file (mode 0600) that is deleted after a minute, never as an argument. AWS signs in only roles like this; an IAM user signs in with a password at https://ACCOUNT.signin.aws.amazon.com/console. --browser (or AWST_BROWSER) is a program with its arguments. {account} and {role} are replaced, so that each role can have its own browser profile. {url} is replaced by the link, which is otherwise added at the end. An argument that contains {url} and more is opened through that file: Firefox opens the link in a container like this. Without account and role, the console opens as the role that this shell has; if the shell has none, awst shows a picker.",
  arguments: optionalAccountAndRole,
  options,
  conflicts: {
    print: ["browser"],
    switchRole: ["browser", "mfaCode", "device", "refresh", ...shapingNames],
  },
  examples: [
    { line: "awst console main-account DeveloperAccess", meaning: "in the default browser" },
    {
      line: "awst console production AdminAccess --service cloudwatch --region us-east-1",
      meaning: "at a service and a region",
    },
    {
      line: "awst console main DeveloperAccess --print | wl-copy",
      meaning: "for another browser, or on a machine without one",
    },
    {
      line: 'awst console main DeveloperAccess --browser "firefox -P {account}"',
      meaning: "a Firefox profile per account",
    },
    {
      line: 'awst console main AdminAccess --browser "google-chrome --profile-directory={role}"',
      meaning: "a Chrome profile per role",
    },
    {
      line: 'awst console main AdminAccess --browser "firefox ext+container:name={role}&url={url}"',
      meaning: "a container per role, with the add-on Open external links in a container",
    },
    {
      line: "awst console production DeveloperAccess --switch-role",
      meaning: "a link to keep, for a browser that is signed in as the user",
    },
  ],
  json: [
    ["kind", "sign-in or switch-role"],
    ["account", "the account's name"],
    ["accountId", "its 12 digits"],
    ["role", "the role's name"],
    ["identity", "the IAM user in the configuration"],
    ["destination", "the page of the console; null: the console chooses"],
    [
      "link",
      "with --print, the sign-in link, a secret; with --switch-role, a link without one; else null",
    ],
    ["opened", "whether a browser was started"],
    ["expiresAt", "when the console session expires, RFC 3339, UTC; null with --switch-role"],
    ["userPage", "with --switch-role, where the IAM user signs in first, if known; else null"],
  ],
  async run(context: Context, args) {
    const names = await pickTarget(context, { ...args, withoutNames: "shell" });
    return args.switchRole ? linkRole(context, args, names) : signIn(context, args, names);
  },
});

type ConsoleArgs = ArgsOf<typeof optionalAccountAndRole, typeof options>;

async function signIn(
  context: Context,
  args: ConsoleArgs,
  names: AccountAndRole,
): Promise<CommandResult> {
  const { region, service, print } = args;
  const how = { requester: "user", keysAreFixed: true } as const;
  const request = await readSessionRequest(args, names, how, context.readText);
  const browser = args.browser ?? (context.env["AWST_BROWSER"] || undefined);
  const console = await openConsole(context, request, { region, service, print, browser });
  const { obtained, destination, link, opened } = console;
  await recordPick(context, obtained);
  const { keys, accountId } = obtained.session;
  const json = {
    kind: "sign-in",
    account: obtained.account,
    accountId,
    role: obtained.role,
    identity: obtained.identity,
    destination,
    link: print ? link.reveal() : null,
    opened,
    expiresAt: rfc3339(keys.expiresAt),
    userPage: null,
  };
  const until = `the console is open until ${untilText(keys.expiresAt, context.clock().awsNow)}`;
  const what = print ? "the link is a secret and works for 15 min" : `opening ${destination}`;
  return {
    json,
    text: print ? `${link.reveal()}\n` : "",
    notes: args.json ? [] : [`${obtained.account} ${obtained.role}: ${what}; ${until}`],
  };
}

/** --switch-role: the console makes that session, not awst. */
async function linkRole(
  context: Context,
  { identity: named, region, service, json }: ConsoleArgs,
  names: AccountAndRole,
): Promise<CommandResult> {
  const { target, link, destination, userPage } = await linkSwitchRole(context, names, {
    identity: named,
    region,
    service,
  });
  const { account, role, identity } = target;
  const where = userPage === undefined ? "" : ` (${userPage})`;
  const note = `for a browser that is signed in as the IAM user of ${identity.name}${where}`;
  return {
    json: {
      kind: "switch-role",
      account: account.name,
      accountId: account.id,
      role: role.name,
      identity: identity.name,
      destination: destination ?? null,
      link,
      opened: false,
      expiresAt: null,
      userPage: userPage ?? null,
    },
    text: `${link}\n`,
    notes: json ? [] : [note],
  };
}
