import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../../test/support/fake-context.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import type { SessionEntry } from "../../model/session/session-index.ts";
import { listSessions } from "./list-sessions.ts";

const me = "main-account";
const base = configurationOf([role("Dev", 4), role("Batch", 8, { session: "single" })]);
const main = base.accounts.get(me);
const identity = base.identities.get(me);
if (main === undefined || identity === undefined) throw new Error("the fake has changed");
const configuration: Configuration = {
  ...base,
  identities: new Map([
    [me, identity],
    ["other-org", { ...identity, name: "other-org" }],
  ]),
  accounts: new Map([
    [me, main],
    ["theirs", { ...main, name: "theirs", roles: ["Dev"], identity: "other-org" }],
  ]),
};

function contextWith(notes: readonly Partial<SessionEntry>[], how: Partial<Configuration> = {}) {
  const machine = makeFakeMachine({ ...configuration, ...how });
  const expiresAt = new Date(machine.time.getTime() + 3600_000).toISOString();
  const plain = { kind: "role", identity: me, account: me, accessKeyId: "A", expiresAt };
  const entries = notes.map((note, number) => [`item ${number}`, { ...plain, ...note }]);
  machine.state.set("sessions", Object.fromEntries(entries));
  return { machine, context: machine.process() };
}

describe("listSessions()", () => {
  test("every account with the roles offered there, as whom they are assumed", async () => {
    const { context } = contextWith([]);
    const { accounts } = await listSessions(context);
    expect(
      accounts.map(({ name, identity, roles }) => [name, identity, roles.map((r) => r.name)]),
    ).toEqual([
      [me, me, ["Dev", "Batch"]],
      ["theirs", "other-org", ["Dev"]],
    ]);
  });

  test("--identity: the accounts that this one can reach", async () => {
    const { context } = contextWith([]);
    const { accounts, identities } = await listSessions(context, { identity: "other-org" });
    expect(accounts.map(({ name, identity }) => [name, identity])).toEqual([
      [me, "other-org"],
      ["theirs", "other-org"],
    ]);
    expect(identities.map(({ name }) => name)).toEqual(["other-org"]);
    await expect(listSessions(context, { identity: "nix" })).rejects.toMatchObject({
      code: "IDENTITY_UNKNOWN",
    });
  });

  test.each([
    ["theirs", "theirs", "other-org"],
    ["thei", "theirs", "other-org"],
    ["main", me, me],
  ])("--account %s: that account and its identity", async (account, name, identity) => {
    const { context } = contextWith([]);
    const { accounts, identities } = await listSessions(context, { account });
    expect(accounts).toMatchObject([{ name, identity }]);
    expect(identities.map((each) => each.name)).toEqual([identity]);
  });

  test("--account with --identity: the account as this identity, if it can reach it", async () => {
    const { context } = contextWith([]);
    const list = (account: string, identity: string) =>
      listSessions(context, { account, identity });
    expect((await list(me, "other-org")).accounts).toMatchObject([
      { name: me, identity: "other-org" },
    ]);
    expect(await list("theirs", me)).toEqual({ accounts: [], identities: [] });
  });

  test.each(["nix", "", "i"])("--account %j is no account, or more than one", async (account) => {
    const { context } = contextWith([]);
    await expect(listSessions(context, { account })).rejects.toMatchObject({
      code: "ACCOUNT_UNKNOWN",
    });
  });

  test("live sessions, and until when no code is needed", async () => {
    const machine = contextWith([]).machine;
    const codeAt = new Date(machine.time.getTime() - 3600_000).toISOString();
    const { context } = contextWith([
      { kind: "mfa", codeAt, expiresAt: "2026-03-02T00:00:00Z" },
      { role: "Dev" },
    ]);
    const [account] = (await listSessions(context)).accounts;
    const [dev, batch] = account?.roles ?? [];
    expect(dev?.sessions).toHaveLength(1);
    expect(dev?.withoutCodeUntil).toEqual(new Date("2026-03-01T15:00:00Z"));
    expect(batch).toMatchObject({ sessions: [], withoutCodeUntil: undefined });
  });

  test("by AWS's clock, not by this machine's", async () => {
    const { machine, context } = contextWith([{ role: "Dev" }]);
    machine.state.set("clock", { skewMs: 2 * 3600_000 });
    expect((await listSessions(context)).accounts[0]?.roles[0]?.sessions).toEqual([]);
  });

  test("a role that was only tried is listed while its session is known", async () => {
    const tried = [{ role: "Tried" }];
    const names = async (how: Partial<Configuration>) =>
      (await listSessions(contextWith(tried, how).context)).accounts[0]?.roles.map(
        ({ name }) => name,
      );
    expect(await names({ rolesAreConfigured: false })).toEqual(["Dev", "Batch", "Tried"]);
    expect(await names({ rolesAreConfigured: true })).toEqual(["Dev", "Batch"]);
  });
});
