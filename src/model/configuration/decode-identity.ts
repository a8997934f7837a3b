// The IAM users: the default one from `[profiles]` and `[mfa]`, further ones from `[identities.NAME]`.

import { deviceComplaint } from "../aws/device-serial.ts";
import { suggestion } from "../text/nearest-name.ts";
import type { Account, Identity, PromptKind } from "./configuration.ts";
import { decodeRegion } from "./decode-account.ts";
import { identityKeys, mfaKeys, type profilesKeys, type topKeys } from "./known-keys.ts";
import { openTable, type Path, type Refuse, type Table } from "./toml-table.ts";

const oneWeekMinutes = 10_080;
const mostMinutes = 1_000_000_000n;
const prompts = ["terminal", "gui", "none"] as const;

export function decodeDefaultIdentity(
  top: Table<(typeof topKeys)[number]>,
  profiles: Table<(typeof profilesKeys)[number]>,
  accounts: ReadonlyMap<string, Account>,
  refuse: Refuse,
): Identity {
  const name = profiles.text("mainAccount");
  if (profiles.raw("mainAccount") === undefined) {
    const message = "profiles.mainAccount is missing: the AWS profile that holds your access key";
    const hint = 'add under [profiles]: mainAccount = "main-account"';
    refuse({
      path: top.raw("profiles") === undefined ? [] : profiles.path,
      at: "key",
      message,
      hint,
    });
  }
  if (name !== undefined) checkName(profiles, "mainAccount", name);
  const mfa = top.table("mfa", mfaKeys);
  const minutes = top.integer("keyRotationIntervalMinutes");
  const accountId = accounts.get(name ?? "")?.id || undefined;
  return {
    name: name ?? "",
    accountId,
    awsProfile: name ?? "",
    // awstools wrote both names where they were empty; an empty one is none.
    mfaSessionProfile:
      profiles.raw("mainAccountMfaSession") === ""
        ? undefined
        : profiles.text("mainAccountMfaSession"),
    region: undefined,
    device: decodeDevice(mfa, accountId),
    command: mfa.text("command"),
    prompt: decodePrompt(mfa),
    keyRotationIntervalMinutes: minutes === undefined ? oneWeekMinutes : clampMinutes(minutes),
  };
}

/** What a table says about an identity of its own, or about the default one beyond `[mfa]`. */
export function decodeIdentity(
  name: string,
  value: unknown,
  path: Path,
  facts: { readonly standard: Identity; readonly accounts: ReadonlyMap<string, Account> },
  refuse: Refuse,
): Identity {
  const { standard, accounts } = facts;
  const isDefault = name === standard.name;
  if (/\p{Cc}/u.test(name)) {
    const message = `identity ${JSON.stringify(name)} has a control character in its name`;
    refuse({ path, at: "key", message });
  }
  const table = openTable(value, path, identityKeys, refuse);
  const accountId = decodeHome(table, accounts) ?? (isDefault ? standard.accountId : undefined);
  const awsProfile = table.text("awsProfile");
  if (awsProfile !== undefined) checkName(table, "awsProfile", awsProfile);
  const device = decodeDevice(table, accountId);
  const command = table.text("command");
  for (const key of ["device", "command"] as const) {
    if (isDefault && table.raw(key) !== undefined && standard[key] !== undefined) {
      table.refuse(key, "is set twice", `this is the default identity: leave it to [mfa] ${key}`);
    }
  }
  const minutes = table.integer("keyRotationIntervalMinutes");
  if (minutes !== undefined && minutes < 0n) {
    table.refuse("keyRotationIntervalMinutes", "must be 0 (off) or more");
  }
  return {
    name,
    accountId,
    awsProfile: awsProfile ?? name,
    mfaSessionProfile: isDefault ? standard.mfaSessionProfile : undefined,
    region: decodeRegion(table, "region"),
    device: device ?? (isDefault ? standard.device : undefined),
    command: command ?? (isDefault ? standard.command : undefined),
    prompt: standard.prompt,
    keyRotationIntervalMinutes:
      minutes === undefined ? standard.keyRotationIntervalMinutes : clampMinutes(minutes),
  };
}

/** An account's name, or its 12 digits. */
function decodeHome(
  table: Table<(typeof identityKeys)[number]>,
  accounts: ReadonlyMap<string, Account>,
): string | undefined {
  const text = table.text("account");
  if (text === undefined) return undefined;
  const account = accounts.get(text);
  if (account !== undefined) return account.id || undefined;
  if (/^\d{12}$/.test(text)) return text;
  table.refuse(
    "account",
    `names ${JSON.stringify(text)}, which is no account`,
    suggestion(text, [...accounts.keys()]),
  );
  return undefined;
}

function decodeDevice<Key extends string>(
  table: Table<Key | "device">,
  accountId: string | undefined,
): string | undefined {
  const device = table.text("device");
  const complaint = device === undefined ? undefined : deviceComplaint(device, accountId);
  if (complaint !== undefined) table.refuse("device", complaint.message, complaint.hint);
  return device;
}

function decodePrompt(mfa: Table<(typeof mfaKeys)[number]>): readonly PromptKind[] {
  const written = mfa.texts("prompt");
  if (written === undefined) return ["terminal", "gui"];
  const known = written.filter((each): each is PromptKind => prompts.some((kind) => kind === each));
  const allowed = 'allowed: "terminal", "gui", or "none" alone';
  const stranger = written.find((each) => !prompts.some((kind) => kind === each));
  if (stranger !== undefined) mfa.refuse("prompt", `holds ${JSON.stringify(stranger)}`, allowed);
  if (written.length === 0) mfa.refuse("prompt", "is empty", allowed);
  if (known.includes("none") && known.length > 1)
    mfa.refuse("prompt", 'holds more than "none"', allowed);
  return [...new Set(known)];
}

function checkName<Key extends string>(table: Table<Key>, key: Key, name: string): void {
  if (/[\p{Cc}[\]]/u.test(name)) {
    table.refuse(
      key,
      "has a bracket or a control character, which no AWS profile can have in its name",
    );
  }
}

/** 0 and less: never by itself. */
function clampMinutes(minutes: bigint): number {
  if (minutes < 0n) return 0;
  return Number(minutes > mostMinutes ? mostMinutes : minutes);
}
