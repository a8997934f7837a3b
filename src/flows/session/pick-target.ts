// Finds the account and the role: typed, or picked on the terminal, most used first. Without a terminal nothing is
// guessed.

import type { Account, Configuration } from "../../model/configuration/configuration.ts";
import { rolesWithProfiles } from "../../model/configuration/find-in-configuration.ts";
import { AwstError } from "../../model/errors.ts";
import { configCacheFile } from "../../model/session/config-cache.ts";
import {
  type AccountAndRole,
  pickKey,
  picksFile,
  rankNames,
  withPick,
} from "../../model/session/frecency.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { clockText } from "../../output/session/session-report.ts";
import type { Choice } from "../../ports/prompts.ts";
import type { Needs } from "../../ports.ts";
import { type Listing, listSessions } from "./list-sessions.ts";
import { loadAndCacheConfiguration, resolveAccount } from "./load-configuration.ts";

/** The same pick within this time counts once, which saves a write on every warm start. */
const samePickMs = 10 * 60 * 1000;

export interface PickedRole extends AccountAndRole {
  /** The alias that was typed. */
  readonly alias?: string | undefined;
}

type PickContext = Needs<
  "configurationFile" | "state" | "paths" | "fileFingerprint" | "now" | "clock" | "terminal" | "say"
>;

/**
 * An alias comes before an account of the same name. An alias in the cached configuration needs no file.
 * Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN where nothing is offered, CHOICE_NEEDED, INTERRUPTED.
 */
export async function pickTarget(
  context: PickContext,
  typed: { readonly account: string | undefined; readonly role: string | undefined },
  identity: string | undefined,
  command = "assume",
): Promise<PickedRole> {
  if (typed.account !== undefined && typed.role !== undefined) {
    return { account: typed.account, role: typed.role };
  }
  const cached = typed.account === undefined ? undefined : readCachedAlias(context, typed.account);
  if (cached !== undefined) return cached;
  const { configuration } = await loadAndCacheConfiguration(context);
  const alias = configuration.aliases.get(typed.account ?? "");
  if (alias !== undefined) return { ...alias, alias: typed.account };
  return pickFromOffers(context, configuration, { ...typed, identity, command });
}

function readCachedAlias(
  { paths, fileFingerprint, state }: Pick<PickContext, "paths" | "fileFingerprint" | "state">,
  alias: string,
): PickedRole | undefined {
  const { configuration: path } = paths;
  const aliases = state.read(configCacheFile(path, fileFingerprint(path)))?.aliases;
  const names = aliases && Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
  return names && { account: names[0], role: names[1], alias };
}

async function pickFromOffers(
  context: PickContext,
  configuration: Configuration,
  typed: {
    readonly account: string | undefined;
    readonly identity: string | undefined;
    readonly command: string;
  },
): Promise<AccountAndRole> {
  const { identity, command } = typed;
  const accounts = await accountsMeant(context, configuration, typed.account);
  const account = accounts?.length === 1 ? accounts[0] : undefined;
  const listing = await listSessions(context, { identity });
  const offered = offers(configuration, listing).filter(
    (each) => accounts === undefined || accounts.includes(each.account),
  );
  const [first] = offered;
  if (first === undefined) throw nothingOffered(account);
  const isOnly = offered.length === 1;
  if (isOnly && (account !== undefined || (await context.terminal()).isHere())) {
    const where = account === undefined ? "" : ` of ${account}`;
    const what = account === undefined ? `${first.account} ${first.role}` : first.role;
    context.say(`${what} is the only role${where}`);
    return { account: first.account, role: first.role };
  }
  const now = context.now();
  const ranked = rankNames(offered, context.state.read(picksFile), now);
  const terminal = await context.terminal();
  if (!terminal.isHere()) throw choiceNeeded(account, ranked[0] ?? first, command);
  const text = account !== undefined ? `role of ${account}` : "account and role";
  const { account: chosen, role } = await terminal.choose(
    { text },
    ranked.map((each) => toChoice(each, now)),
  );
  return { account: chosen, role };
}

/** Returns undefined for all accounts; several when a part of their names was typed and a terminal can ask. */
async function accountsMeant(
  context: Needs<"say" | "terminal">,
  configuration: Configuration,
  typed: string | undefined,
): Promise<readonly string[] | undefined> {
  if (typed === undefined) return undefined;
  const names = [...configuration.accounts.keys()];
  const parts = typed === "" ? [] : names.filter((name) => name.includes(typed));
  const isOpen = parts.length > 1 && !names.includes(typed);
  if (isOpen && (await context.terminal()).isHere()) return parts;
  return [await resolveAccount(context, configuration, typed)];
}

/** Records the pick for the order of the next picker. */
export async function rememberPick(
  context: Needs<"state" | "now">,
  { account, role }: AccountAndRole,
): Promise<void> {
  const picks = context.state.read(picksFile);
  const key = pickKey(account, role);
  const now = context.now();
  const last = Date.parse((Object.hasOwn(picks, key) && picks[key]?.at) || "");
  if (now.getTime() - last < samePickMs) return;
  context.state.write(picksFile, withPick(picks, key, now));
}

interface Offer extends AccountAndRole {
  readonly accountId: string;
  readonly aliases: readonly string[];
  readonly liveUntil: Date | undefined;
}

function offers(configuration: Configuration, listing: Listing): readonly Offer[] {
  return listing.accounts.flatMap((listed) => {
    const account = configuration.accounts.get(listed.name) as Account;
    const names = rolesWithProfiles(configuration, account);
    return listed.roles
      .filter(({ name }) => names.includes(name))
      .map(({ name, aliases, withoutCodeUntil, sessions }) => {
        const cachedUntil = sessions.find(({ scope }) => scope === undefined)?.expiresAt;
        const liveUntil = latest(withoutCodeUntil, cachedUntil);
        return { account: listed.name, accountId: listed.id, role: name, aliases, liveUntil };
      });
  });
}

function toChoice(offer: Offer, now: Date): Choice<Offer> {
  const { account, accountId, role, aliases, liveUntil } = offer;
  const live = liveUntil && `no code until ${clockText(liveUntil, now)}`;
  return {
    label: `${account} ${role}`,
    hint: [...aliases, accountId, live].filter(Boolean).join(", "),
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
