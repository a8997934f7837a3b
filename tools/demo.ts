// npm run demo: the main job, with everything real except AWS: a fresh home, the embedded sandbox, awst as whole
// processes. Prints each command with its output and checks each figure; ends with status 1 when a check
// fails. `AWST_DEMO_PROGRAM=build/awst` runs it with that program.

import { setTimeout } from "node:timers/promises";
import { awsCli, boto3, sdkForJavaScript, terraform } from "../test/clients/clients.ts";
import { countCalls } from "../test/support/calls.ts";
import { type Home, makeHome } from "../test/support/home.ts";
import { type DemoSteps, openDemo } from "./demo-steps.ts";

const program = process.argv[2] ?? process.env.AWST_DEMO_PROGRAM;
if (program) process.env.AWST_TEST_PROGRAM = program;

const spaced = "main-account DeveloperAccess";
const slashed = "main-account/DeveloperAccess";

process.exitCode = await runDemo();

async function runDemo(): Promise<number> {
  await using home = await makeHome({
    env: { NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined },
  });
  const demo = openDemo(home, "sts");
  demo.title("A fresh home: awstools' config.toml, an access key where `aws configure` left it");
  demo.print(home.read(".config/awstools/config.toml") ?? "");
  await importKey(home, demo);
  await assumeRoles(home, demo);
  await askClients(home, demo);
  await renew(home, demo);
  await logOut(home, demo);
  return demo.end();
}

async function importKey(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("awst moves the access key from the plain file into the keychain");
  await demo.awst(["key", "import"]);
  const left = home.read(".aws/credentials") ?? "";
  demo.check(
    "its secret is no longer in ~/.aws",
    !left.includes(home.sandbox.main.secretAccessKey),
  );
}

async function assumeRoles(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("One code: the first role needs two STS calls");
  home.sandbox.forgetCalls();
  const code = await demo.run(["mfa-code"], { remark: "the phone" });
  const env = { AWST_MFA_CODE: code.stdout.trim() };
  await demo.awst(["assume", "main-account", "DeveloperAccess"], env);
  demo.checkCalls({ GetSessionToken: 1, AssumeRole: 1 });

  demo.title("The profile in ~/.aws/config, which every AWS tool reads");
  demo.print(home.read(".aws/config") ?? "");

  demo.title("A second role needs one call and no code");
  await demo.awst(["assume", "main-account", "AdminAccess"]);
  demo.checkCalls({ AssumeRole: 1 });

  demo.title("A cached session needs no call");
  await demo.awst(["assume", "main-account", "DeveloperAccess"]);
  const { stdout } = await demo.awst(["credential-process", "main-account", "DeveloperAccess"]);
  demo.check("it served temporary keys", /"AccessKeyId":\s*"ASIA/.test(stdout));
  demo.checkCalls({});
  await demo.awst(["list"]);

  demo.title("AWS tools read lines that call awst, and no secret");
  for (const file of [".aws/config", ".aws/credentials"]) {
    const text = home.read(file) ?? "";
    console.log(`\n$ cat ~/${file}`);
    demo.print(text);
    demo.check(`~/${file} contains no secret`, text !== "" && !/secret|token/i.test(text));
  }
}

async function askClients(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("Every tool has the role, with AWS_PROFILE only");
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
    demo.print(answer);
    demo.check(
      `${client.name} is DeveloperAccess${answer === keyId ? ": it signs with the key above" : ""}`,
      answer === arn || answer === keyId,
    );
  }
  const { AssumeRole = 0, GetSessionToken = 0 } = countCalls(home.sandbox);
  demo.check("the tools needed no new session", AssumeRole + GetSessionToken === 0);
  await demo.awst(["whoami", "--profile", spaced]);
}

async function renew(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("Sessions renew without a prompt (from here on they last 6 s in the sandbox)");
  home.sandbox.settings.roleSessionSecondsCap = 6;
  await demo.awst(["logout", "main-account", "DeveloperAccess"]);
  const args = ["credential-process", "main-account", "DeveloperAccess"];
  const keyIds: string[] = [];
  for (const round of ["first", "second"]) {
    home.sandbox.forgetCalls();
    const { stdout } = await home.awst(args);
    const { AccessKeyId, Expiration } = JSON.parse(stdout || "{}");
    console.log(`\n$ awst ${args.join(" ")}\n  ${AccessKeyId}, until ${Expiration} (the ${round})`);
    keyIds.push(AccessKeyId);
    demo.checkCalls({ AssumeRole: 1 });
    await setTimeout(4_000);
  }
  demo.check("the credentials are new", keyIds[0] !== keyIds[1]);
}

async function logOut(home: Home, demo: DemoSteps): Promise<void> {
  demo.title("After logout a code is needed again");
  home.sandbox.settings.roleSessionSecondsCap = 0;
  await demo.awst(["logout", "--all"]);
  const args = ["credential-process", "main-account", "DeveloperAccess"];
  home.sandbox.forgetCalls();
  const { status, stdout } = await demo.run(["awst", ...args], { expected: 3 });
  demo.check("status 3, and nothing on stdout", status === 3 && stdout === "");
  demo.checkCalls({});
}
