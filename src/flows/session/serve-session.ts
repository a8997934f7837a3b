// `exec --server`: a program that takes its keys from an endpoint of ours, which renews them while it runs.

import type { SessionRequest } from "../../model/session/session-request.ts";
import { servedEnvironment } from "../../model/shell/child-environment.ts";
import { holdsText } from "../../model/shell/session-report.ts";
import type { Needs } from "../../ports.ts";
import { keepServedSession } from "./keep-served-session.ts";
import type { MakeNeeds } from "./make-session.ts";
import { obtainSession } from "./obtain-session.ts";
import { rememberPick } from "./pick-target.ts";

export type ServeNeeds = MakeNeeds & Needs<"credentialsServer" | "children" | "debug">;

/** The program's exit status. Errors: those of `obtainSession`, FILE_UNWRITABLE, SERVER_FAILED, PROGRAM_*. */
export async function serveSession(
  world: ServeNeeds,
  request: SessionRequest,
  program: { readonly words: readonly string[]; readonly region: string | undefined },
): Promise<number> {
  const first = await obtainSession(world, request);
  const { session, account, role } = first;
  world.say(`${account} ${role} while the program runs: ${holdsText(session, world.now())}`);
  await rememberPick(world, first);
  const region = program.region ?? session.region;
  const kept = await keepServedSession(world, request, first);
  const server = await (await world.credentialsServer()).start({ region, answer: kept.answer });
  const end = new AbortController();
  try {
    // Its own errors end in answers; it is not waited for, since a program's end is the end.
    void kept.keep(end.signal);
    const env = servedEnvironment(world.env, { ...server, region });
    return await (await world.children()).run(program.words, env);
  } finally {
    end.abort();
    await server.close();
  }
}
