// The command `awsume` of `shell-init --awsume`, in real shells: AWSume's options do what AWSume's users expect.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { dialects } from "./dialects.ts";

let home: Home;
beforeAll(async () => {
  home = await makeHome({ configuration: null });
  home.write(
    ".config/awstools/config.toml",
    `defaultRegion = "eu-west-1"\nkeyRotationIntervalMinutes = 0
[profiles]\nmainAccount = "main-account"\n[mfa]\ncommand = "mfa-code"
[accounts]\nmain-account = "${home.sandbox.main.accountId}"
[aliases]\nprod = "main-account/AdminAccess"\n"my prod" = "main-account/DeveloperAccess"\n`,
  );
  expect(await home.awst(["assume", "prod"])).toMatchObject({ status: 0 });
});
afterAll(() => home.remove());

describe.each(dialects)("$name", (shell) => {
  const run = (...lines: readonly string[]) =>
    home.run([
      ...shell.script,
      [shell.take(`shell-init ${shell.name} --awsume`), shell.strict, ...lines].join("\n"),
    ]);
  const profile = shell.show("AWS_PROFILE");

  test("a name sets the profile; -u removes it", async () => {
    const { stdout, status } = await run("awsume prod", profile, "awsume -u", profile);
    expect([stdout, status]).toEqual(["<prod>\n<>\n", 0]);
  });

  test("a name with a space stays whole, and options stand before or behind it", async () => {
    const { stdout } = await run(
      `awsume ${shell.quote("my prod")}`,
      profile,
      "awsume --region us-east-1 prod",
      profile,
    );
    expect(stdout).toBe("<main-account/DeveloperAccess>\n<prod>\n");
  });

  test("-s prints the line too; -l lists; -c opens the console, -cl prints its link", async () => {
    const shown = await run("awsume -s prod", profile);
    expect(shown.stdout).toMatch(/AWS_PROFILE[ =]'?prod'?.*\n<prod>\n$/);
    expect(shown.stderr.match(/assumed main-account/g)).toHaveLength(1);
    const listed = await run("awsume -l");
    expect(listed.stdout).toMatch(/^main-account .* AdminAccess +prod /m);
    const link = await run("awsume -cl prod");
    expect(link.stdout).toMatch(/^https?:\S+SigninToken/);
    const opened = await run("awsume -cs s3 prod --browser true");
    expect([opened.status, opened.stderr]).toEqual([0, expect.stringContaining("opening ")]);
  });

  test("-r asks for a new code; --role-arn and --role-duration are understood", async () => {
    home.moveClock(60);
    const { stdout, stderr, status } = await run("awsume -r prod", profile);
    expect([stdout, status, stderr]).toEqual(["<prod>\n", 0, expect.any(String)]);
    const arn = `arn:aws:iam::${home.sandbox.main.accountId}:role/AdminAccess`;
    const scoped = await run(`awsume --role-arn ${arn} --role-duration 1800`, profile);
    expect(scoped.stdout).toMatch(/^<main-account\/AdminAccess@[0-9a-f]{6}>\n$/);
  });

  test("a name that does not exist ends with awst's status, and changes nothing", async () => {
    const { stdout } = await home.run([
      ...shell.script,
      [
        shell.take(`shell-init ${shell.name} --awsume`),
        shell.set("AWS_PROFILE", "before"),
        "awsume nothing",
        shell.showStatus,
        profile,
      ].join("\n"),
    ]);
    expect(stdout).toBe("[2]\n<before>\n");
  });

  test("the variables of the function stay inside it", async () => {
    const names = ["word", "count", "open", "list", "show", "refresh", "args"];
    const { stdout } = await run("awsume prod", ...names.map(shell.show));
    expect(stdout).toBe("<>\n".repeat(names.length));
  });
});

test.skipIf(!dialects.some(({ name }) => name === "bash"))(
  "bash: Tab completes accounts and aliases",
  async () => {
    const script = `eval "$(awst completion bash)"
eval "$(awst shell-init bash --awsume)"
COMP_LINE='awsume pr' COMP_POINT=9; _awsume; printf '<%s>' "\${COMPREPLY[@]}"`;
    const { stdout } = await home.run(["bash", "--norc", "--noprofile", "-c", script]);
    expect(stdout).toBe("<prod>");
  },
);
