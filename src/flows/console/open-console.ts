// Opens the AWS console as a role: gets a session, a sign-in token for it, and the link that signs a browser in. The
// link is passed to the browser in a file, or printed.

import { fallbackRegion } from "../../model/aws/partition.ts";
import {
  argsWithPage,
  readBrowserCommand,
  redirectPage,
} from "../../model/console/browser-command.ts";
import { consolePage, consoleRegion, signInLink } from "../../model/console/console-links.ts";
import { browserSeconds } from "../../model/console/sign-in.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import { secondsLeft } from "../../model/session/session.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { SignInResponse } from "../../ports/console.ts";
import type { Context, Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { obtainSession } from "../session/obtain-session.ts";

export interface ConsoleRequest {
  /** --region */
  readonly region: string | undefined;
  /** --service */
  readonly service: string | undefined;
  /** --print: the link is printed and no browser is opened. */
  readonly print: boolean;
  /** --browser or AWST_BROWSER; undefined: the default browser. */
  readonly browser: string | undefined;
}

export interface OpenedConsole {
  readonly obtained: ObtainedSession;
  readonly destination: string;
  readonly link: Secret;
  readonly opened: boolean;
}

/** Errors: those of `obtainSession`, USAGE, AWS_*, BROWSER_MISSING, FILE_UNWRITABLE. */
export async function openConsole(
  context: Context,
  request: SessionRequest,
  options: ConsoleRequest,
): Promise<OpenedConsole> {
  const browser = options.print ? undefined : await findBrowser(context, request, options);
  checkPage(options);
  const obtained = await obtainSession(context, request);
  const { session, account, role } = obtained;
  const destination = consolePage(consoleRegion(options.region, session.region), options.service);
  const { token, service } = await exchange(context, request, obtained);
  const link = signInLink(service, token, destination);
  context.state.record("console-link-issued", {
    identity: obtained.identity,
    account,
    role,
    accessKeyId: session.keys.accessKeyId,
  });
  if (browser === undefined) return { obtained, destination, link, opened: false };
  const command =
    options.browser === undefined
      ? undefined
      : readBrowserCommand(options.browser, { account, role });
  await browser.open(
    redirectPage(link, command?.leadsTo),
    command && ((page) => argsWithPage(command, page)),
  );
  return { obtained, destination, link, opened: true };
}

/** Finds errors that need no AWS call before an MFA code is asked for. */
async function findBrowser(
  context: Needs<"browser">,
  { account, role }: SessionRequest,
  options: ConsoleRequest,
) {
  const browser = await context.browser();
  if (options.browser !== undefined) readBrowserCommand(options.browser, { account, role });
  else if (!browser.isHere()) {
    throw new AwstError("BROWSER_MISSING", "there is no desktop here to open a browser on", {
      hint: commandLine(["awst", "console", account, role, "--print"]),
    });
  }
  return browser;
}

/** Throws USAGE for a page that exists in no partition. */
function checkPage({ region, service }: ConsoleRequest): void {
  const isAddress = /^https?:/i.test(service ?? "");
  if (region !== undefined || !isAddress) consolePage(region ?? fallbackRegion, service);
}

async function exchange(
  context: Context,
  request: SessionRequest,
  obtained: ObtainedSession,
): Promise<Exclude<SignInResponse, { refused: true }>> {
  const { session, account, role, identity } = obtained;
  const { flags } = request;
  const configuration = await loadConfiguration(context);
  const target =
    obtained.target ??
    resolveTarget(configuration, {
      ...{ account, role, identity, flags },
      env: context.env,
    });
  const { now, skewMs } = context.clock();
  const left = secondsLeft(session.keys.expiresAt, now, skewMs);
  const durationSeconds = browserSeconds(target.mode, session, left);
  const signIn = await context.signIn();
  const allowedHosts = configuration.signInHosts;
  const ask = { keys: session.keys, region: session.region, allowedHosts };
  let answer = await signIn.getToken({ ...ask, durationSeconds });
  // AWS may refuse a duration. Without one, the browser's session ends with the credentials.
  if ("refused" in answer && durationSeconds !== undefined) {
    answer = await signIn.getToken({ ...ask, durationSeconds: undefined });
  }
  if (!("refused" in answer)) return answer;
  const whose = `the session of ${account} ${role}`;
  throw new AwstError("AWS_DENIED", `the console's sign-in service refused ${whose} (HTTP 400)`, {
    hint: `to get a new session: ${commandLine(["awst", "console", account, role, "--refresh"])}`,
  });
}
