// --json prints the fields of docs/commands.md and no others, and no secret.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonField } from "../../src/args/command.ts";
import { loadDefinitions } from "../../src/cli/commands.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";

const commands = (await loadDefinitions()).filter(({ json }) => json);
const role = ["main-account", "DeveloperAccess"];
const asAdmin = ["--as", "main-account/AdminAccess"];
const newUser = ["carol", "--email", "carol@example.com", "--yes", "--out", "s", ...asAdmin];
const rules = ["--recipes", "recipes.json"];
const lines: Readonly<Record<string, readonly string[]>> = {
  assume: ["assume", ...role],
  console: ["console", ...role, "--switch-role"],
  "export switch-roles": ["export", "switch-roles"],
  list: ["list"],
  whoami: ["whoami", "--profile", "main-account/DeveloperAccess"],
  status: ["status"],
  "key add": ["key", "add", "--csv", "key.csv"],
  "key import": ["key", "import"],
  "key rotate": ["key", "rotate"],
  "key schedule": ["key", "schedule"],
  "key list": ["key", "list"],
  "key describe": ["key", "describe", "OTHER", "laptop"],
  "key activate": ["key", "activate", "OTHER"],
  "key deactivate": ["key", "deactivate", "OTHER"],
  "key delete": ["key", "delete", "OTHER", "--yes"],
  "mfa list": ["mfa", "list"],
  "mfa add": ["mfa", "add", "laptop", "--store"],
  "mfa remove": ["mfa", "remove", "main-2", "--yes"],
  "mfa resync": ["mfa", "resync", "--device", "laptop"],
  "mfa replace": ["mfa", "replace", "--device", "laptop", "--store"],
  "mfa store": ["mfa", "store", "--yes"],
  "mfa code": ["mfa", "code"],
  "mfa forget": ["mfa", "forget"],
  "profile sync": ["profile", "sync"],
  "profile list": ["profile", "list"],
  "profile remove": ["profile", "remove", "main-account/AdminAccess"],
  "keychain passphrase": ["keychain", "passphrase", "--new-file", "passphrase.txt"],
  "config check": ["config", "check"],
  "config path": ["config", "path"],
  "config show": ["config", "show"],
  "config trust": ["config", "trust", "--config", "other.toml", "--keys"],
  init: ["init", "--config", "fresh.toml", "--account", "other=222222222222"],
  import: ["import"],
  doctor: ["doctor", "--online"],
  "admin accounts": ["admin", "accounts", ...asAdmin],
  "admin user list": ["admin", "user", "list", ...asAdmin],
  "admin user show": ["admin", "user", "show", "newcomer", ...asAdmin],
  "admin user create": ["admin", "user", "create", ...newUser],
  "admin user password": ["admin", "user", "password", "carol", "--yes", "--out", "s", ...asAdmin],
  "admin user tag": ["admin", "user", "tag", "carol", "team=platform", "old=", "--yes", ...asAdmin],
  "admin user offboard": [
    "admin",
    "user",
    "offboard",
    "newcomer",
    "--cut-only",
    "--yes",
    ...asAdmin,
  ],
  "admin user restore": ["admin", "user", "restore", "newcomer", "--yes", ...asAdmin],
  "admin group create": ["admin", "group", "create", "--yes", ...rules, ...asAdmin],
  "admin group sort": ["admin", "group", "sort", "--yes", ...rules, ...asAdmin],
  "admin group check": ["admin", "group", "check", ...rules, ...asAdmin],
  "admin dormant report": ["admin", "dormant", "report", "--all", ...asAdmin],
  "admin dormant enforce": ["admin", "dormant", "enforce", "--dry-run", ...asAdmin],
  "admin dormant restore": ["admin", "dormant", "restore", "zoe", "--yes", ...asAdmin],
  "admin deploy dormant": ["admin", "deploy", "dormant", "--yes", ...asAdmin],
  "admin deploy status": ["admin", "deploy", "status", ...asAdmin],
  "admin deploy remove": ["admin", "deploy", "remove", "--yes", ...asAdmin],
  "admin grant": [
    ...["admin", "grant", "newcomer", "222222222222/Deploy", "--for", "30m", "--reason", "x"],
    ...["--yes", ...asAdmin],
  ],
  "admin grants": ["admin", "grants", ...asAdmin],
  "admin revoke": ["admin", "revoke", "newcomer", "222222222222/Deploy", "--yes", ...asAdmin],
  "admin report": ["admin", "report", ...asAdmin],
  "admin policy": ["admin", "policy", "user", "offboard"],
};

/** Commands that run in this order, in a home whose policy allows all of them. */
const lifeOfDevice = ["mfa list", "mfa add", "mfa resync", "mfa replace", "mfa remove"];
const lifeOfKey = ["describe", "list", "deactivate", "activate", "delete", "rotate"].map(
  (each) => `key ${each}`,
);

let home: Home;
const answers = new Map<string, { readonly text: string; readonly value: unknown }>();
beforeAll(async () => {
  home = await makeHome();
  const { accessKeyId, secretAccessKey } = home.sandbox.main;
  home.write("key.csv", `Access key ID,Secret access key\n${accessKeyId},${secretAccessKey}\n`);
  home.write("other.toml", plainConfiguration(home.sandbox));
  home.write("passphrase.txt", home.env["AWST_KEYCHAIN_PASSPHRASE"] ?? "");
  await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  home.write("recipes.json", '{"common_groups":["Everybody"]}');
  const account = home.sandbox.cloud.account(home.sandbox.main.accountId);
  const zoe = account.addUser("zoe", { createdAt: new Date(0) });
  account.addKey("zoe", true, new Date(0));
  zoe.tags.push({ key: "awst:dormant-warned", value: "2020-01-01" });
  for (const [name, argv] of Object.entries(lines)) {
    if (lifeOfDevice.includes(name) || lifeOfKey.includes(name)) continue;
    const isStore = name === "mfa store";
    if (isStore) home.moveClock(30);
    const input = isStore ? home.sandbox.main.seed : undefined;
    const { status, stdout, stderr } = await home.awst([...argv, "--json"], { input });
    expect({ name, status, stderr: status === 0 ? "" : stderr }).toEqual({
      name,
      status: 0,
      stderr: "",
    });
    answers.set(name, { text: stdout, value: JSON.parse(stdout) });
  }
  await liveWithDevices();
  await liveWithKeys();
});
afterAll(() => home.remove());

async function liveWithDevices(): Promise<void> {
  await using open = await makeHome({ sandbox: { fixture: "open" } });
  await open.awst(["assume", ...role, "--mfa-code", open.code()]);
  // Each code is valid once: time passes meanwhile.
  const clock = setInterval(() => open.moveClock(31), 1200);
  try {
    for (const name of lifeOfDevice) {
      const { status, stdout, stderr } = await open.awst([...(lines[name] ?? []), "--json"]);
      expect({ name, status }, stderr).toEqual({ name, status: 0 });
      answers.set(name, { text: stdout, value: JSON.parse(stdout) });
    }
  } finally {
    clearInterval(clock);
  }
}

async function liveWithKeys(): Promise<void> {
  await using open = await makeHome({ sandbox: { fixture: "open" } });
  const { cloud, main } = open.sandbox;
  await open.awst(["key", "import"]);
  await open.awst(["assume", ...role, "--mfa-code", open.code()]);
  const other = cloud.account(main.accountId).addKey(main.userName).id;
  for (const name of lifeOfKey) {
    const argv = (lines[name] ?? []).map((each) => (each === "OTHER" ? other : each));
    const { status, stdout, stderr } = await open.awst([...argv, "--json"]);
    expect({ name, status }, stderr).toEqual({ name, status: 0 });
    answers.set(name, { text: stdout, value: JSON.parse(stdout) });
  }
}

test("every command with --json is run here", () => {
  expect(Object.keys(lines)).toEqual(commands.map(({ name }) => name));
});

describe.each(commands.map((each) => [each.name, each] as const))("%s", (name, { json = [] }) => {
  const documented = ["version", ...json.flatMap(expand)];

  test("prints one object of version 1", () => {
    expect(answers.get(name)?.value).toMatchObject({ version: 1 });
  });

  test("prints the documented fields and no others", () => {
    const printed = pathsOf(answers.get(name)?.value);
    const isDocumented = (path: string) =>
      documented.some((each) => isWithin(path, each) || each.startsWith(`${path}[]`));
    expect(printed.filter((path) => !isDocumented(path))).toEqual([]);
  });

  test("prints every documented field, where it has a value", () => {
    const printed = pathsOf(answers.get(name)?.value);
    const isPrinted = (path: string) =>
      printed.some((each) => isWithin(each, path) || isWithin(path, each));
    expect(documented.filter((path) => !isPrinted(path))).toEqual([]);
  });

  test("prints no secret", () => {
    const { secretAccessKey, seed } = home.sandbox.main;
    const text = answers.get(name)?.text ?? "";
    expect(text).not.toContain(secretAccessKey);
    expect(text).not.toContain(seed);
    expect(text).not.toMatch(/"[A-Za-z0-9/+=]{40,}"/);
  });
});

/** `a[].b, .c, d` names three fields. */
function expand([field]: JsonField): readonly string[] {
  const [first = "", ...others] = field.split(", ");
  const parent = first.slice(0, first.lastIndexOf("."));
  return [first, ...others.map((each) => (each.startsWith(".") ? `${parent}${each}` : each))];
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[]`);
}

/** Every leaf's path; an empty list and null are leaves. */
function pathsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) {
    const isPlain = value.length === 0 || value.some((each) => typeof each !== "object");
    if (isPlain) return [path];
    return [...new Set(value.flatMap((each) => pathsOf(each, `${path}[]`)))];
  }
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) =>
    pathsOf(each, path ? `${path}.${key}` : key),
  );
}
