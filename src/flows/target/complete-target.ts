// Completes the names of an account and a role, or lets the user pick them on the terminal, most used first. What
// counts as a name, and when awst guesses: `model/session/match-target.ts`.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { findAccount, rolesWithProfiles } from "../../model/configuration/find-in-configuration.ts";
import { AwstError } from "../../model/errors.ts";
import {
  type AccountAndRole,
  pickKey,
  picksFile,
  previousPick,
  rankNames,
} from "../../model/session/frecency.ts";
import {
  type MatchFacts,
  matchTarget,
  roleOfProfile,
  type TargetMatch,
} from "../../model/session/match-target.ts";
import { matchTargets, namesSeveralAccounts } from "../../model/session/match-targets.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { clockText } from "../../output/session/session-report.ts";
import type { Choice } from "../../ports/prompts.ts";
import type { Needs } from "../../ports.ts";
import { type Listing, listSessions } from "../session/list-sessions.ts";
import { loadAndCacheConfiguration } from "../session/load-configuration.ts";
import { readStatus } from "../shell/read-status.ts";

export type PickContext = Needs<
  | "configurationFile"
  | "state"
  | "paths"
  | "fileFingerprint"
  | "env"
  | "now"
  | "clock"
  | "terminal"
  | "say"
>;

export interface PickedRole extends AccountAndRole {
  /** The alias that was typed. */
  readonly alias?: string | undefined;
}

export interface TypedTarget {
  readonly account: string | undefined;
  readonly role: string | undefined;
  /** --identity */
  readonly identity: string | undefined;
  /** The command, for hints: `assume`. */
  readonly command: string;
  /** What counts where no name was typed: the role that this shell has, if it has one; or always the picker. */
  readonly withoutNames: "shell" | "picker";
}

/** Errors: those of `pickTarget`. */
export async function completeTarget(
  context: PickContext,
  typed: TypedTarget,
): Promise<PickedRole> {
  const { configuration } = await loadAndCacheConfiguration(context);
  const { account, role } = typed;
  if (account === undefined) {
    const own =
      typed.withoutNames === "shell" ? await shellRole(context, configuration) : undefined;
    return own ?? pick(context, configuration, typed, undefined);
  }
  // What needs no guess needs no terminal, which is not loaded then.
  const isComplete =
    role !== undefined &&
    configuration.accounts.has(account) &&
    rolesWithProfiles(configuration, findAccount(configuration, account)).includes(role);
  if (isComplete) return { account, role };
  const facts = await readMatchFacts(context, configuration, typed);
  const match = matchTarget({ account, role }, facts);
  if (match.note !== undefined) context.say(match.note);
  if (match.kind === "choose") return pick(context, configuration, typed, match);
  if (!configuration.accounts.has(match.account)) {
    context.say(`account ${match.account} is not in the configuration`);
  }
  return { account: match.account, role: match.role, alias: match.alias };
}

/** Returns the roles of several accounts; undefined if one is meant. Errors: those of `matchTargets`. */
export async function completeTargets(
  context: PickContext,
  typed: TypedTarget & { readonly all: boolean },
): Promise<readonly AccountAndRole[] | undefined> {
  const { configuration } = await loadAndCacheConfiguration(context);
  const { account = "", role, all } = typed;
  if (all && account === "") {
    throw new AwstError("USAGE", "--all needs a role", { hint: "awst exec --all ROLE -- CMD" });
  }
  if (!namesSeveralAccounts({ account, role, all }, configuration)) return undefined;
  const facts = await readMatchFacts(context, configuration, typed);
  const roles = matchTargets({ account, role, all }, facts);
  const { identity } = typed;
  if (identity === undefined || !all) return roles;
  const isOwn = (name: string) =>
    (findAccount(configuration, name).identity ?? configuration.defaultIdentity) === identity;
  return roles.filter((each) => isOwn(each.account));
}

async function readMatchFacts(
  context: PickContext,
  configuration: Configuration,
  { account, command }: TypedTarget,
): Promise<MatchFacts> {
  const picks = context.state.read(picksFile);
  return {
    configuration,
    env: context.env,
    mayGuess: (await context.terminal()).isHere(),
    previous: account === "-" ? previousPick(picks, await shellNames(context)) : undefined,
    wasUsed: (names) => Object.hasOwn(picks, pickKey(names.account, names.role)),
    command,
  };
}

/** Returns the names of the role that this shell has, as far as awst's state knows them. */
async function shellNames(context: PickContext): Promise<AccountAndRole | undefined> {
  const { account, role } = (await readStatus(context)).status;
  return account === undefined || role === undefined ? undefined : { account, role };
}

/** Returns the role of this shell, by its credentials or its profile, and prints it. */
async function shellRole(
  context: PickContext,
  configuration: Configuration,
): Promise<AccountAndRole | undefined> {
  const names = (await shellNames(context)) ?? profileRole(context, configuration);
  if (names !== undefined)
    context.say(`using the role of this shell: ${names.account} ${names.role}`);
  return names;
}

/** The role of AWS_PROFILE, where `profile sync` wrote the profile and no session was made for it. */
function profileRole(
  { env }: PickContext,
  configuration: Configuration,
): AccountAndRole | undefined {
  const profile = env["AWS_PROFILE"] || env["AWS_DEFAULT_PROFILE"];
  if (!profile || env["AWS_ACCESS_KEY_ID"]) return undefined;
  return roleOfProfile(configuration, profile);
}

async function pick(
  context: PickContext,
  configuration: Configuration,
  { identity, command }: TypedTarget,
  match: Extract<TargetMatch, { kind: "choose" }> | undefined,
): Promise<AccountAndRole> {
  const account = match?.account;
  const all = offers(configuration, await listSessions(context, { identity }));
  const offered =
    match === undefined ? all : match.roles.map((role) => offerOf(role, all, configuration));
  const [first] = offered;
  if (first === undefined) throw nothingOffered(account);
  const terminal = await context.terminal();
  if (offered.length === 1 && (account !== undefined || terminal.isHere())) {
    const where = account === undefined ? "" : ` of ${account}`;
    const what = account === undefined ? `${first.account} ${first.role}` : first.role;
    context.say(`${what} is the only role${where}`);
    return { account: first.account, role: first.role };
  }
  const { now, awsNow } = context.clock();
  const ranked = rankNames(offered, context.state.read(picksFile), now);
  if (!terminal.isHere()) throw choiceNeeded(account, ranked[0] ?? first, command);
  const text = account !== undefined ? `role of ${account}` : "account and role";
  const { account: chosen, role } = await terminal.choose(
    { text },
    ranked.map((each) => toChoice(each, awsNow)),
  );
  return { account: chosen, role };
}

interface Offer extends AccountAndRole {
  readonly accountId: string;
  readonly aliases: readonly string[];
  readonly production: boolean;
  readonly liveUntil: Date | undefined;
}

function offers(configuration: Configuration, listing: Listing): readonly Offer[] {
  return listing.accounts.flatMap((listed) => {
    const names = rolesWithProfiles(configuration, findAccount(configuration, listed.name));
    return listed.roles
      .filter(({ name }) => names.includes(name))
      .map(({ name, aliases, withoutCodeUntil, sessions }) => {
        const cachedUntil = sessions.find(({ scope }) => scope === undefined)?.expiresAt;
        const liveUntil = latest(withoutCodeUntil, cachedUntil);
        const { name: account, id: accountId, production } = listed;
        return { account, accountId, role: name, aliases, production, liveUntil };
      });
  });
}

/** A role that is not offered was taken as it was typed. */
function offerOf(
  { account, role }: AccountAndRole,
  all: readonly Offer[],
  configuration: Configuration,
): Offer {
  const offer = all.find((each) => each.account === account && each.role === role);
  if (offer !== undefined) return offer;
  const { id: accountId, production = false } = findAccount(configuration, account);
  return { account, accountId, role, aliases: [], production, liveUntil: undefined };
}

function toChoice(offer: Offer, now: Date): Choice<Offer> {
  const { account, accountId, role, aliases, production, liveUntil } = offer;
  const live = liveUntil && `no code until ${clockText(liveUntil, now)}`;
  return {
    label: `${account} ${role}`,
    hint: [...aliases, accountId, production && "production", live].filter(Boolean).join(", "),
    isAlert: production,
    value: offer,
  };
}

function nothingOffered(account: string | undefined): AwstError {
  if (account !== undefined) {
    return new AwstError(
      "ROLE_UNKNOWN",
      `no role is offered in account ${JSON.stringify(account)}`,
    );
  }
  return new AwstError("ACCOUNT_UNKNOWN", "no account is configured that offers a role", {
    hint: 'add one under [accounts]: main-account = "12 digits"',
  });
}

function choiceNeeded(
  account: string | undefined,
  example: AccountAndRole,
  command: string,
): AwstError {
  const what =
    account !== undefined ? `a role of ${JSON.stringify(account)}` : "an account and a role";
  return new AwstError("CHOICE_NEEDED", `no terminal to choose ${what} on`, {
    hint: commandLine(["awst", command, example.account, example.role]),
  });
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
