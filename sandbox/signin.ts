// The console's federation endpoint. getSigninToken trades a session's keys for a token that is
// good for fifteen minutes; login trades that for a browser session and sends on to the console.
// What AWS refuses is a bare 400 here too.

import { randomBytes, randomUUID } from "node:crypto";
import type { SandboxState } from "./auth/authenticate.ts";
import { type Caller, callerOfSession } from "./auth/caller.ts";
import type { WireRequest } from "./auth/sigv4.ts";
import type { CallLog } from "./calls.ts";
import { consoleDomainOf } from "./cloud/regions.ts";
import { type Answer, parametersOf, pathOf } from "./http.ts";
import type { Parameters } from "./wire/shapes.ts";

const tokenSeconds = 15 * 60;

export interface SignIn {
  isFor(request: WireRequest): boolean;
  answer(request: WireRequest, state: SandboxState): Answer;
}

interface Visit {
  readonly caller: Caller;
  /** Until when the token may be used, and the browser session lasts. */
  readonly tokenEndsAt: Date;
  readonly endsAt: Date;
}

class Refusal extends Error {}

export function startSignIn(log: CallLog): SignIn {
  const tokens = new Map<string, Visit>();
  const visits = new Map<string, Visit>();

  const getSigninToken = (parameters: Parameters, state: SandboxState) => {
    const caller = callerOfKeys(parameters.get("Session"), state);
    const endsAt = endOf(caller, parameters.get("SessionDuration"), state.now);
    const token = randomBytes(480).toString("base64url");
    const tokenEndsAt = new Date(state.now.getTime() + tokenSeconds * 1000);
    tokens.set(token, { caller, tokenEndsAt, endsAt });
    const body = `${JSON.stringify({ SigninToken: token })}\n`;
    return { caller, answer: { status: 200, type: "application/json", body } };
  };

  const login = (parameters: Parameters, state: SandboxState) => {
    const visit = tokens.get(parameters.get("SigninToken") ?? "");
    if (!visit || visit.tokenEndsAt <= state.now) throw new Refusal("Invalid SigninToken");
    const destination = checkDestination(parameters.get("Destination"), visit.caller);
    const id = randomUUID();
    visits.set(id, visit);
    const headers = {
      location: destination,
      "set-cookie": `sandbox-session=${id}; HttpOnly; Path=/`,
    };
    return { caller: visit.caller, answer: { status: 302, type: "text/html", body: "", headers } };
  };

  const showConsole = (request: WireRequest, state: SandboxState): Answer => {
    const id = /sandbox-session=([\w-]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
    const visit = visits.get(id ?? "");
    if (!visit || visit.endsAt <= state.now) return plain(403, "not signed in");
    return plain(200, `signed in as ${visit.caller.arn} until ${visit.endsAt.toISOString()}`);
  };

  const federate = (request: WireRequest, state: SandboxState): Answer => {
    const parameters = parametersOf(request);
    const action = parameters.get("Action") ?? "";
    const record = (result: string, caller?: Caller): void => {
      const who = { accessKeyId: caller?.accessKeyId, userArn: caller?.arn };
      const host = request.headers.get("host") ?? "";
      const ok = result === "ok";
      const call = { action, service: "signin" as const, region: "", host, at: state.now, ...who };
      const sent = new Map([...parameters, ["method", request.method]]);
      log.record({ ...call, result, acted: ok }, sent);
    };
    try {
      const known = { getSigninToken, login }[action];
      if (!known) throw new Refusal(`Invalid action ${action}`);
      const { caller, answer } = known(parameters, state);
      record("ok", caller);
      return answer;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record(error.message);
      return plain(400, error.message);
    }
  };

  return {
    isFor: (request) => ["/federation", "/console", "/switchrole"].includes(pathOf(request)),
    answer(request, state) {
      if (pathOf(request) === "/federation") return federate(request, state);
      if (pathOf(request) === "/console") return showConsole(request, state);
      return showSwitchRole(parametersOf(request), state);
    },
  };
}

function callerOfKeys(text: string | undefined, { cloud, now }: SandboxState): Caller {
  const keys = parse(text);
  const session = cloud.sessions.get(String(keys["sessionId"]));
  const isGood =
    session &&
    session.secret === keys["sessionKey"] &&
    session.token === keys["sessionToken"] &&
    !session.isRevoked &&
    session.expiresAt > now;
  const account = isGood ? cloud.accounts.get(session.accountId) : undefined;
  const caller = account && session && callerOfSession(session, account);
  // A user's own session can't be federated.
  if (!caller || session.kind === "user") throw new Refusal("Invalid credentials parameter");
  return caller;
}

/** A duration may be asked for only with role keys that a long-term key got. */
function endOf(caller: Caller, asked: string | undefined, now: Date): Date {
  const session = caller.session;
  if (!session) throw new Refusal("Invalid credentials parameter");
  if (asked === undefined) return session.expiresAt;
  const seconds = /^\d{1,6}$/.test(asked) ? Number(asked) : Number.NaN;
  if (!(seconds >= 900 && seconds <= 43_200)) throw new Refusal("Invalid SessionDuration");
  if (session.kind !== "role" || session.isChained) {
    throw new Refusal("Invalid credentials parameter");
  }
  return new Date(now.getTime() + seconds * 1000);
}

/** Into the console of the caller's partition, or the sandbox's own. */
function checkDestination(text: string | undefined, caller: Caller): string {
  const url = URL.canParse(text ?? "") ? new URL(text ?? "") : undefined;
  const domain = consoleDomainOf(caller.account.partition);
  const isConsole =
    url?.protocol === "https:" &&
    (url.hostname === `console.${domain}` || url.hostname.endsWith(`.console.${domain}`));
  const isOwn = url?.hostname === "127.0.0.1" && url.pathname === "/console";
  if (!url || !(isConsole || isOwn)) throw new Refusal("Invalid Destination");
  return url.href;
}

/** A page that asks; here it says whether what it would ask for is there. */
function showSwitchRole(parameters: Parameters, { cloud }: SandboxState): Answer {
  const wanted = parameters.get("account") ?? "";
  const account = [...cloud.accounts.values()].find(
    ({ id, alias }) => id === wanted || alias === wanted,
  );
  const name = parameters.get("roleName") ?? "";
  const role = [...(account?.roles.values() ?? [])].find(
    (one) => `${one.path}${one.name}`.slice(1) === name,
  );
  return role ? plain(200, `switch to ${role.arn}`) : plain(404, "no such role");
}

function parse(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Refused below.
  }
  throw new Refusal("Invalid credentials parameter");
}

function plain(status: number, text: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n` };
}
