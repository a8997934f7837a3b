// Runs docs/admin.md: each line `$ …` of its console blocks, in order, in one home with the sandbox. Comments of the page
// say what happens between: `page: configuration` (the next block is the configuration), `page: clock +95d`,
// `page: used NAME…` (these users sign in and use their keys).

import { splitArgs } from "../scripts/split-args.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";

/** Returns the page with the answers that awst gives now. */
export async function runAdminPage(page: string): Promise<string> {
  const configuration =
    /<!-- page: configuration -->\n```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  await using home = await makeHome();
  home.write(
    ".config/awstools/config.toml",
    `${plainConfiguration(home.sandbox)}${configuration}\n[mfa]\ncommand = "mfa-code"\n`,
  );
  await home.awst(["key", "import"]);
  const parts = page.split(/(^```console\n[\s\S]*?^```$|^<!-- page: .* -->$)/m);
  const answered: string[] = [];
  for (const part of parts) {
    const [, how = "", rest = ""] = /^<!-- page: (\w+) ?(.*) -->$/.exec(part) ?? [];
    if (how === "clock") await passDays(home, Number(/\d+/.exec(rest)?.[0]));
    if (how === "used") for (const name of rest.split(" ")) await workAs(home, name);
    answered.push(part.startsWith("```console\n") ? await answerBlock(home, part) : part);
  }
  return answered.join("");
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

async function workAs(home: Home, name: string): Promise<void> {
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
    .replaceAll(/\d{4}-\d\d-\d\d(T[\d:]+Z)?/g, "DAY")
    .replaceAll(/\(in [^)]*\)/g, "(in …)")
    .replaceAll(/(-|\(|^|revoke )[a-z2-9]{8}(?=$|\)| {2}bob)/gm, "$1ID")
    .replaceAll(/ +$/gm, "")
    .replaceAll(/ {2,}/g, "  ");
}
