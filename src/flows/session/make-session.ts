// Everything a warm start need not do: the configuration parsed, the key found, the plan made, and the
// plan carried out in turn with everybody who wants the same session.

import { clockName, clockOf } from "../../model/clock.ts";
import { findAccount } from "../../model/configuration/find-account.ts";
import { roleSessionItem } from "../../model/keychain/items.ts";
import { decodeLearned, learnedName } from "../../model/session/learned.ts";
import { callRegion, resolveTarget, roleIsUnknown } from "../../model/session/resolve-target.ts";
import {
  decodeRoleSession,
  freshnessMarginSeconds,
  type RoleSession,
  secondsLeft,
} from "../../model/session/session.ts";
import {
  decodeSessionIndex,
  hasEnded,
  sessionIndexName,
} from "../../model/session/session-index.ts";
import { planSession } from "../../model/session/session-plan.ts";
import {
  type ObtainedSession,
  patienceEnds,
  type SessionRequest,
} from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { Needs } from "../../ports.ts";
import { carryOut } from "./carry-out-plan.ts";
import { rewriteSession } from "./keep-session.ts";
import { loadAndRemember } from "./load-configuration.ts";
import { type MfaNeeds, readMfaSession } from "./obtain-mfa-session.ts";
import { openCaller } from "./open-caller.ts";
import type { Situation, Wish } from "./session-wish.ts";
import { takeTurn } from "./take-turn.ts";

export type MakeNeeds = MfaNeeds &
  Needs<"configurationFile" | "debug" | "places" | "stamp" | "keychain" | "awsFiles">;

export async function makeSession(
  world: MakeNeeds,
  request: SessionRequest,
): Promise<ObtainedSession> {
  const wish = await understand(world, request);
  const before = await look(world, wish);
  if (before.plan.do === "hand-out" && before.held) {
    return obtained(wish, await restamp(world, wish, before.held), "kept");
  }
  const made = await takeTurn(world, {
    lock: `role-${wish.item}`,
    holder: wish.words,
    asker: request.asker,
    deadline: wish.deadline,
    look: async () => {
      const { plan, held } = await look(world, wish, before);
      return plan.do === "hand-out" && held ? { session: held, usedCode: false } : undefined;
    },
    work: async () => carryOut(world, wish, await look(world, wish, before)),
  });
  if (made.usedCode) hintAtImport(world, wish);
  return obtained(wish, made.session, made.usedCode ? "new" : "renewed");
}

/** `before`: a session other than the one seen then satisfies --refresh (somebody else was quicker). */
async function look(
  world: Needs<"state" | "now">,
  wish: Wish,
  before?: Situation,
): Promise<Situation> {
  const { target, request, caller } = wish;
  const { now, awsNow, skewMs } = clockOf(world.state.read(clockName), world.now());
  const held = await readHeld(wish);
  const mfa = await readMfaSession(world, caller);
  const learned = decodeLearned(world.state.read(learnedName), now);
  const note = decodeSessionIndex(world.state.read(sessionIndexName))[wish.item];
  const seen = before?.held?.keys.accessKeyId;
  const isNewer = before !== undefined && held !== undefined && held.keys.accessKeyId !== seen;
  const plan = planSession({
    mode: target.mode,
    now: awsNow,
    workSeconds: wish.workSeconds,
    durationSeconds: target.durationSeconds,
    held: held && {
      secondsLeft: secondsLeft(held.keys.expiresAt, now, skewMs),
      lengthSeconds: (held.keys.expiresAt.getTime() - held.issuedAt.getTime()) / 1000,
      marginSeconds: freshnessMarginSeconds(held),
    },
    mfa: mfa && { codeAt: mfa.codeAt, secondsLeft: secondsLeft(mfa.keys.expiresAt, now, skewMs) },
    refresh: request.refresh && !isNewer,
    keysAreFixed: request.keysAreFixed,
    refusedBefore: learned.refusals[target.fingerprint] !== undefined,
    refusedSeconds: learned.maxima[target.inputs.roleArn]?.refusedSeconds,
    isOver: request.asker === "machine" && hasEnded(note, held?.keys.expiresAt, awsNow),
  });
  return { plan, held, mfa };
}

async function understand(world: MakeNeeds, request: SessionRequest): Promise<Wish> {
  const loaded = await loadAndRemember(world);
  const { configuration } = loaded;
  const names = [...configuration.accounts.keys()];
  const mayGuess = request.asker === "person";
  const { name: account, guessed } = findAccount(names, request.account, { mayGuess });
  if (guessed) world.say(`"${request.account}" is taken for ${account}`);
  const { role, identity, flags } = request;
  const target = resolveTarget(configuration, { account, role, identity, flags, env: world.env });
  if (mayGuess && roleIsUnknown(configuration, role)) {
    world.say(
      `${role} is in no [roles]: tried with 1 h (to set another time: [roles.${role}] duration = "4h")`,
    );
  }
  const { region, source } = callRegion(target.identity, configuration, world.env);
  if (source === "fallback") sayFallbackOnce(world, region);
  const caller = await openCaller(world, loaded, target.identity, region);
  const scope = target.scoped ? scopeOf(flags) : undefined;
  return {
    request,
    target,
    caller,
    scope,
    item: roleSessionItem(target.identity.name, account, role, scope),
    deadline: request.asker === "machine" ? patienceEnds(world.now()) : undefined,
    words: `${request.asker === "machine" ? "credential-process" : "assume"} ${account} ${role}`,
    workSeconds: target.mode === "once" ? target.role.durationSeconds : target.durationSeconds,
  };
}

async function readHeld(wish: Wish): Promise<RoleSession | undefined> {
  const { caller, target, item } = wish;
  const session = decodeRoleSession(await caller.keychain.read(item));
  if (session === undefined) return undefined;
  const fits =
    session.fingerprint === target.fingerprint &&
    session.signedBy === caller.key.accessKeyId &&
    session.environment === caller.environment;
  return fits ? session : undefined;
}

/** The configuration's text changed, what shapes this session did not: the next start is warm again. */
async function restamp(world: Needs<"debug">, wish: Wish, held: RoleSession): Promise<RoleSession> {
  const { configurationStamp, keychain } = wish.caller;
  if (held.configurationStamp === configurationStamp) return held;
  const session = { ...held, configurationStamp, region: wish.target.workRegion };
  await rewriteSession(world, keychain, wish.item, session);
  return session;
}

/** With a code, and so a few times a day: the key can be kept better than in a plain file. */
function hintAtImport(world: Needs<"say">, { request, caller }: Wish): void {
  const { key, identity } = caller;
  if (request.asker === "machine" || key.source === "keychain") return;
  const where = `${key.accessKeyId} lies in plain text in AWS profile "${identity.awsProfile}"`;
  world.say(`${where}: \`awst key import\` moves it into the keychain`);
}

/** us-east-1 because nothing names another region: said once per machine. */
function sayFallbackOnce(world: Needs<"state" | "say">, region: string): void {
  if (world.state.read("fallback-region") === region) return;
  world.state.replace("fallback-region", region);
  world.say(`no region is configured: AWS is called in ${region} (set defaultRegion to change it)`);
}

function obtained(wish: Wish, session: RoleSession, how: ObtainedSession["how"]): ObtainedSession {
  const { identity, account, role } = wish.target;
  return {
    session,
    identity: identity.name,
    account: account.name,
    role: role.name,
    how,
    target: wish.target,
  };
}
