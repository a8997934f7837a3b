// npm run demo: the main job, with everything real except AWS: a fresh home, the embedded sandbox, awst as whole
// processes. Prints each command with its output and checks each figure; ends with status 1 when a check
// fails. `AWST_DEMO_PROGRAM=build/awst` runs it with that program.

import { setTimeout } from "node:timers/promises";
import { awsCli, boto3, sdkForJavaScript, terraform } from "../test/clients/clients.ts";
import { countCalls } from "../test/support/calls.ts";
import { type Home, makeHome } from "../test/support/home.ts";
import type { Finished } from "../test/support/processes.ts";

const program = process.argv[2] ?? process.env.AWST_DEMO_PROGRAM;
if (program) process.env.AWST_TEST_PROGRAM = program;

const spaced = "main-account DeveloperAccess";
const slashed = "main-account/DeveloperAccess";
let failures = 0;

process.exitCode = await runDemo();

async function runDemo(): Promise<number> {
  await using home = await makeHome({
    env: { NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined },
  });
  title("A fresh home: awstools' config.toml, an access key where `aws configure` left it");
  print(home.read(".config/awstools/config.toml") ?? "");
  await importKey(home);
  await assumeRoles(home);
  await askClients(home);
  await renew(home);
  await logOut(home);
  console.log(failures === 0 ? "\nAll checks passed." : `\n${failures} checks failed.`);
  return failures === 0 ? 0 : 1;
}

async function importKey(home: Home): Promise<void> {
  title("awst moves the access key from the plain file into the keychain");
  await awst(home, ["key", "import"]);
  const left = home.read(".aws/credentials") ?? "";
  check("its secret is no longer in ~/.aws", !left.includes(home.sandbox.main.secretAccessKey));
}

async function assumeRoles(home: Home): Promise<void> {
  title("One code: the first role needs two STS calls");
  home.sandbox.forgetCalls();
  const code = await run(home, ["mfa-code"], "the phone");
  const env = { AWST_MFA_CODE: code.stdout.trim() };
  await awst(home, ["assume", "main-account", "DeveloperAccess"], env);
  checkCalls(home, { GetSessionToken: 1, AssumeRole: 1 });

  title("The profile in ~/.aws/config, which every AWS tool reads");
  print(home.read(".aws/config") ?? "");

  title("A second role needs one call and no code");
  await awst(home, ["assume", "main-account", "AdminAccess"]);
  checkCalls(home, { AssumeRole: 1 });

  title("A cached session needs no call");
  await awst(home, ["assume", "main-account", "DeveloperAccess"]);
  const { stdout } = await awst(home, ["credential-process", "main-account", "DeveloperAccess"]);
  check("it served temporary keys", /"AccessKeyId":\s*"ASIA/.test(stdout));
  checkCalls(home, {});
  await awst(home, ["list"]);

  title("AWS tools read lines that call awst, and no secret");
  for (const file of [".aws/config", ".aws/credentials"]) {
    const text = home.read(file) ?? "";
    console.log(`\n$ cat ~/${file}`);
    print(text);
    check(`~/${file} contains no secret`, text !== "" && !/secret|token/i.test(text));
  }
}

async function askClients(home: Home): Promise<void> {
  title("Every tool has the role, with AWS_PROFILE only");
  const { accountId, userName } = home.sandbox.main;
  const arn = `arn:aws:sts::${accountId}:assumed-role/DeveloperAccess/${userName}`;
  const served = await home.awst(["credential-process", "main-account", "DeveloperAccess"]);
  const keyId: string = JSON.parse(served.stdout || "{}").AccessKeyId;
  home.sandbox.forgetCalls();
  for (const [client, profile] of [
    [sdkForJavaScript, slashed],
    [awsCli, spaced],
    [boto3, spaced],
    [terraform, spaced],
  ] as const) {
    console.log(`\n$ AWS_PROFILE="${profile}" ${client.typed}`);
    const absent = await client.absent(home);
    if (absent !== undefined) {
      console.log(`  skipped: ${client.name} ${absent}`);
      continue;
    }
    const answer = await client.whoAmI(home, profile).catch((error: Error) => error.message);
    print(answer);
    check(
      `${client.name} is DeveloperAccess${answer === keyId ? ": it signs with the key above" : ""}`,
      answer === arn || answer === keyId,
    );
  }
  const { AssumeRole = 0, GetSessionToken = 0 } = countCalls(home.sandbox);
  check("the tools needed no new session", AssumeRole + GetSessionToken === 0);
  await awst(home, ["whoami", "--profile", spaced]);
}

async function renew(home: Home): Promise<void> {
  title("Sessions renew without a prompt (from here on they last 6 s in the sandbox)");
  home.sandbox.settings.roleSessionSecondsCap = 6;
  await awst(home, ["logout", "main-account", "DeveloperAccess"]);
  const args = ["credential-process", "main-account", "DeveloperAccess"];
  const keyIds: string[] = [];
  for (const round of ["first", "second"]) {
    home.sandbox.forgetCalls();
    const { stdout } = await home.awst(args);
    const { AccessKeyId, Expiration } = JSON.parse(stdout || "{}");
    console.log(`\n$ awst ${args.join(" ")}\n  ${AccessKeyId}, until ${Expiration} (the ${round})`);
    keyIds.push(AccessKeyId);
    checkCalls(home, { AssumeRole: 1 });
    await setTimeout(4_000);
  }
  check("the credentials are new", keyIds[0] !== keyIds[1]);
}

async function logOut(home: Home): Promise<void> {
  title("After logout a code is needed again");
  home.sandbox.settings.roleSessionSecondsCap = 0;
  await awst(home, ["logout", "--all"]);
  const args = ["credential-process", "main-account", "DeveloperAccess"];
  home.sandbox.forgetCalls();
  const { status, stdout } = await run(home, ["awst", ...args], undefined, {}, 3);
  check("status 3, and nothing on stdout", status === 3 && stdout === "");
  checkCalls(home, {});
}

function awst(home: Home, args: readonly string[], env = {}): Promise<Finished> {
  return run(home, ["awst", ...args], undefined, env);
}

async function run(
  home: Home,
  args: readonly string[],
  remark?: string,
  env: Readonly<Record<string, string>> = {},
  expected = 0,
): Promise<Finished> {
  const assigned = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  const typed = args.map((arg) => (arg.includes(" ") ? `"${arg}"` : arg)).join(" ");
  console.log(`\n$ ${assigned.join("")}${typed}${remark === undefined ? "" : `   # ${remark}`}`);
  const finished = await home.run(args, { env });
  const secret = /("(?:SecretAccessKey|SessionToken)": ?")[^"]+/g;
  print(finished.stdout.replace(secret, "$1…"));
  print(finished.stderr);
  if (finished.status !== expected) check(`exit status ${expected}`, false);
  return finished;
}

function checkCalls(home: Home, expected: Readonly<Record<string, number>>): void {
  const say = (calls: Readonly<Record<string, number>>) =>
    Object.entries(calls)
      .map(([action, times]) => `${action} ×${times}`)
      .sort()
      .join(", ") || "none";
  const made = say(countCalls(home.sandbox));
  home.sandbox.forgetCalls();
  check(`STS calls: ${made}`, made === say(expected), `expected: ${say(expected)}`);
}

function check(claim: string, isTrue: boolean, otherwise = ""): void {
  if (!isTrue) failures += 1;
  console.log(isTrue ? `  ✓ ${claim}` : `  ✗ ${claim} ${otherwise}`);
}

function title(text: string): void {
  console.log(`\n── ${text}`);
}

function print(text: string): void {
  const lines = text.trimEnd().split("\n");
  if (text.trim() !== "") console.log(lines.map((line) => `  ${line}`.trimEnd()).join("\n"));
}
