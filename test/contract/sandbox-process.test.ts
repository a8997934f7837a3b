// The sandbox as a process of its own, and its side for other processes under /_sandbox/.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { keysOf, refusal, roleArn, stsOf } from "./sandbox-sdk.ts";

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandbox-process-"));
  program = join(folder, "sandbox.cjs");
  const bundle = await rolldown({ input: "sandbox/main.ts", platform: "node" });
  await bundle.write({ file: program, format: "cjs" });
});
afterAll(() => rm(folder, { recursive: true }));

async function post(url: string, arg: string, body: object): Promise<Response> {
  return fetch(`${url}/_sandbox/${arg}`, { method: "POST", body: JSON.stringify(body) });
}

async function read(url: string, arg: string): Promise<Record<string, never>> {
  return (await (await fetch(`${url}/_sandbox/${arg}`)).json()) as Record<string, never>;
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "prints its address, serves, ends on %s with 0",
  async (signal) => {
    const args = ["--fixture", "open", "--settings", '{"tokenLength":2000}'];
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { url, main, fresh, users } = JSON.parse(String(line));
    expect([fresh.userName, Object.keys(users)]).toEqual(["fresh", ["main", "x", "pathed"]]);
    const sts = stsOf({ url } as Sandbox, keysOf(main));
    const { code } = await read(url, "code");
    const answer = await sts.send(
      new GetSessionTokenCommand({ SerialNumber: main.serial, TokenCode: code }),
    );
    expect(answer.Credentials?.SessionToken).toHaveLength(2000);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) process.stdout.write("sandbox and TLS: skipped: openssl is not installed\n");

test.skipIf(!hasOpenssl)("speaks TLS with a certificate of one's own", async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
  ];
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  expect(spawnSync("openssl", [...args, "-keyout", key, "-out", cert, ...name]).status).toBe(0);
  const child = spawn(process.execPath, [program, "--tls-key", key, "--tls-cert", cert], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url, main } = JSON.parse(String(line));
  expect(url).toMatch(/^https:/);
  const sts = new STSClient({
    endpoint: url,
    region: "eu-west-1",
    credentials: keysOf(main),
    requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ ca: await readFile(cert) }) }),
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe("111111111111");
  await expect(
    stsOf({ url } as Sandbox, keysOf(main)).send(new GetCallerIdentityCommand({})),
  ).rejects.toThrow(/certificate/);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("an unknown fixture ends it with status 1 and one line", async () => {
  const child = spawn(process.execPath, [program, "--fixture", "x"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stderr.on("data", (part) => {
    printed += part;
  });
  expect(await once(child, "close")).toEqual([1, null]);
  expect(printed).toContain("there is no fixture x");
});

test("over HTTP: calls, codes, clock, faults, settings, sessions, roles, devices", async () => {
  const sandbox = await startSandbox({ fixture: "open" });
  try {
    const { url } = sandbox;
    const sts = stsOf(sandbox, keysOf(sandbox.main));
    const whoAmI = () => sts.send(new GetCallerIdentityCommand({}));
    expect(await read(url, "main")).toEqual(sandbox.main);
    expect(await read(url, "fresh")).toEqual(sandbox.fresh);
    expect((await read(url, `code?serial=${sandbox.main.serial}&later=1`))["code"]).toBe(
      sandbox.code(undefined, 1),
    );
    await post(url, "faults", { action: "GetCallerIdentity", kind: "throttle" });
    expect(await refusal(whoAmI())).toMatchObject({ code: "Throttling" });
    await post(url, "faults", { action: "*", kind: "throttle" });
    await post(url, "faults/clear", {});
    await whoAmI();
    const { calls } = (await read(url, "calls")) as unknown as { calls: { result: string }[] };
    expect(calls.map(({ result }) => result)).toEqual(["Throttling", "ok"]);
    await post(url, "calls/forget", {});
    expect(await read(url, "calls")).toEqual({ calls: [] });
    await post(url, "settings", { signatureWindowSeconds: 9000, pageSize: 3 });
    expect(sandbox.settings.pageSize).toBe(3);
    const before = sandbox.clock.now().getTime();
    await post(url, "clock", { advanceSeconds: 3600 });
    expect(sandbox.clock.now().getTime() - before).toBeGreaterThanOrEqual(3_600_000);
    await post(url, "roles/maximum", { accountId: "111111111111", role: "Hub", seconds: 7200 });
    const hub = { RoleArn: roleArn("Hub"), RoleSessionName: "me", DurationSeconds: 7200 };
    const { Credentials } = await sts.send(new AssumeRoleCommand(hub));
    const keys = keysOf(Credentials);
    await post(url, "sessions/expire", { accessKeyId: keys.accessKeyId });
    const dead = () => stsOf(sandbox, keys).send(new GetCallerIdentityCommand({}));
    expect(await refusal(dead())).toMatchObject({ code: "ExpiredToken" });
    await post(url, "sessions/revoke", { accessKeyId: keys.accessKeyId });
    expect(await refusal(dead())).toMatchObject({ code: "InvalidClientTokenId" });
    await post(url, "devices/drift", { serial: sandbox.main.serial, steps: 5 });
    expect(sandbox.cloud.device(sandbox.main.serial).driftSteps).toBe(5);
    await post(url, "keys/disable", { accessKeyId: sandbox.main.accessKeyId });
    expect(await refusal(whoAmI())).toMatchObject({ code: "InvalidClientTokenId" });
  } finally {
    await sandbox.stop();
  }
});

test("what it does not know it refuses; web pages and other hosts get nothing", async () => {
  const sandbox = await startSandbox();
  try {
    const { url } = sandbox;
    expect((await post(url, "settings", { pagesize: 1 })).status).toBe(400);
    expect((await post(url, "clock", { advanceSeconds: "1" })).status).toBe(400);
    expect((await post(url, "faults", { action: "*", kind: "boredom" })).status).toBe(400);
    expect((await fetch(`${url}/_sandbox/secrets`)).status).toBe(404);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    const page = await fetch(`${url}/_sandbox/main`, {
      headers: { origin: "https://evil.example" },
    });
    expect(page.status).toBe(403);
    const { port } = new URL(url);
    const status = await new Promise((resolve) => {
      const headers = { host: "evil.example" };
      request({ host: "127.0.0.1", port, path: "/_sandbox/main", headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  } finally {
    await sandbox.stop();
  }
});
