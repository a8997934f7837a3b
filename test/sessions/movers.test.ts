// Moving in from other tools on a terminal: from their files to a working `assume` under the old name, and back again.
// docs/from-*.md describe the same steps.

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand, findProgram, root } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

interface Mover {
  readonly tool: string;
  /** The page of docs/ that describes it, and the profile that has the access key. */
  readonly page: string;
  readonly me: string;
  /** What is typed for `assume`, and the profile's name afterwards. */
  readonly oldName: string;
  readonly config?: string;
  readonly credentials?: string;
  readonly configuration?: string;
  /** Programs of the other tool that give the key away. */
  readonly programs?: Readonly<Record<string, string>>;
}

const key = "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";
const temporary =
  "aws_access_key_id = ASIAEXAMPLE000000001\naws_secret_access_key = old\naws_session_token = old\n";
const role = "role_arn = arn:aws:iam::ACCOUNT:role/DeveloperAccess\n";
const device = "mfa_serial = arn:aws:iam::ACCOUNT:mfa/admin\n";

const movers: readonly Mover[] = [
  {
    tool: "AWSume",
    page: "awsume",
    me: "me",
    oldName: "prod",
    credentials: `[me]\n${key}\n[out]\n${temporary}manager = awsume\n`,
    config: `# mine\n[profile me]\nregion = eu-west-1\n${device}\n[profile prod]\n${role}source_profile = me\nrole_session_name = admin\n`,
  },
  {
    tool: "aws-vault",
    page: "aws-vault",
    me: "me",
    oldName: "prod",
    config: `[profile common]\nregion = eu-west-1\n${device}\n[profile me]\ninclude_profile = common\n[profile prod]\ninclude_profile = common\nsource_profile = me\n${role}`,
    programs: {
      "aws-vault":
        'echo AWS_ACCESS_KEY_ID=KEY; echo AWS_SECRET_ACCESS_KEY=SECRET; echo "AWS_VAULT=$2"',
    },
  },
  {
    tool: "Granted",
    page: "granted",
    me: "me",
    oldName: "prod",
    config: `[profile me]\ncredential_process = granted credential-process --profile=me\n\n[profile prod]\n${role}source_profile = me\n${device}region = eu-west-1\n`,
    programs: {
      granted:
        'printf "[%s]\\naws_access_key_id = KEY\\naws_secret_access_key = SECRET\\n" "$3" >> "$HOME/.aws/credentials"; sed -i "/^credential_process = granted/d" "$HOME/.aws/config"',
    },
  },
  {
    tool: "aws-mfa",
    page: "plain-profiles",
    me: "prod-long-term",
    oldName: "prod",
    credentials: `[prod-long-term]\n${key}aws_mfa_device = arn:aws:iam::ACCOUNT:mfa/admin\nassume_role = arn:aws:iam::ACCOUNT:role/DeveloperAccess\n\n[prod]\nassumed_role = True\nassumed_role_arn = arn:aws:iam::ACCOUNT:role/DeveloperAccess\n${temporary}expiration = 2026-01-01 00:00:00\n`,
  },
  {
    tool: "plain profiles",
    page: "plain-profiles",
    me: "default",
    oldName: "team.prod",
    credentials: `[default]\n${key}`,
    config: `[default]\nregion = eu-west-1\noutput = json\n\n[profile team.prod]\n${role}source_profile = default\n${device}`,
  },
  {
    tool: "aws-runas",
    page: "plain-profiles",
    me: "default",
    oldName: "prod",
    credentials: `[default]\n${key}`,
    config: `[default]\nregion = eu-west-1\n${device}session_token_duration = 8h\n\n[profile prod]\n${role}credentials_duration = 1h0m0s\n`,
  },
];

const hasAws = findProgram("aws") !== undefined;
if (!hasAws) console.log("AWS CLI: skipped: not installed");

describe("from another tool to assume under the old name, and back", () => {
  test.each(movers.map((mover) => [mover.tool, mover] as const))("%s", async (_, mover) => {
    await using home = await makeHome({ configuration: null, keyInProfile: false });
    const fill = fillFor(home);
    const { oldName, config = "", credentials = "", programs = {} } = mover;
    home.write(".aws/config", fill(config));
    if (credentials !== "") home.write(".aws/credentials", fill(credentials), 0o600);
    for (const [name, script] of Object.entries(programs)) {
      const path = join(home.around, "bin", name);
      writeFileSync(path, `#!/bin/sh\n${fill(script)}\n`);
      chmodSync(path, 0o755);
    }

    const init = onTerminal(home, ["init"]);
    await init.expect(/profiles with roles \((.*)\)\. Use them\?/);
    init.type("y\r");
    await init.expect(/shell-init .* to ~\//);
    init.type("n\r");
    expect(await init.exit).toMatchObject({ status: 0 });

    const { keys } = JSON.parse((await home.awst(["import", "--json"])).stdout);
    expect(keys).toHaveLength(1);
    const stored = await home.run(["sh", "-c", keys[0].command]);
    expect(stored).toMatchObject({ status: 0 });
    const before = home.read(".aws/config");
    const credentialsBefore = home.read(".aws/credentials");
    const takenOver = await home.awst(["import", "--take-over"]);
    expect(takenOver).toMatchObject({ status: 0 });

    const assume = onTerminal(home, ["assume", oldName]);
    await assume.expect(/MFA code of admin/);
    assume.type(home.code());
    assume.press("enter");
    expect(await assume.exit).toMatchObject({ status: 0 });
    expect(assume.transcript()).toContain(`AWS_PROFILE='${oldName}'`);
    const who = await home.awst(["whoami", "--profile", oldName]);
    expect(who.stdout).toContain(":assumed-role/DeveloperAccess/");

    const remove = onTerminal(home, ["profile", "remove"]);
    await remove.expect(/Remove \d+ profiles/);
    remove.type("y\r");
    expect(await remove.exit).toMatchObject({ status: 0 });
    expect(home.read(".aws/config")).toBe(before);
    expect(home.read(".aws/credentials") ?? "").toBe(credentialsBefore ?? "");

    if (!hasAws) return;
    const newKey = await goBack(home, mover.page, mover.me);
    // The AWS CLI adds an empty section for a profile that was in the other file only.
    const after = home.read(".aws/config")?.replace(`[profile ${mover.me}]\n`, "");
    const original = mover.programs ? before : fill(config);
    expect(after).toBe(original?.replace(`[profile ${mover.me}]\n`, ""));
    if (mover.programs !== undefined) return;
    const filled = fill(credentials);
    const { accessKeyId, secretAccessKey } = home.sandbox.main;
    const expected = filled.replace(accessKeyId, newKey.id).replace(secretAccessKey, newKey.secret);
    expect(linesOf(home.read(".aws/credentials"))).toEqual(linesOf(expected));
  });

  test("awstools", async () => {
    await using home = await makeHome({ keyInProfile: false });
    home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox));
    const name = "main-account DeveloperAccess";
    const mine = "[mine]\noutput = json\n";
    const sections = `[main-account]\n${key}\n[main-account-mfa]\n${temporary}\n[${name}]\n${temporary}\n${mine}`;
    home.write(".aws/credentials", fillFor(home)(sections), 0o600);
    home.write(".aws/config", `[profile '${name}']\nregion = eu-west-1\n`);
    expect(await home.awst(["key", "import"])).toMatchObject({ status: 0 });
    const assume = onTerminal(home, ["assume", "main", "DeveloperAccess"]);
    await assume.expect(/MFA code of admin/);
    assume.type(home.code());
    assume.press("enter");
    expect(await assume.exit).toMatchObject({ status: 0 });
    const who = await home.awst(["whoami", "--profile", name]);
    expect(who.stdout).toContain(":assumed-role/DeveloperAccess/");
    const removed = await home.awst(["profile", "remove", "--yes"]);
    expect(removed.stdout).toContain(name);
    expect(home.read(".aws/credentials")).toContain(mine);
    expect(home.read(".aws/credentials")).not.toContain(`[${name}]`);
    if (!hasAws) return;
    const { id } = await goBack(home, "awstools", "main-account");
    expect(home.read(".aws/credentials")).toContain(`aws_access_key_id = ${id}\n`);
    expect(home.read(".aws/credentials")).toContain(mine);
  });
});

function fillFor(home: Home): (text: string) => string {
  const { accountId, accessKeyId, secretAccessKey } = home.sandbox.main;
  return (text) =>
    text
      .replaceAll("ACCOUNT:", `${accountId}:`)
      .replaceAll(/\bKEY\b/g, accessKeyId)
      .replaceAll(/\bSECRET\b/g, secretAccessKey);
}

/** Types what the page says under "Go back", and returns the key that the old tool has from then on. */
async function goBack(home: Home, page: string, me: string) {
  const { accountId, userName, accessKeyId: old } = home.sandbox.main;
  const keys = () => home.sandbox.cloud.account(accountId).keysOf(userName);
  const text = readFileSync(`${root}/docs/from-${page}.md`, "utf8").split("## Go back")[1] ?? "";
  const lines = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) =>
    block.trim().split("\n"),
  );
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    if (!/^awst? /.test(line)) continue;
    const filled = line
      .replaceAll(/\bme\b/g, me)
      .replace(/^aws configure --profile default$/, "aws configure")
      .replace("USER", userName)
      .replace("OLD", old)
      .replace(/^awst profile remove/, "awst profile remove --yes");
    const made = keys().find(({ id }) => id !== old);
    const input = `${made?.id}\n${made?.secret}\n\n\n`;
    // AWS needs no region for IAM; the CLI needs one for an endpoint of its own.
    const env = { AWS_DEFAULT_REGION: "eu-west-1" };
    const done = await home.run(["sh", "-c", filled], { env, input });
    expect(done, `${filled}\n${done.stderr}`).toMatchObject({ status: 0 });
  }
  const [key, ...others] = keys();
  expect(others).toEqual([]);
  if (key === undefined || key.id === old) throw new Error("the old key is still the only one");
  return key;
}

function linesOf(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .sort();
}

function onTerminal(home: Home, args: readonly string[]) {
  const [program = "", ...rest] = [...awstCommand(), ...args];
  return spawnPty(program, rest, { env: home.envWith({}), cwd: home.path });
}
