// A hostile profile, keys in the environment and files that can't be parsed change nothing that awst does: a server at
// the addresses that they name must receive no request. Also the ways through a company's network: a CONNECT proxy and a
// private certificate authority.

import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, keyLines, makeHome } from "../support/home.ts";
import { hasOpenssl, makePrivateCa } from "../support/private-ca.ts";

const role = ["main-account", "DeveloperAccess"];
const args = ["credential-process", ...role];

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

test("an endpoint of the environment is named once per run that calls it, and in no other", async () => {
  const line = `awst: AWS_ENDPOINT_URL: calls go to ${new URL(home.sandbox.url).host} instead of AWS\n`;
  const cold = await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
  expect(cold.overrides).toEqual([line]);
  expect((await home.awst(args)).overrides).toEqual([]);
  expect((await home.awst(["assume", ...role])).overrides).toEqual([]);
  const console = await home.awst(["console", ...role, "--print"]);
  expect(console.overrides).toEqual([line.replace("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SIGNIN")]);
  expect((await home.awst(["key", "list", "--quiet"])).overrides).toEqual([]);
});

describe("a server that must hear nothing", () => {
  let hostile: Server;
  let heard: number;
  let url: string;
  beforeEach(async () => {
    heard = 0;
    hostile = createServer((socket) => {
      heard += 1;
      socket.destroy();
    });
    url = `http://127.0.0.1:${await listen(hostile)}`;
  });
  afterEach(() => void hostile.close());

  const settings = () => `region = us-west-2
endpoint_url = ${url}
services = hostile
retry_mode = adaptive
max_attempts = 9
use_fips_endpoint = true
use_dualstack_endpoint = true
sts_regional_endpoints = legacy
mfa_serial = arn:aws:iam::999999999999:mfa/hostile
role_arn = arn:aws:iam::999999999999:role/Hostile
duration_seconds = 900
`;
  const config = () =>
    `[default]\n${settings()}\n[profile hostile]\n${settings()}\n[profile main-account]\n${settings()}\n[services hostile]\nsts =\n  endpoint_url = ${url}\niam =\n  endpoint_url = ${url}\n`;
  const ambientKeys = {
    AWS_ACCESS_KEY_ID: "AKIAHOSTILEHOSTILE00",
    AWS_SECRET_ACCESS_KEY: "hostile",
    AWS_SESSION_TOKEN: "hostile",
  };
  const regions = { AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "us-west-2" };
  const rows: readonly (readonly [string, Record<string, string>])[] = [
    ["AWS_PROFILE", { AWS_PROFILE: "hostile" }],
    ["AWS_DEFAULT_PROFILE", { AWS_DEFAULT_PROFILE: "hostile" }],
    ["[default] alone", {}],
    ["a profile that is not there", { AWS_PROFILE: "unknown" }],
    ["its own profile", { AWS_PROFILE: "main-account DeveloperAccess" }],
    ["keys", ambientKeys],
    ["keys, a profile and regions", { ...ambientKeys, ...regions, AWS_PROFILE: "hostile" }],
    ["retries", { AWS_MAX_ATTEMPTS: "9", AWS_RETRY_MODE: "adaptive" }],
    ["another machine's role", { AWS_CONTAINER_CREDENTIALS_FULL_URI: "URL/x", AWS_ROLE_ARN: "x" }],
  ];

  test.each(rows)(
    "ambient %s: the same calls, signed by the same key, in the same region",
    async (_, ambient) => {
      home.write(".aws/config", config());
      const foreign =
        "[hostile]\naws_access_key_id = AKIAHOSTILEHOSTILE00\naws_secret_access_key = x\n";
      home.write(
        ".aws/credentials",
        `${foreign}[default]\n${foreign.split("]\n")[1]}${keyLines(home.sandbox)}`,
      );
      const env = Object.fromEntries(
        Object.entries(ambient).map(([name, value]) => [name, value.replace("URL", url)]),
      );
      const printed = [
        await home.awst(["assume", ...role, "--mfa-code", home.code()], { env }),
        await home.awst(args, { env }),
        await home.awst(["credential-process", "main-account", "AdminAccess"], { env }),
        await home.awst(["profile", "sync"], { env }),
        await home.awst(["list"], { env }),
        await home.awst(["key", "import"], { env }),
      ];
      expect(printed.map(({ status, stderr }) => [status, status && stderr])).toEqual(
        printed.map(() => [0, 0]),
      );
      expect(heard).toBe(0);
      const [first] = home.sandbox.calls();
      expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 2 });
      expect(first?.accessKeyId).toBe(home.sandbox.main.accessKeyId);
      const regionsSeen = home.sandbox.calls().filter(({ service }) => service === "sts");
      expect(new Set(regionsSeen.map(({ region }) => region))).toEqual(new Set(["eu-west-1"]));
      expect(printed[0]?.stdout).toContain("AWS_PROFILE='main-account/DeveloperAccess'");
    },
  );

  test("AWS's config that can't be parsed: the session is printed, the file stays unchanged", async () => {
    const broken = "[profile [[[\n\0\xff = = =\n[default\nregion\n";
    home.write(".aws/config", broken);
    const env = { AWST_MFA_CODE: home.code() };
    const answer = await home.awst(args, { env });
    expect(answer, answer.stderr).toMatchObject({ status: 0 });
    expect(await home.awst(["assume", ...role])).toMatchObject({ status: 0 });
    expect(home.read(".aws/config")?.startsWith(broken)).toBe(true);
    expect(heard).toBe(0);
  });

  test("AWS's files are folders, or devices: with the key in the keychain assume succeeds", async () => {
    await home.awst(["key", "import"]);
    await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    for (const path of [home.path, "/dev/null", "/dev/null/none"]) {
      const env = { AWS_CONFIG_FILE: path, AWS_SHARED_CREDENTIALS_FILE: path };
      // An edit, so that nothing is answered from memory.
      const text = home.read(".config/awstools/config.toml") ?? "";
      home.write(".config/awstools/config.toml", `${text}# ${path}\n`);
      const { status, stderr } = await home.awst(args, { env });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  });
});

test("a scoped session never changes what the plain profile returns", async () => {
  await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  const plain = (await home.awst(args)).stdout;
  const readOnly = ["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"];
  for (const flags of [
    readOnly,
    ["--duration", "20m"],
    ["--tag", "a=b"],
    ["--session-name", "other"],
  ]) {
    const scoped = await home.awst(["assume", ...role, ...flags]);
    expect(scoped.stdout + scoped.stderr).toMatch(
      /AWS_PROFILE='main-account\/DeveloperAccess@[0-9a-f]{6}'|not authorized|refused/,
    );
    expect((await home.awst(args)).stdout).toBe(plain);
  }
  for (const file of [".aws/credentials", ".aws/config"]) {
    const sections = (home.read(file) ?? "").split("\n[").filter((each) => !each.includes("@"));
    expect(sections.filter((section) => section.includes("ReadOnlyAccess"))).toEqual([]);
  }
  const own = await home.awst(["credential-process", ...readOnly, ...role]);
  expect(JSON.parse(own.stdout).AccessKeyId).not.toBe(JSON.parse(plain).AccessKeyId);
  // Warm, cold and after an edit of the configuration alike.
  const text = home.read(".config/awstools/config.toml") ?? "";
  home.write(".config/awstools/config.toml", `${text}# edited\n`);
  expect((await home.awst(args)).stdout).toBe(plain);
});

describe.skipIf(!hasOpenssl())("a network of a company's", () => {
  test("a CONNECT proxy and a private authority, through the whole program", async () => {
    const ca = makePrivateCa(home.around);
    await using inside = await makeHome({ sandbox: { tls: ca.server } });
    const connected: string[] = [];
    const proxy = createHttpServer((_, response) => response.writeHead(500).end());
    proxy.on("connect", (request, socket, head) => {
      connected.push(request.url ?? "");
      const { port } = new URL(inside.sandbox.url);
      const onwards = connect(Number(port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        if (head.length > 0) onwards.write(head);
        onwards.pipe(socket).pipe(onwards);
      });
      for (const each of [socket, onwards]) each.on("error", () => {});
    });
    const port = await listen(proxy);
    const env = {
      AWS_ENDPOINT_URL: inside.sandbox.url,
      AWS_CA_BUNDLE: ca.bundle,
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      AWST_MFA_CODE: inside.code(),
    };
    const through = await inside.awst(args, { env });
    expect(through, through.stderr).toMatchObject({ status: 0 });
    expect(connected).toHaveLength(3);

    inside.moveClock(60);
    await inside.awst(["logout", "--all"], { env });
    const fresh = { ...env, AWST_MFA_CODE: inside.code() };
    const around = await inside.awst(args, { env: { ...fresh, NO_PROXY: "127.0.0.1" } });
    expect(around, around.stderr).toMatchObject({ status: 0 });
    expect(connected).toHaveLength(3);

    inside.moveClock(60);
    await inside.awst(["logout", "--all"], { env });
    inside.sandbox.forgetCalls();
    const without = { ...env, AWST_MFA_CODE: inside.code(), AWS_CA_BUNDLE: undefined };
    const distrusted = await inside.awst(args, { env: without });
    expect(distrusted).toMatchObject({ status: 1, stdout: "" });
    expect(distrusted.stderr).toMatch(
      /^awst: error: the TLS certificate of 127\.0\.0\.1.* is not trusted/,
    );
    expect(distrusted.stderr).toMatch(/^awst: hint: .*AWS_CA_BUNDLE=/m);
    expect(inside.sandbox.calls()).toEqual([]);
    proxy.close();
    proxy.closeAllConnections();
  });
});

function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
}
