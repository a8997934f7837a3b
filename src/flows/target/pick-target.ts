// Names the account and the role of a command: as typed, from an alias, from this shell, or picked on the terminal. Names
// that were used before, in an unchanged configuration, are complete, and no file is parsed. Everything else is loaded
// by import() (docs/decisions/lazy-cold-path.md).

import { configCacheFile } from "../../model/session/config-cache.ts";
import {
  type AccountAndRole,
  isLastPick,
  pickKey,
  picksFile,
  withPick,
} from "../../model/session/frecency.ts";
import type { Needs } from "../../ports.ts";
import type { PickContext, PickedRole, TypedTarget } from "./complete-target.ts";

/** The same pick within this time counts once. */
const samePickMs = 10 * 60 * 1000;

/**
 * Returns complete names. An alias comes before an account of the same name.
 * Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE, CHOICE_NEEDED, INTERRUPTED, CONFIGURATION_*.
 */
export async function pickTarget(context: PickContext, typed: TypedTarget): Promise<PickedRole> {
  const known = readKnownNames(context, typed);
  if (known !== undefined) return known;
  const { completeTarget } = await import("./complete-target.ts");
  return completeTarget(context, typed);
}

/** Returns the roles of several accounts (`a,b ROLE`, --all); undefined if one is meant. */
export async function pickTargets(
  context: PickContext,
  typed: TypedTarget & { readonly all: boolean },
): Promise<readonly AccountAndRole[] | undefined> {
  if (!typed.all && !typed.account?.includes(",")) return undefined;
  const { completeTargets } = await import("./complete-target.ts");
  return completeTargets(context, typed);
}

/** Returns names that need no configuration: an alias, or names that were used before. */
function readKnownNames(
  context: PickContext,
  { account, role }: TypedTarget,
): PickedRole | undefined {
  if (account === undefined) return undefined;
  const { configuration: path } = context.paths;
  const cache = context.state.read(configCacheFile(path, context.fileFingerprint(path)));
  if (cache === undefined) return undefined;
  if (role === undefined) {
    const { aliases = {} } = cache;
    const names = Object.hasOwn(aliases, account) ? aliases[account] : undefined;
    return names && { account: names[0], role: names[1], alias: account };
  }
  const isAccount = Object.hasOwn(cache.accounts, account);
  const wasUsed = Object.hasOwn(context.state.read(picksFile), pickKey(account, role));
  return isAccount && wasUsed ? { account, role } : undefined;
}

/** Records the pick for the order of the next picker, and as the last role for `-`. */
export async function recordPick(
  context: Needs<"state" | "now">,
  { account, role }: AccountAndRole,
): Promise<void> {
  const picks = context.state.read(picksFile);
  const key = pickKey(account, role);
  const now = context.now();
  const last = Date.parse((Object.hasOwn(picks, key) && picks[key]?.at) || "");
  const isRecent = now.getTime() - last < samePickMs;
  if (isRecent && isLastPick(picks, key)) return;
  context.state.write(picksFile, withPick(picks, key, now, { counts: !isRecent }));
}
