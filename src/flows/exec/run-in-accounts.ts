// `exec` for several accounts: runs a program once for each role, one after another, so that one code serves all of them.
// A role that fails does not stop the others; Ctrl-C does.

import { exitStatus, isAwstError } from "../../model/errors.ts";
import type { AccountAndRole } from "../../model/session/frecency.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import { childEnvironment } from "../../model/shell/child-environment.ts";
import { credentialsFor } from "../../output/shell/printed-keys.ts";
import { linePrefixes } from "../../output/text-table.ts";
import type { Context } from "../../ports.ts";
import { obtainSession } from "../session/obtain-session.ts";
import { recordPick } from "../target/pick-target.ts";

export interface RunInAccount extends AccountAndRole {
  /** Of the program, or of the error. */
  readonly status: number;
  /** Why there was no session, or why the program did not start. */
  readonly error: string | undefined;
}

/** After one of these, the user wants no other run: Ctrl-C ended the program, or a question. */
const interrupted = 130;

/** Returns one result for each role that was reached. `requestFor`: the request of one role. */
export async function runInAccounts(
  context: Context,
  roles: readonly AccountAndRole[],
  requestFor: (names: AccountAndRole) => Promise<SessionRequest>,
  run: { readonly program: readonly string[]; readonly region: string | undefined },
): Promise<readonly RunInAccount[]> {
  const children = await context.children();
  const prefixes = linePrefixes(labelsOf(roles));
  const done: RunInAccount[] = [];
  for (const [at, names] of roles.entries()) {
    const result = await runInAccount(context, names, requestFor, async (session) => {
      const env = childEnvironment(context.env, credentialsFor(session, run.region), "keys");
      return children.run(run.program, env, { prefix: prefixes[at] });
    });
    done.push(result);
    if (result.status === interrupted) break;
  }
  return done;
}

async function runInAccount(
  context: Context,
  names: AccountAndRole,
  requestFor: (names: AccountAndRole) => Promise<SessionRequest>,
  start: (session: Awaited<ReturnType<typeof obtainSession>>["session"]) => Promise<number>,
): Promise<RunInAccount> {
  try {
    const obtained = await obtainSession(context, await requestFor(names));
    await recordPick(context, obtained);
    return { ...names, status: await start(obtained.session), error: undefined };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return { ...names, status: exitStatus(error), error: error.message };
  }
}

/** The account, and the role where one account has several. */
export function labelsOf(roles: readonly AccountAndRole[]): readonly string[] {
  const isOneRole = new Set(roles.map(({ role }) => role)).size === 1;
  return roles.map(({ account, role }) => (isOneRole ? account : `${account} ${role}`));
}
