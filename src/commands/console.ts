// awst console [ACCOUNT ROLE]: AWS's console in a browser, as a role. stdout: the link with --print, nothing
// else; it is a secret for as long as it works. --switch-role: a link that holds none.

import { openConsole } from "../flows/console/open-console.ts";
import { linkSwitchRole } from "../flows/console/switch-roles.ts";
import { pickTarget, rememberPick } from "../flows/session/pick-target.ts";
import { readSessionFlags, readSessionRequest } from "../flows/session/read-session-flags.ts";
import { AwstError } from "../model/errors.ts";
import type { AccountAndRole } from "../model/session/frecency.ts";
import { scopeOf } from "../model/session/session-scope.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { flagOption, textOption, type Words } from "../model/words.ts";
import { untilText } from "../output/session/session-report.ts";
import { readRegion } from "../output/shell/printed-keys.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const region = readRegion(words);
  const service = textOption(words, "service");
  const [account, role] = words.arguments;
  if (flagOption(words, "switch-role")) await refuseContradictions(context, words);
  const names = await pickTarget(context, { account, role }, words.identity, "console");
  if (flagOption(words, "switch-role")) return tellSwitch(context, words, names, region);

  const print = flagOption(words, "print");
  const how = { requester: "person", keysAreFixed: true } as const;
  const request = await readSessionRequest(context, words, names, how);
  const browser = textOption(words, "browser") ?? (context.env["AWST_BROWSER"] || undefined);
  const visit = await openConsole(context, request, { region, service, print, browser });
  const { obtained, destination, link, opened } = visit;
  await rememberPick(context, obtained);
  const { keys, accountId } = obtained.session;
  if (words.json) {
    return tellJson(context, {
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
    });
  }
  if (print) await context.out(`${link.reveal()}\n`);
  const until = `the console is open until ${untilText(keys.expiresAt, context.now())}`;
  const what = print ? "the link is a secret and works for 15 min" : `opening ${destination}`;
  context.say(`${obtained.account} ${obtained.role}: ${what}; ${until}`);
}

async function tellSwitch(
  context: Context,
  words: Words,
  names: AccountAndRole,
  region: string | undefined,
): Promise<void> {
  const wish = { identity: words.identity, region, service: textOption(words, "service") };
  const { target, link, destination, userPage } = await linkSwitchRole(context, names, wish);
  const { account, role, identity } = target;
  if (words.json) {
    return tellJson(context, {
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
    });
  }
  await context.out(`${link}\n`);
  const where = userPage === undefined ? "" : ` (${userPage})`;
  context.say(`for a browser that is signed in as the IAM user of ${identity.name}${where}`);
}

function tellJson(context: Context, answer: Readonly<Record<string, unknown>>): Promise<void> {
  return context.out(`${JSON.stringify({ version: 1, ...answer }, null, 2)}\n`);
}

/** The console makes that session, not awst: nothing here shapes it. */
async function refuseContradictions(context: Context, words: Words): Promise<void> {
  const shaped = scopeOf(await readSessionFlags(context, words)) !== undefined;
  const given = ["browser", "mfa-code", "refresh"].find((name) => words.options[name]);
  if (!shaped && given === undefined) return;
  const what = given === undefined ? "options that shape a session" : `--${given}`;
  throw new AwstError("USAGE", `--switch-role and ${what} exclude each other`, {
    hint: "awst console --help",
  });
}
