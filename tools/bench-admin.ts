// npm run bench -- --admin: measures the administrator's commands on an account of 5,000 users, while the sandbox
// throttles all calls above 20 a second. Prints time, calls, throttled calls and the most memory of each process.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, makeHome, plainConfiguration } from "../test/support/home.ts";

const users = 5_000;
const callsPerSecond = 20;
const dayMs = 86_400_000;
const admin = ["--as", "main-account/AdminAccess"];

const rows: Readonly<Record<string, readonly string[]>> = {
  "user list": ["admin", "user", "list", "--csv", ...admin],
  "dormant report": ["admin", "dormant", "report", "--csv", ...admin],
  "group sort --dry-run": ["admin", "group", "sort", "--dry-run", ...admin],
  "dormant enforce, 250 warnings": ["admin", "dormant", "enforce", "--yes", ...admin],
};

const rules = `
[admin.groups]
common = ["AllUsers"]
[[admin.groups.category]]
name = "Odd"
match = "user-[0-9]*[13579]$"
[[admin.groups.category]]
name = "Even"
match = "user-"
`;

/** `only`: parts of rows' names; empty: all. */
export async function benchAdmin(only: readonly string[]): Promise<void> {
  console.log(`node ${process.version}, ${users} users, ${callsPerSecond} IAM calls a second\n`);
  console.log("| command | seconds | calls | throttled | most memory |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, command] of Object.entries(rows)) {
    if (only.length > 0 && !only.some((each) => name.includes(each))) continue;
    await using home = await openAccount();
    home.sandbox.settings.iamCallsPerSecond = callsPerSecond;
    home.sandbox.forgetCalls();
    const { status, milliseconds, stderr } = await home.awst(command);
    if (status !== 0) throw new Error(`${name}: status ${status}\n${stderr}`);
    const calls = home.sandbox.calls();
    const throttled = calls.filter(({ result }) => result === "Throttling").length;
    const memory = Number(readFileSync(join(home.path, "memory"), "utf8")) / 1024;
    const seconds = (milliseconds / 1000).toFixed(1);
    console.log(
      `| ${name} | ${seconds} | ${calls.length} | ${throttled} | ${memory.toFixed(0)} MB |`,
    );
  }
}

/** One user in twenty has a key that is not in use, one in three a password, each a few tags and a policy. */
async function openAccount(): Promise<Home> {
  const home = await makeHome();
  home.write(".config/awstools/config.toml", `${plainConfiguration(home.sandbox)}${rules}`);
  // Written when the process ends: the most memory that it had, in KiB.
  home.write(
    "measure.cjs",
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(join(home.path, "memory"))}, String(process.resourceUsage().maxRSS)));`,
  );
  await home.awst(["key", "import"]);
  await home.awst(["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
  const before = home.env["NODE_OPTIONS"] ?? "";
  Object.assign(home.env, {
    NODE_OPTIONS: `${before} --require ${join(home.path, "measure.cjs")}`.trim(),
  });
  const { cloud, clock, main } = home.sandbox;
  const account = cloud.account(main.accountId);
  const ago = (days: number) => new Date(clock.now().getTime() - days * dayMs);
  for (const group of ["AllUsers", "Odd", "Even"]) account.addGroup(group);
  for (let at = 0; at < users - account.users.size; at++) {
    const name = `user-${String(at).padStart(4, "0")}`;
    const user = account.addUser(name, {
      createdAt: ago(400),
      groups: ["AllUsers"],
      policies: [
        {
          name: "Own",
          document: {
            Version: "2012-10-17",
            Statement: {
              Effect: "Allow",
              Action: "s3:GetObject",
              Resource: `arn:aws:s3:::${name}/*`,
            },
          },
        },
      ],
    });
    user.tags = [
      { key: "email", value: `${name}@example.com` },
      { key: "team", value: "platform" },
    ];
    if (at % 3 === 0) {
      account.setPassword(name, "Correct-Horse-Battery-Staple-2026", ago(400));
      user.passwordLastUsed = ago(1);
    }
    const key = account.addKey(name, true, ago(400));
    key.lastUsed = { at: ago(at % 20 === 0 ? 200 : 2), service: "s3", region: "eu-west-1" };
  }
  return home;
}
