import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../../test/support/fake-context.ts";
import { isAwstError } from "../../model/errors.ts";
import { picksName } from "../../model/session/frecency.ts";
import { pickTarget, rememberPick } from "./pick-target.ts";

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

const typed = (account?: string, name?: string) => ({ account, role: name });

describe("pickTarget()", () => {
  test("takes what was typed as it stands, and opens nothing", async () => {
    const context = {
      ...withoutTerminal(),
      configurationFile: () => Promise.reject(new Error("read")),
    };
    const names = await pickTarget(context, typed("nix", "Any"), undefined);
    expect(names).toEqual({ account: "nix", role: "Any" });
  });

  test.each([
    ["adm", { account: "production", role: "Admin", alias: "adm" }],
    ["empty", { account: "main-account", role: "Dev", alias: "empty" }],
  ])(
    "the alias %s needs no terminal, and no configuration file once it is cached",
    async (name, role) => {
      const context = withoutTerminal();
      expect(await pickTarget(context, typed(name), undefined)).toEqual(role);
      const again = {
        ...context,
        configurationFile: () => Promise.reject(new Error("read")),
      };
      expect(await pickTarget(again, typed(name), undefined)).toEqual(role);
    },
  );

  test.each(["constructor", "__proto__", "Adm", "ad"])("%j is no alias", async (name) => {
    const error = await pickTarget(withoutTerminal(), typed(name), undefined).catch(
      (each: unknown) => each,
    );
    expect(isAwstError(error, "ACCOUNT_UNKNOWN")).toBe(true);
  });

  test("offers every account's roles, most used first", async () => {
    const { machine, context, seen } = typist("production Admin");
    await rememberPick(context, { account: "production", role: "Admin" });
    machine.advance(3600);
    await rememberPick(context, { account: "main-account", role: "Admin" });
    machine.advance(3600);
    await rememberPick(context, { account: "main-account", role: "Admin" });
    const picked = await pickTarget(context, typed(), undefined);
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
    await pickTarget(context, typed("main-account"), undefined);
    expect(seen[0]).toMatch(/^main-account Dev \| empty, 111111111111, no code until \d\d:\d\d$/);
  });

  test("an account alone: a picker of its roles", async () => {
    const { context, seen } = typist("main-account Admin");
    const names = await pickTarget(context, typed("main-account"), undefined);
    expect(names).toEqual({ account: "main-account", role: "Admin" });
    expect(seen).toHaveLength(2);
    expect(context.asked).toEqual(["role of main-account"]);
  });

  test("the account found by a part of its name is printed", async () => {
    const { context } = typist("main-account Dev");
    await pickTarget(context, typed("main"), undefined);
    expect(context.messages).toEqual(['using "main-account" for "main"']);
  });

  test("a part of several accounts' names leaves those to choose from", async () => {
    const { context, seen } = typist("production Admin");
    await pickTarget(context, typed("n"), undefined);
    expect(seen.map((each) => each.split(" | ")[0]).sort()).toEqual([
      "main-account Admin",
      "main-account Dev",
      "production Admin",
    ]);
    const error = await pickTarget(withoutTerminal(), typed("n"), undefined).catch(
      (each: unknown) => each,
    );
    expect(isAwstError(error, "ACCOUNT_UNKNOWN")).toBe(true);
  });

  test("where only one role is configured it is used without a prompt, but a terminal is required", async () => {
    const only = {
      ...base,
      accounts: new Map([["production", { ...main, name: "production", roles: ["Admin"] }]]),
    };
    const machine = makeFakeMachine(only);
    const context = machine.process({ types: () => "nothing" });
    expect(await pickTarget(context, typed(), undefined)).toMatchObject({ role: "Admin" });
    expect(context.asked).toEqual([]);
    const error = await pickTarget(machine.process(), typed(), undefined).catch(
      (each: unknown) => each,
    );
    expect(isAwstError(error, "CHOICE_NEEDED")).toBe(true);
  });

  test("an account's only role is chosen, and printed", async () => {
    const context = withoutTerminal();
    const names = await pickTarget(context, typed("production"), undefined);
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
    const error = await pickTarget(withoutTerminal(), args, undefined).catch(
      (thrown: unknown) => thrown,
    );
    expect(isAwstError(error, code) && { hint: error.hint }).toEqual({ hint });
  });
});

describe("rememberPick()", () => {
  const dev = { account: "main-account", role: "Dev" };

  test("counts what is typed twice in a row once", async () => {
    const machine = makeFakeMachine(configuration);
    const context = machine.process();
    await rememberPick(context, dev);
    const once = machine.state.get(picksName);
    machine.advance(60);
    await rememberPick(context, dev);
    expect(machine.state.get(picksName)).toEqual(once);
    machine.advance(3600);
    await rememberPick(context, dev);
    expect(machine.state.get(picksName)).not.toEqual(once);
  });
});
