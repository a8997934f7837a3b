// npm run bench -- --scale: the readers at 1,000 accounts with 10 roles each, and a new role's `assume` beside 10,000
// sections of others, as ratios to `node -e 0` and the peak of memory. Writes the table of docs/performance.md.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Home, makeHome } from "../test/support/home.ts";
import { root } from "../test/support/processes.ts";
import { machineText, median, writeTable } from "./bench-table.ts";

const accounts = 1000;
const rolesEach = 10;
const foreignSections = 10_000;
const script = [process.execPath, join(root, "bin/awst.js")];

interface Row {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The ratio and the memory that are wanted. */
  readonly limit: number | undefined;
  readonly before?: () => Promise<unknown>;
  /** Expected exit statuses; default 0. */
  readonly statuses?: readonly number[];
  readonly milliseconds: number[];
  readonly kilobytes: number[];
}

/** Measures, prints the table and writes it into docs/performance.md. */
export async function benchScale(rounds: number): Promise<void> {
  const own = { NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined };
  await using many = await makeHome({
    env: own,
    configuration: null,
    sandbox: { fixture: "open" },
  });
  await using foreign = await makeHome({ configuration: null, sandbox: { fixture: "open" } });
  await arrangeMany(many);
  await arrangeForeign(foreign);
  const row = (name: string, args: readonly string[], limit: number, more: Partial<Row> = {}) => ({
    ...{ name, command: [...script, ...args], env: many.env, limit },
    ...{ milliseconds: [], kilobytes: [], ...more },
  });
  const role = ["account-0001", "Role1"];
  const bare = [process.execPath, "-e", "0"];
  const assumeRole = () => expectSuccess(many, ["assume", ...role]);
  const rows: Row[] = [
    { ...row("node -e 0", [], 0), command: bare, limit: undefined },
    // The last row of the round before has removed the session.
    row("credential-process, warm", ["credential-process", ...role], 2, { before: assumeRole }),
    row("assume, warm", ["assume", ...role], 3),
    row("list", ["list"], 12),
    row("profile sync, nothing to do", ["profile", "sync"], 12),
    row("profile list", ["profile", "list"], 12),
    row("doctor", ["doctor"], 25, { statuses: [0, 1] }),
    row("logout of one role", ["logout", ...role], 12, { before: assumeRole }),
    row(`assume of a new role beside ${foreignSections} sections`, ["assume", ...newRole], 10, {
      env: foreign.env,
      before: () => forgetNewRole(foreign),
    }),
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (const each of rows) await measure(each);
  }
  const text = tableOf(rows, rounds);
  console.log(text);
  writeTable("scale", text);
}

const newRole = ["main-account", "DeveloperAccess"];

async function arrangeMany(home: Home): Promise<void> {
  const names = Array.from(
    { length: accounts },
    (_, at) => `account-${String(at).padStart(4, "0")}`,
  );
  const roles = Array.from({ length: rolesEach }, (_, at) => `Role${at}`);
  const ids = names.map((name, at) => {
    const id = at === 1 ? home.sandbox.main.accountId : String(200_000_000_000 + at);
    return `${name} = "${id}"`;
  });
  home.write(
    ".config/awstools/config.toml",
    `defaultRegion = "eu-west-1"
keyRotationIntervalMinutes = 0
[profiles]
mainAccount = "main-account"
[accounts]
${ids.join("\n")}
${roles.map((name) => `[roles.${name}]\nduration = "4h"`).join("\n")}
`,
  );
  const { cloud, main } = home.sandbox;
  const account = cloud.account(main.accountId);
  const like = account.roles.get("DeveloperAccess");
  if (like === undefined) throw new Error("the sandbox has no DeveloperAccess");
  for (const name of roles) account.addRole(name, { trust: like.trust, policies: like.policies });
  await expectSuccess(home, ["key", "import"]);
  await expectSuccess(home, ["assume", "account-0001", "Role1", "--mfa-code", home.code()]);
  await expectSuccess(home, ["profile", "sync"]);
}

async function arrangeForeign(home: Home): Promise<void> {
  const { main } = home.sandbox;
  home.write(
    ".config/awstools/config.toml",
    `defaultRegion = "eu-west-1"\nkeyRotationIntervalMinutes = 0\n[profiles]\nmainAccount = "main-account"\n[accounts]\nmain-account = "${main.accountId}"\n`,
  );
  const sections = Array.from({ length: foreignSections }, (_, at) => {
    return `[profile foreign-${at}]\nrole_arn = arn:aws:iam::${300_000_000_000 + at}:role/X\nsource_profile = other\nregion = eu-west-1\n`;
  });
  home.write(".aws/config", sections.join("\n"));
  await expectSuccess(home, ["key", "import"]);
  await expectSuccess(home, ["assume", "main-account", "AdminAccess", "--mfa-code", home.code()]);
}

/** The MFA session stays, so that the next `assume` makes one call and writes two sections. */
async function forgetNewRole(home: Home): Promise<void> {
  await expectSuccess(home, ["logout", ...newRole]);
  await home.awst(["profile", "remove", "main-account/DeveloperAccess"]);
  await home.awst(["profile", "remove", "main-account DeveloperAccess"]);
}

async function expectSuccess(home: Home, args: readonly string[]): Promise<void> {
  const { status, stderr } = await home.awst(args);
  if (status !== 0) throw new Error(`awst ${args.join(" ")}: ${status}\n${stderr}`);
}

/** GNU time reports the peak of memory; without it, only times are measured. */
async function measure(row: Row): Promise<void> {
  await row.before?.();
  const [program = "", ...args] = row.command;
  const begin = performance.now();
  const child = spawn(program, args, {
    env: { ...row.env, NODE_OPTIONS: `--require ${join(root, "tools/peak-memory.cjs")}` },
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  let peak = "";
  child.stdio[3]?.on("data", (bytes: Buffer) => {
    peak += bytes.toString();
  });
  const [status] = (await once(child, "close")) as [number | null];
  row.milliseconds.push(performance.now() - begin);
  if (Number(peak) > 0) row.kilobytes.push(Number(peak));
  const expected = row.statuses ?? [0];
  if (status === null || !expected.includes(status)) throw new Error(`${row.name}: ${status}`);
}

function tableOf(rows: readonly Row[], rounds: number): string {
  const base = median(rows[0]?.milliseconds ?? []);
  const lines = rows.map(({ name, limit, milliseconds, kilobytes }) => {
    const ratio = (median(milliseconds) / base).toFixed(1);
    const megabytes = Math.round(Math.max(...kilobytes) / 1024);
    return `| ${name} | ${ratio} | ${limit ?? ""} | ${megabytes} MB |`;
  });
  return `${machineText(rounds, base)}

| command | ratio to \`node -e 0\` | wanted | peak of memory |
| --- | --- | --- | --- |
${lines.join("\n")}
`;
}
