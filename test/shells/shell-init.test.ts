// `awst assume` in real shells, through the function of `shell-init`: what it sets and clears, what passes
// through, and who AWS's tools then are.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awsCli, boto3, sdkForJavaScript } from "../clients/clients.ts";
import { type Home, makeHome } from "../support/home.ts";
import { root } from "../support/processes.ts";
import { type Dialect, dialects } from "./dialects.ts";

const nasty = `it's my "prod" $(touch hacked) \`touch hacked\` $HOME`;

let home: Home;
beforeAll(async () => {
  home = await makeHome({ configuration: null });
  const { accountId } = home.sandbox.main;
  const account = (name: string) => `${JSON.stringify(name)} = "${accountId}"\n`;
  const common = `defaultRegion = "eu-west-1"\nkeyRotationIntervalMinutes = 0
[profiles]\nmainAccount = "main-account"\n[mfa]\ncommand = "mfa-code"\n`;
  const accounts = `[accounts]\n${account("main-account")}${account("my prod")}${account(nasty)}`;
  home.write(".config/awstools/config.toml", common + accounts);
  home.write(
    "keys.toml",
    `${common}[write]\nmode = "keys"\nprofiles = ["{account} {role}"]\n${accounts}`,
  );
  const first = await home.awst(["assume", "main-account", "DeveloperAccess"]);
  expect(first).toMatchObject({ status: 0 });
  const trust = ["config", "trust", "--keys", "--config", `${home.path}/keys.toml`];
  expect(await home.awst(trust)).toMatchObject({ status: 0 });
});
afterAll(() => home.remove());

describe.each(dialects)("$name", (shell) => {
  const run = (...lines: readonly string[]) => runIn(shell, home, [shell.take(init), ...lines]);
  const init = `shell-init ${shell.name}`;

  test("assume sets the profile here and clears what would win over it; --unset goes back", async () => {
    const { stdout, stderr, status } = await run(
      shell.set("AWS_ACCESS_KEY_ID", "AKIAOLD"),
      shell.set("AWS_SECRET_ACCESS_KEY", "old"),
      shell.set("AWS_DEFAULT_PROFILE", "other"),
      shell.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
      "awst assume main-account DeveloperAccess",
      shell.showStatus,
      ...[
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_DEFAULT_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWST_SHELL",
      ].map(shell.show),
      "awst status --json",
      "awst assume --unset",
      shell.showStatus,
      shell.show("AWS_PROFILE"),
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/^\[0\]\n<main-account\/DeveloperAccess>\n<>\n<>\n<>\n<>\n<>\n\{/);
    expect(stdout).toContain('"account": "main-account"');
    expect(stdout).toMatch(/\}\n\[0\]\n<>\n$/);
    expect(stderr).toContain("renews automatically until");
  });

  test("keys, with --format of this shell; another form is printed", async () => {
    const format = shell.name === "fish" ? "fish" : "env";
    const { stdout } = await run(
      shell.set("AWS_PROFILE", "other"),
      `awst assume main-account DeveloperAccess --format ${format} --region us-east-2`,
      shell.show("AWS_PROFILE"),
      shell.show("AWS_REGION"),
      "awst status",
      "awst assume main-account DeveloperAccess --format json",
      // Back to a profile: the keys and their region go.
      "awst assume main-account DeveloperAccess",
      shell.show("AWS_ACCESS_KEY_ID"),
      shell.show("AWS_REGION"),
    );
    expect(stdout).toMatch(
      /^<>\n<us-east-2>\ncredentials of main-account DeveloperAccess expire at .*\n\{\n {2}"Version": 1,/,
    );
    expect(stdout).toMatch(/\}\n<>\n<>\n$/);
  });

  test("nothing is taken in where it did not work, and the status is the program's", async () => {
    const { stdout, stderr } = await run(
      shell.set("AWS_PROFILE", "before"),
      "awst assume no-such-account DeveloperAccess",
      shell.showStatus,
      "awst assume main-account DeveloperAccess --duration soon",
      shell.showStatus,
      shell.show("AWS_PROFILE"),
    );
    expect(stdout).toBe("[2]\n[2]\n<before>\n");
    expect(stderr).toContain("awst: error: ");
  });

  test("everything else passes through: words, stdin, status, help, --json, --version", async () => {
    const { stdout } = await run(
      "awst --version",
      "awst assume --help",
      "awst --quiet assume main-account DeveloperAccess --json",
      "awst exec main-account DeveloperAccess -- sh -c 'cat; printf \"%s|\" \"$@\"; exit 7' x 'a  b' '' '*'",
      shell.showStatus,
      "awst",
      shell.showStatus,
      shell.show("AWS_PROFILE"),
    );
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\nUsage: awst assume /);
    expect(stdout).toContain('"profileNames": [');
    expect(stdout).toMatch(/\n\}\na {2}b\|\|\*\|\[7\]\nawst: AWS role sessions /);
    expect(stdout).toMatch(/\nawst COMMAND --help[^\n]*\n\[0\]\n<>\n$/);
  });

  test("names survive: spaces, quotes, dollars, backticks", async () => {
    const { stdout } = await run(
      "awst assume 'my prod' DeveloperAccess",
      shell.show("AWS_PROFILE"),
      shell.set("AWST_CONFIG", `${home.path}/keys.toml`),
      `awst assume ${shell.quote(nasty)} DeveloperAccess`,
      shell.show("AWS_PROFILE"),
    );
    expect(stdout).toBe(`<my-prod/DeveloperAccess>\n<${nasty} DeveloperAccess>\n`);
    expect(home.read("hacked")).toBeUndefined();
  });

  test("a name that no profile can have works too, and replaces the role before", async () => {
    const { stdout, stderr } = await run(
      "awst assume main-account AdminAccess",
      `awst assume ${shell.quote(nasty)} DeveloperAccess`,
      shell.showStatus,
      shell.show("AWS_PROFILE"),
      "awst --quiet status --format '{account} {role}'",
    );
    expect(stdout).toBe(`[0]\n<>\n${nasty} DeveloperAccess\n`);
    expect(stderr).toContain("no profile to use: this shell gets the credentials");
  });

  test("a command is found behind global options, and is not a name that looks like one", async () => {
    const { stdout } = await run(
      `awst --config ${home.path}/.config/awstools/config.toml --quiet assume 'my prod' DeveloperAccess`,
      shell.show("AWS_PROFILE"),
      "awst --identity assume status",
      shell.show("AWS_PROFILE"),
    );
    expect(stdout).toMatch(/^<my-prod\/DeveloperAccess>\nmy prod DeveloperAccess: .*\n<my-prod\//);
  });

  test("aws_assume of awstools' habits, and AWSume's variables, on request", async () => {
    const { stdout } = await runIn(shell, home, [
      shell.take(`shell-init ${shell.name} --aws-assume --awsume-variables`),
      "aws_assume main-account DeveloperAccess",
      shell.show("AWS_PROFILE"),
      shell.show("AWSUME_PROFILE"),
      shell.show("AWSUME_EXPIRATION"),
      "awst assume --unset",
      shell.show("AWSUME_PROFILE"),
      shell.show("AWSUME_EXPIRATION"),
    ]);
    expect(stdout).toMatch(
      /^<main-account\/DeveloperAccess>\n<main-account\/DeveloperAccess>\n<\d{4}-\d\d-\d\dT[\d:]+Z>\n<>\n<>\n$/,
    );
  });

  test("the strict modes of scripts do it no harm, nor it them", async () => {
    const { stdout, stderr, status } = await run(
      shell.strict,
      "awst assume main-account DeveloperAccess",
      "awst status --format '{account}'",
      "awst config path | cat > /dev/null",
      `awst exec no-such-account X -- true || ${shell.showStatus}`,
      "awst assume no-such-account X || true",
      "awst assume --unset",
      shell.show("AWS_PROFILE"),
    );
    expect({ stdout, status, stderr }).toMatchObject({
      stdout: "main-account\n[2]\n<>\n",
      status: 0,
    });
  });

  test("awstools' own function in a user's file still works", async () => {
    const source = shell.name === "fish" ? "source" : ".";
    const { stdout, stderr } = await runIn(
      shell,
      home,
      [
        "awst assume main-account DeveloperAccess --export assume.tmp --export-profile",
        shell.showStatus,
        `${source} ./assume.tmp`,
        shell.show("AWS_PROFILE"),
      ],
      { SHELL: `/bin/${shell.name}` },
    );
    expect({ stdout, stderr }).toMatchObject({ stdout: "[0]\n<main-account/DeveloperAccess>\n" });
    expect(home.read("assume.tmp")).not.toContain("SECRET");
  });

  test.each([sdkForJavaScript, awsCli, boto3])(
    "after assume, $name in this shell is who `awst whoami` says",
    async (client) => {
      const why = await client.absent(home);
      if (why !== undefined) return console.log(`${client.name}: skipped: ${why}`);
      const typed = client.typed
        .replace("test/clients", `${root}/test/clients`)
        .replace(/^node /, `${process.execPath} `);
      const { stdout, stderr } = await run(
        "awst assume 'my prod' DeveloperAccess",
        typed,
        "awst whoami --json",
      );
      const [who] = stdout.split("\n");
      expect({ who, stderr }).toMatchObject({
        who: expect.stringContaining(":assumed-role/DeveloperAccess/"),
      });
      expect(JSON.parse(stdout.slice(stdout.indexOf("{")))).toMatchObject({
        arn: who,
        profile: "my-prod/DeveloperAccess",
      });
    },
  );
});

async function runIn(
  shell: Dialect,
  { run }: Home,
  lines: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  return run([...shell.script, lines.join("\n")], { env });
}
