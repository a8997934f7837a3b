// The link that `awst console` prints, taken to the sandbox's sign-in service as a browser would: for every
// partition and every kind of session. How long the browser's session was asked to last.

import { afterEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { until } from "../support/until.ts";

let home: Home | undefined;
afterEach(() => home?.remove());

const partitions = [
  ["aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/"],
  ["aws-cn", "cn-north-1", "https://console.amazonaws.cn/"],
  ["aws-us-gov", "us-gov-west-1", "https://console.amazonaws-us-gov.com/"],
  ["aws-eusc", "eusc-de-east-1", "https://eusc-de-east-1.console.amazonaws-eusc.eu/"],
] as const;

const kinds = [
  ["renewed", ["DeveloperAccess"], undefined],
  ["single", ["LongBuild"], 8 * 3600],
  ["single, by a flag", ["AdminAccess", "--single", "--duration", "45m"], 45 * 60],
  ["once", ["AdminAccess", "--duration", "30m"], undefined],
  ["scoped", ["DeveloperAccess", "--tag", "ticket=1"], undefined],
  ["via another", ["BehindHub"], undefined],
  ["in a path", ["audit/ReadOnly"], undefined],
] as const;

async function openHome(partition: string, region: string): Promise<Home> {
  home = await makeHome({ sandbox: { fixture: "open", partition }, configuration: null });
  home.write(
    ".config/awstools/config.toml",
    `defaultRegion = "${region}"
keyRotationIntervalMinutes = 0
[profiles]
mainAccount = "main-account"
[accounts]
main-account = "${home.sandbox.main.accountId}"
[roles.DeveloperAccess]
[roles.AdminAccess]
[roles."audit/ReadOnly"]
[roles.LongBuild]
duration = "8h"
session = "single"
[roles.BehindHub]
via = "main-account/Hub"
[mfa]
command = "mfa-code"
`,
  );
  return home;
}

/** What the browser receives, and who is then signed in. */
async function visit(where: Home, link: string) {
  const login = await fetch(link, { redirect: "manual" });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const page = await fetch(`${where.sandbox.url}/console`, { headers: { cookie } });
  return { status: login.status, to: login.headers.get("location"), text: await page.text() };
}

describe.each(partitions)("in %s", (partition, region, console) => {
  test.each(kinds)("%s", async (_name, [role, ...flags], seconds) => {
    const here = await openHome(partition, region);
    const args = ["console", "main-account", role, ...flags, "--print", "--service", "s3"];
    const { status, stdout, stderr } = await here.awst(args);
    expect([status, stderr]).toEqual([0, stderr]);
    const seen = await visit(here, stdout.trim());
    expect(seen.status).toBe(302);
    expect(seen.to).toBe(`${console}s3/home?region=${region}`);
    const name = role.split("/").at(-1);
    expect(seen.text).toContain(`arn:${partition}:sts::111111111111:assumed-role/${name}/`);

    const asked = here.sandbox.calls().filter(({ action }) => action === "getSigninToken");
    expect(asked.map(({ result, params }) => [result, params["method"]])).toEqual([["ok", "POST"]]);
    const duration = asked[0]?.params["SessionDuration"];
    if (seconds === undefined) expect(duration).toBeUndefined();
    else {
      expect(Number(duration)).toBeLessThanOrEqual(seconds);
      expect(Number(duration)).toBeGreaterThan(seconds - 60);
    }
  });
});

describe("what is left of a session", () => {
  test("under half of it: renewed first, without a code", async () => {
    const here = await openHome("aws", "eu-west-1");
    const args = ["console", "main-account", "DeveloperAccess", "--print"];
    await here.awst(args);
    here.moveClock(20 * 60);
    here.sandbox.forgetCalls();
    await here.awst(args);
    const actions = () => here.sandbox.calls().map(({ action }) => action);
    expect(actions()).toEqual(["getSigninToken"]);
    here.moveClock(15 * 60);
    here.sandbox.forgetCalls();
    await here.awst(args);
    expect(actions()).toEqual(["AssumeRole", "getSigninToken"]);
  });

  test("a single session's browser ends with it", async () => {
    const here = await openHome("aws", "eu-west-1");
    const args = ["console", "main-account", "LongBuild", "--print"];
    await here.awst(args);
    here.moveClock(7 * 3600);
    here.sandbox.forgetCalls();
    const { stdout } = await here.awst(args);
    const [asked] = here.sandbox.calls();
    expect(Number(asked?.params["SessionDuration"])).toBeLessThanOrEqual(3600);
    expect((await visit(here, stdout.trim())).status).toBe(302);
  });

  test("a session that was revoked is refused by name, and nothing is printed", async () => {
    const here = await openHome("aws", "eu-west-1");
    await here.awst(["assume", "main-account", "DeveloperAccess"]);
    const served = await here.awst(["credential-process", "main-account", "DeveloperAccess"]);
    const { AccessKeyId } = JSON.parse(served.stdout);
    const session = here.sandbox.cloud.sessions.get(AccessKeyId);
    if (session) session.isRevoked = true;
    const ended = await here.awst(["console", "main-account", "DeveloperAccess", "--print"]);
    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).toContain("refused the session of main-account DeveloperAccess");
    expect(ended.stderr).toContain("awst console main-account DeveloperAccess --refresh");
  });
});

test("the link stands in no program's words, and its page is the user's alone", async () => {
  const here = await openHome("aws", "eu-west-1");
  const script =
    'page=$(echo "$1" | cut -c8-); { stat -c %a "$page" "$(dirname "$page")"; cat "$page"; } >seen.new; ' +
    "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' >words; mv seen.new seen";
  here.write("browser.sh", script);
  const args = ["console", "main-account", "DeveloperAccess", "--browser", "sh browser.sh"];
  const { status, stdout, stderr } = await here.awst(args);
  expect([status, stdout, stderr]).toEqual([0, "", stderr]);
  const seen = await until("the browser has run", () => here.read("seen"));
  expect(seen).toMatch(/^600\n700\n/);
  const token = /SigninToken=([\w-]+)/.exec(seen)?.[1] ?? "";
  expect(token.length).toBeGreaterThan(100);
  const shown = here.read("words") ?? "";
  expect(shown).toContain("browser.sh");
  expect(shown).not.toContain(token);
  expect(stderr).not.toContain("SigninToken");
});

test("--debug and the history know of it, without the token", async () => {
  const here = await openHome("aws", "eu-west-1");
  const args = ["console", "main-account", "DeveloperAccess", "--print", "--debug"];
  const { stdout, stderr } = await here.awst(args);
  const token = new URL(stdout.trim()).searchParams.get("SigninToken") ?? "-";
  expect(stderr).toContain("getSigninToken");
  expect(stderr).not.toContain(token.slice(0, 30));
  const history = here.read(".local/state/awst/history.jsonl") ?? "";
  expect(history).toContain("console-link-issued");
  expect(history).not.toContain(token.slice(0, 30));
});
