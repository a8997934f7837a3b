// Runs docs/admin.md: each line `$ …` of its console blocks, in order, in one home with the sandbox. Comments of the page
// say what happens between: `page: settings` (the next block is added to the configuration), `page: clock +95d`,
// `page: used NAME…` (these users sign in and use their keys), `page: organization N` (N more accounts, each with a
// user who is dormant), `page: topic NAME`.

import { addOrganization } from "../../sandbox/fixtures/organization.ts";
import { splitArgs } from "../scripts/split-args.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";

/** Returns the page with the answers that awst gives now. */
export async function runAdminPage(page: string): Promise<string> {
  await using home = await makeHome();
  let settings = `${plainConfiguration(home.sandbox)}\n[mfa]\ncommand = "mfa-code"\n`;
  await home.awst(["key", "import"]);
  const parts = page.split(/(^```\w+\n[\s\S]*?^```$|^<!-- page: .* -->$)/m);
  const answered: string[] = [];
  for (const [at, part] of parts.entries()) {
    const [, how = "", rest = ""] = /^<!-- page: (\w+) ?(.*) -->$/.exec(part) ?? [];
    if (how === "settings") {
      settings = withSettings(settings, parts[at + 2] ?? "");
      home.write(".config/awstools/config.toml", settings);
    }
    if (how === "clock") await passDays(home, Number(/\d+/.exec(rest)?.[0]));
    if (how === "used") for (const name of rest.split(" ")) workAs(home, name);
    if (how === "organization") addAccounts(home, Number(rest));
    if (how === "topic") addTopic(home, rest);
    answered.push(part.startsWith("```console\n") ? await answerBlock(home, part) : part);
  }
  return answered.join("");
}

/** Adds each line of a block of TOML to its table; a table that is not there comes at the end. */
function withSettings(settings: string, block: string): string {
  const [, ...tables] = block.replaceAll(/^```.*$/gm, "").split(/^(?=\[)/m);
  return tables.reduce((text, table) => {
    const [head = "", ...lines] = table.trimEnd().split("\n");
    return !head.startsWith("[[") && text.includes(`\n${head}\n`)
      ? text.replace(`\n${head}\n`, `\n${[head, ...lines].join("\n")}\n`)
      : `${text}${table.trimEnd()}\n`;
  }, settings);
}

/** The commands of a block stay, their answers are made anew. */
async function answerBlock(home: Home, block: string): Promise<string> {
  const answers: string[] = [];
  for (const [line, typed = ""] of block.matchAll(/^\$ (.*)$/gm)) {
    const { stdout, stderr } = await home.run(splitArgs(typed, {}));
    answers.push(`${line}\n${stdout}${stderr}`);
  }
  return `\`\`\`console\n${answers.join("")}\`\`\``;
}

async function passDays(home: Home, days: number): Promise<void> {
  home.moveClock(days * 86_400);
  await home.awst(["assume", "main-account", "AdminAccess"]);
}

function addAccounts({ sandbox }: Home, count: number): void {
  const ids = Array.from({ length: count }, (_, at) => String(444444444441 + at));
  addOrganization(sandbox.cloud, sandbox.main.accountId, ids);
  if (sandbox.cloud.organization) sandbox.cloud.organization.hasStackSetsAccess = true;
  const daysAgo = (days: number) => new Date(sandbox.clock.now().getTime() - days * 86_400_000);
  for (const id of ids) {
    const account = sandbox.cloud.account(id);
    account.addUser("carol", { createdAt: daysAgo(400) });
    const key = account.addKey("carol", true, daysAgo(400));
    key.lastUsed = { at: daysAgo(200), service: "s3", region: "eu-west-1" };
  }
}

function addTopic({ sandbox }: Home, name: string): void {
  const account = sandbox.cloud.account(sandbox.main.accountId);
  account.topics.add(account.regionalArn("sns", "eu-west-1", name));
}

function workAs(home: Home, name: string): void {
  const { cloud, clock, main } = home.sandbox;
  const account = cloud.account(main.accountId);
  const user = account.user(name);
  const lastUsed = { at: clock.now(), service: "s3", region: "eu-west-1" };
  if (user.password !== undefined) user.passwordLastUsed = lastUsed.at;
  for (const key of account.keysOf(name)) key.lastUsed = lastUsed;
}

/** Replaces what differs from run to run: ids, days, times and what is left of them. */
export function withoutChance(text: string): string {
  return text
    .replaceAll(/\b(AKIA|AIDA|AROA)[A-Z0-9]{16,17}\b/g, "$1…")
    .replaceAll(/\d{8}T\d{6}Z/g, "TIME")
    .replaceAll(/^awst: .*: (CREATE_IN_PROGRESS|RUNNING)\n/gm, "")
    .replaceAll(/uploading \d+ bytes/g, "uploading N bytes")
    .replaceAll(/\d{4}-\d\d-\d\d(T[\d:]+Z)?/g, "DAY")
    .replaceAll(/\(in [^)]*\)/g, "(in …)")
    .replaceAll(/(-|\(|^|revoke )[a-z2-9]{8}(?=$|\)| {2}bob)/gm, "$1ID")
    .replaceAll(/ +$/gm, "")
    .replaceAll(/ {2,}/g, "  ");
}
