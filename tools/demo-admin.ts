// npm run demo:admin: the administrator's year, with everything real except AWS: a fresh home, the embedded sandbox, awst
// as whole processes, and a clock that is moved. Each step counts its IAM calls and looks into the account; the
// demo ends with status 1 when a figure is wrong.

import { statSync } from "node:fs";
import { join } from "node:path";
import { type Home, keyLines, makeHome, plainConfiguration } from "../test/support/home.ts";
import { type DemoSteps, openDemo } from "./demo-steps.ts";

const rules = `
[mfa]
command = "mfa-code"

[admin]
as = "main-account/AdminAccess"
protected = ["newcomer"]

[admin.groups]
common = ["AllUsers"]
[[admin.groups.category]]
name = "AllHeadlessUsers"
match = "Headless-"
[[admin.groups.category]]
name = "AllHumanUsers"

[admin.dormant]
days = 90
warnDays = 14
`;

process.exitCode = await runDemo();

async function runDemo(): Promise<number> {
  await using home = await makeHome();
  const demo = openDemo(home, "iam");
  demo.title("The configuration: the administrator's role, rules for groups and dormant users");
  home.write(".config/awstools/config.toml", `${plainConfiguration(home.sandbox)}${rules}`);
  demo.print(rules.trimStart());
  await demo.awst(["key", "import"]);
  await demo.awst(["assume", "main-account", "AdminAccess"]);
  home.sandbox.forgetCalls();
  await createUsers(home, demo);
  await sortUsers(home, demo);
  await enforceDormant(home, demo);
  await restoreDormant(home, demo);
  await grantAccess(home, demo);
  await offboard(home, demo);
  return demo.end();
}

async function createUsers(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("The groups of the rules, made once");
  await demo.awst(["admin", "group", "create", "--yes"]);
  demo.checkChanges({ CreateGroup: 3 }, 1);

  demo.title("Three users by the rules: password, access key, MFA device; secrets go into files");
  const create = ["admin", "user", "create"];
  const written = ["--out", "secrets", "--yes"];
  const withMfa = ["--key", "--mfa", ...written];
  const alice = ["alice", "--email", "alice@example.com", "--group", "AllHumanUsers"];
  await demo.awst([...create, ...alice, ...withMfa]);
  const made = { CreateUser: 1, CreateAccessKey: 1, AddUserToGroup: 2 };
  const withPassword = { CreateLoginProfile: 1, CreateVirtualMFADevice: 1, EnableMFADevice: 1 };
  demo.checkChanges({ ...made, ...withPassword }, 5);
  const bob = ["bob", "--email", "bob@example.com", "--group", "Developer"];
  await demo.awst([...create, ...bob, ...withMfa]);
  demo.checkChanges({ ...made, ...withPassword }, 5);
  const program = ["Headless-backup", "--email", "ops@example.com", "--no-password", "--key"];
  await demo.awst([...create, ...program, ...written]);
  demo.checkChanges(made, 2);

  const account = accountOf(home);
  const password = valueIn(home, "alice", "password");
  const mode = statSync(join(home.path, "secrets/alice.txt")).mode & 0o777;
  const isHers = account.user("alice").password?.passwords[0] === password;
  demo.check("a file has the password of alice", isHers && password.length === 32);
  demo.check("only its owner can read the file", mode === 0o600);
  demo.check("her MFA device is enabled", account.devicesOf("alice").length === 1);
  demo.check("Headless-backup has no password", !account.user("Headless-backup").password);
}

async function sortUsers(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("Users who are in no category yet");
  const sort = ["admin", "group", "sort", "--default-category", "AllHumanUsers"];
  await demo.awst([...sort, "--dry-run"]);
  demo.checkChanges({}, 2);
  await demo.awst([...sort, "--force", "newcomer", "--yes"]);
  // bob joins the category; admin, user and newcomer, who is in [admin] protected, join the common group too.
  demo.checkChanges({ AddUserToGroup: 7 }, 6);
  await demo.awst(["admin", "group", "check"]);
  demo.checkChanges({}, 2);
  const { groups } = accountOf(home).user("bob");
  demo.check("bob is in his groups", groups.join(" ") === "Developer AllUsers AllHumanUsers");

  demo.title("A user for emergencies, who is never changed");
  await demo.awst(["admin", "user", "tag", "user", "awst:protected=true", "--yes"]);
  demo.checkChanges({ TagUser: 1 }, 12);
}

async function enforceDormant(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("95 days pass: bob and the program work, alice does not");
  for (const name of ["alice", "bob", "Headless-backup"]) await useKey(home, demo, name, true);
  await pass(home, demo, 95);
  const { stdout } = await demo.awst(["admin", "dormant", "report"]);
  demo.check(
    "alice is dormant, bob is not",
    /^alice +dormant/m.test(stdout) && !/^bob +(dormant|partly)/m.test(stdout),
  );
  demo.checkChanges({}, 20);

  demo.title("First a warning");
  const dry = await demo.awst(["admin", "dormant", "enforce", "--dry-run"]);
  demo.check("one user would be warned", dry.stdout.match(/: warn,/g)?.length === 1);
  demo.checkChanges({}, 20);
  await demo.awst(["admin", "dormant", "enforce", "--yes"]);
  demo.checkChanges({ TagUser: 1 }, 25);
  demo.check("she still has her password", accountOf(home).user("alice").password !== undefined);

  demo.title("15 days later her password and her key are disabled");
  await pass(home, demo, 15);
  await demo.awst(["admin", "dormant", "enforce", "--yes"]);
  const disabling = { TagUser: 1, UpdateAccessKey: 1, DeleteLoginProfile: 1, UntagUser: 1 };
  demo.checkChanges(disabling, 25);
  const account = accountOf(home);
  demo.check("alice has no password", account.user("alice").password === undefined);
  demo.check("bob still has his", account.user("bob").password !== undefined);
  await useKey(home, demo, "alice", false);

  demo.title("A page to look at");
  await demo.awst(["admin", "report", "--html", "report.html"]);
  const page = home.read("report.html") ?? "";
  demo.check("it has the users, and loads nothing", /alice/.test(page) && !/https?:/.test(page));
  demo.checkChanges({}, 25);
}

async function restoreDormant(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("alice is back: her key works again, and her password is new");
  await demo.awst(["admin", "dormant", "restore", "alice", "--yes"]);
  demo.checkChanges({ UpdateAccessKey: 1, TagUser: 1, UntagUser: 1 }, 15);
  await demo.awst(["admin", "user", "password", "alice", "--out", "secrets", "--yes"]);
  // The user is read twice: before the question and after it.
  demo.checkChanges({ CreateLoginProfile: 1 }, 25);
  await useKey(home, demo, "alice", true);
  const dry = await demo.awst(["admin", "dormant", "enforce", "--dry-run"]);
  demo.check("nothing is due", dry.stdout === "");
  home.sandbox.forgetCalls();
}

async function grantAccess(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("bob may be an administrator for half an hour; it ends by itself");
  demo.check("without a grant bob is refused", !(await assumesAdmin(home, "bob")));
  home.sandbox.forgetCalls();
  const wanted = ["bob", "main-account/AdminAccess", "--for", "30m", "--reason", "ticket 4711"];
  await demo.awst(["admin", "grant", ...wanted, "--yes"]);
  demo.checkChanges({ PutUserPolicy: 1 }, 25);
  demo.check("with the grant bob has the role", await assumesAdmin(home, "bob"));
  const { stdout } = await demo.awst(["admin", "grants"]);
  demo.check("it is listed", /bob/.test(stdout));
  home.moveClock(31 * 60);
  demo.check("after half an hour bob is refused", !(await assumesAdmin(home, "bob")));
  home.moveClock(61 * 60);
  home.sandbox.forgetCalls();
  await demo.awst(["admin", "grants", "prune", "--yes"]);
  demo.checkChanges({ DeleteUserPolicy: 1 }, 15);
}

/** On a machine of the user's own, with the key and the MFA device that `user create` made. */
async function assumesAdmin(home: Home, name: string): Promise<boolean> {
  const machine = `machines/${name}`;
  const path = join(home.path, machine);
  home.write(`${machine}/.config/awstools/config.toml`, plainConfiguration(home.sandbox));
  const main = {
    ...home.sandbox.main,
    accessKeyId: valueIn(home, name, "access key"),
    secretAccessKey: valueIn(home, name, "secret"),
  };
  home.write(`${machine}/.aws/credentials`, keyLines({ main }));
  const env = {
    HOME: path,
    XDG_CONFIG_HOME: join(path, ".config"),
    XDG_STATE_HOME: join(path, ".local/state"),
    XDG_DATA_HOME: join(path, ".local/share"),
  };
  // AWS takes a code once: the next one is in the next step of 30 s.
  home.moveClock(31);
  const serial = `arn:aws:iam::${home.sandbox.main.accountId}:mfa/${name}`;
  const code = ["--refresh", "--mfa-code", home.sandbox.code(serial)];
  const args = ["assume", "main-account", "AdminAccess", ...code];
  return (await home.awst(args, { env })).status === 0;
}

async function offboard(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("bob leaves: cut off now, deleted a month later");
  const cut = ["admin", "user", "offboard", "bob", "--grace", "30d", "--end-sessions", "--yes"];
  await demo.awst(cut);
  const cutting = { PutUserPolicy: 1, TagUser: 1, UpdateAccessKey: 1, DeleteLoginProfile: 1 };
  demo.checkChanges({ ...cutting, PutRolePolicy: 1 }, 45);
  await useKey(home, demo, "bob", false);

  await pass(home, demo, 31, []);
  await demo.awst(["admin", "user", "offboard", "--due", "--yes"]);
  const deleting = {
    ...{ DeleteAccessKey: 1, DeactivateMFADevice: 1, DeleteVirtualMFADevice: 1 },
    ...{ RemoveUserFromGroup: 3, DeleteUserPolicy: 1, DeleteUser: 1, DeleteRolePolicy: 1 },
  };
  demo.checkChanges(deleting, 60);
  const { users, devices } = accountOf(home);
  const left = [...users.keys(), ...[...devices.values()].map(({ name }) => name)];
  demo.check("nothing of bob is left", !left.includes("bob"));
  await demo.awst(["admin", "user", "list"]);
}

/** Days pass. These users sign in to the console and use their keys at the end. */
async function pass(
  home: Home,
  demo: DemoSteps,
  days: number,
  working: readonly string[] = ["bob", "Headless-backup"],
): Promise<void> {
  home.moveClock(days * 86_400);
  const { clock } = home.sandbox;
  for (const name of working) {
    const user = accountOf(home).user(name);
    if (user.password !== undefined) user.passwordLastUsed = clock.now();
    await useKey(home, demo, name, true);
  }
  // The administrator needs a new session, which is not counted.
  await home.awst(["assume", "main-account", "AdminAccess"]);
  home.sandbox.forgetCalls();
}

function accountOf({ sandbox }: Home) {
  return sandbox.cloud.account(sandbox.main.accountId);
}

/** From the file that `user create --out` wrote; the last one counts. */
function valueIn(home: Home, name: string, what: string): string {
  const text = home.read(`secrets/${name}.txt`) ?? "";
  return [...text.matchAll(new RegExp(`^${what}: +(.*)$`, "gm"))].at(-1)?.[1] ?? "";
}

/** Signs a call with the user's own access key. */
async function useKey(home: Home, demo: DemoSteps, name: string, works: boolean): Promise<void> {
  const env = {
    AWS_ACCESS_KEY_ID: valueIn(home, name, "access key"),
    AWS_SECRET_ACCESS_KEY: valueIn(home, name, "secret"),
  };
  const { status } = await home.awst(["whoami"], { env });
  demo.check(`the key of ${name} ${works ? "works" : "is refused"}`, (status === 0) === works);
}
