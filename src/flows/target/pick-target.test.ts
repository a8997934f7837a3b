import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../../test/support/fake-context.ts";
import { isAwstError } from "../../model/errors.ts";
import { picksName } from "../../model/session/frecency.ts";
import { pickTarget, recordPick } from "./pick-target.ts";

const base = configurationOf([role("Dev", 4), role("Admin", 1)]);
const main = base.accounts.get("main-account");
if (main === undefined) throw new Error("the fake has no account");
const configuration = {
  ...base,
  aliases: new Map([
    ["adm", { account: "production", role: "Admin" }],
    // The same name as an account's.
    ["empty", { account: "main-account", role: "Dev" }],
  ]),
  accounts: new Map([
    ["main-account", main],
    ["production", { ...main, name: "production", id: "222222222222", roles: ["Admin"] }],
    ["empty", { ...main, name: "empty", id: "333333333333", roles: [] }],
    ["nothing", { ...main, name: "nothing", id: "444444444444", roles: [] }],
  ]),
};

const withoutTerminal = () => makeFakeMachine(configuration).process();

/** A user who chooses the option with this label; `seen`: the options shown. */
function typist(label: string) {
  const seen: string[] = [];
  const machine = makeFakeMachine(configuration);
  const context = machine.process({ types: () => label });
  const terminal = async () => {
    const real = await context.terminal();
    const choose: typeof real.choose = (question, options) => {
      seen.push(...options.map((option) => `${option.label} | ${option.hint}`));
      return real.choose(question, options);
    };
    return { ...real, choose };
  };
  return { machine, context: { ...context, terminal }, seen };
}

const typed = (account?: string, name?: string) => ({
  account,
  role: name,
  identity: undefined,
  command: "assume",
  withoutNames: "picker" as const,
});

describe("pickTarget()", () => {
  test("names that were used before need no configuration file while it is unchanged", async () => {
    const context = withoutTerminal();
    const names = { account: "main-account", role: "Dev" };
    expect(await pickTarget(context, typed("main-account", "Dev"))).toEqual(names);
    await recordPick(context, names);
    const again = { ...context, configurationFile: () => Promise.reject(new Error("read")) };
    expect(await pickTarget(again, typed("main-account", "Dev"))).toEqual(names);
    await expect(pickTarget(again, typed("main-account", "Admin"))).rejects.toThrow("read");
    const changed = { ...again, fileFingerprint: () => "other" };
    await expect(pickTarget(changed, typed("main-account", "Dev"))).rejects.toThrow("read");
  });

  test("complete names open no terminal", async () => {
    const context = {
      ...withoutTerminal(),
      terminal: () => Promise.reject(new Error("opened")),
    };
    const names = await pickTarget(context, typed("production", "Admin"));
    expect(names).toEqual({ account: "production", role: "Admin" });
  });

  test("a part of a name counts at a terminal, and is printed", async () => {
    const { context } = typist("nothing");
    const names = await pickTarget(context, typed("prod", "adm"));
    expect(names).toMatchObject({ account: "production", role: "Admin" });
    expect(context.messages).toEqual(['using "production Admin" for "prod adm"']);
    await expect(pickTarget(withoutTerminal(), typed("prod", "Admin"))).rejects.toMatchObject({
      code: "ACCOUNT_UNKNOWN",
    });
  });

  test("`-` is the last role that the shell does not have", async () => {
    const { machine, context } = typist("nothing");
    const dev = { account: "main-account", role: "Dev" };
    const admin = { account: "production", role: "Admin" };
    for (const names of [admin, dev, admin, dev]) {
      await recordPick(context, names);
      machine.advance(30);
    }
    expect(await pickTarget(context, typed("-"))).toMatchObject(dev);
    const inShell = { ...context, env: { AWS_PROFILE: "main-account/Dev" } };
    expect(await pickTarget(inShell, typed("-"))).toMatchObject(dev);
    machine.state.set("sessions", {
      item: {
        kind: "role",
        identity: "main-account",
        ...dev,
        accessKeyId: "ASIA1",
        expiresAt: machine.time.toISOString(),
      },
    });
    expect(await pickTarget(inShell, typed("-"))).toMatchObject(admin);
  });

  test("an account that is not configured is named by its id, and reported", async () => {
    const context = withoutTerminal();
    const arn = "arn:aws:iam::999999999999:role/Audit";
    expect(await pickTarget(context, typed(arn))).toMatchObject({
      account: "999999999999",
      role: "Audit",
    });
    expect(context.messages).toEqual(["account 999999999999 is not in the configuration"]);
  });

  test.each([
    [{ AWS_PROFILE: "adm" }, "production Admin"],
    [{ AWS_DEFAULT_PROFILE: "main-account/Dev" }, "main-account Dev"],
    [{ AWS_PROFILE: "main-account Dev" }, "main-account Dev"],
    [{ AWS_PROFILE: "main-account/Dev", AWS_ACCESS_KEY_ID: "AKIA1" }, undefined],
    [{ AWS_PROFILE: "of-others" }, undefined],
    [{}, undefined],
  ])("without names, the role of the shell with %j is %j", async (env, expected) => {
    const context = { ...withoutTerminal(), env };
    const names = pickTarget(context, { ...typed(), withoutNames: "shell" });
    if (expected === undefined)
      return expect(names).rejects.toMatchObject({ code: "CHOICE_NEEDED" });
    const { account, role } = await names;
    expect(`${account} ${role}`).toBe(expected);
    expect(context.messages).toEqual([`using the role of this shell: ${expected}`]);
  });

  test.each([
    ["adm", { account: "production", role: "Admin", alias: "adm" }],
    ["empty", { account: "main-account", role: "Dev", alias: "empty" }],
  ])(
    "the alias %s needs no terminal, and no configuration file once it is cached",
    async (name, role) => {
      const context = withoutTerminal();
      expect(await pickTarget(context, typed(name))).toEqual(role);
      const again = {
        ...context,
        configurationFile: () => Promise.reject(new Error("read")),
      };
      expect(await pickTarget(again, typed(name))).toEqual(role);
    },
  );

  test.each(["constructor", "__proto__", "Adm", "ad"])("%j is no alias", async (name) => {
    const error = await pickTarget(withoutTerminal(), typed(name)).catch((each: unknown) => each);
    expect(isAwstError(error, "ACCOUNT_UNKNOWN")).toBe(true);
  });

  test("offers every account's roles, most used first", async () => {
    const { machine, context, seen } = typist("production Admin");
    await recordPick(context, { account: "production", role: "Admin" });
    machine.advance(3600);
    await recordPick(context, { account: "main-account", role: "Admin" });
    machine.advance(3600);
    await recordPick(context, { account: "main-account", role: "Admin" });
    const picked = await pickTarget(context, typed());
    expect(picked).toEqual({ account: "production", role: "Admin" });
    expect(seen.map((each) => each.split(" | ")[0])).toEqual([
      "main-account Admin",
      "production Admin",
      "main-account Dev",
    ]);
    expect(context.asked).toEqual(["account and role"]);
  });

  test("shows the alias, and until when no code is needed", async () => {
    const { machine, context, seen } = typist("main-account Dev");
    const codeAt = machine.time.toISOString();
    const expiresAt = new Date(machine.time.getTime() + 12 * 3600_000).toISOString();
    const note = { kind: "mfa", identity: "main-account", accessKeyId: "A", codeAt, expiresAt };
    machine.state.set("sessions", { item: note });
    await pickTarget(context, typed("main-account"));
    expect(seen[0]).toMatch(/^main-account Dev \| empty, 111111111111, no code until \d\d:\d\d$/);
  });

  test("an account alone: a picker of its roles", async () => {
    const { context, seen } = typist("main-account Admin");
    const names = await pickTarget(context, typed("main-account"));
    expect(names).toEqual({ account: "main-account", role: "Admin" });
    expect(seen).toHaveLength(2);
    expect(context.asked).toEqual(["role of main-account"]);
  });

  test("the account found by a part of its name is printed", async () => {
    const { context } = typist("main-account Dev");
    await pickTarget(context, typed("main"));
    expect(context.messages).toEqual(['using "main-account" for "main"']);
  });

  test("a part of several accounts' names leaves those to choose from", async () => {
    const { context, seen } = typist("production Admin");
    await pickTarget(context, typed("n"));
    expect(seen.map((each) => each.split(" | ")[0]).sort()).toEqual([
      "main-account Admin",
      "main-account Dev",
      "production Admin",
    ]);
    const error = await pickTarget(withoutTerminal(), typed("n")).catch((each: unknown) => each);
    expect(isAwstError(error, "ACCOUNT_UNKNOWN")).toBe(true);
  });

  test("where only one role is configured it is used without a prompt, but a terminal is required", async () => {
    const only = {
      ...base,
      accounts: new Map([["production", { ...main, name: "production", roles: ["Admin"] }]]),
    };
    const machine = makeFakeMachine(only);
    const context = machine.process({ types: () => "nothing" });
    expect(await pickTarget(context, typed())).toMatchObject({ role: "Admin" });
    expect(context.asked).toEqual([]);
    const error = await pickTarget(machine.process(), typed()).catch((each: unknown) => each);
    expect(isAwstError(error, "CHOICE_NEEDED")).toBe(true);
  });

  test("an account's only role is chosen, and printed", async () => {
    const context = withoutTerminal();
    const names = await pickTarget(context, typed("production"));
    expect(names).toEqual({ account: "production", role: "Admin" });
    expect(context.messages).toEqual(["Admin is the only role of production"]);
  });

  test.each([
    [typed(), "CHOICE_NEEDED", "awst assume main-account Dev"],
    [typed("main-account"), "CHOICE_NEEDED", "awst assume main-account Dev"],
    [typed("nothing"), "ROLE_UNKNOWN", undefined],
    [typed("nix"), "ACCOUNT_UNKNOWN", expect.any(String)],
    [typed(""), "ACCOUNT_UNKNOWN", expect.any(String)],
  ] as const)("without a terminal %j is %s", async (args, code, hint) => {
    const error = await pickTarget(withoutTerminal(), args).catch((thrown: unknown) => thrown);
    expect(isAwstError(error, code) && { hint: error.hint }).toEqual({ hint });
  });
});

describe("recordPick()", () => {
  const dev = { account: "main-account", role: "Dev" };

  test("counts what is typed twice in a row once", async () => {
    const machine = makeFakeMachine(configuration);
    const context = machine.process();
    await recordPick(context, dev);
    const once = machine.state.get(picksName);
    machine.advance(60);
    await recordPick(context, dev);
    expect(machine.state.get(picksName)).toEqual(once);
    machine.advance(3600);
    await recordPick(context, dev);
    expect(machine.state.get(picksName)).not.toEqual(once);
  });
});
