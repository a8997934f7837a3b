// The way to AWS, for real: proxies that speak CONNECT, with and without a password, a server whose
// certificate a private authority signed, and networks that fail on the way.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAws } from "../../src/adapters/aws/aws.ts";
import type { Env } from "../../src/model/environment.ts";
import { AwstError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import { hasOpenssl, makePrivateCa, type PrivateCa } from "../support/private-ca.ts";
import {
  close,
  credentialsXml,
  identityXml,
  listen,
  type RawAws,
  refusal,
  result,
  startRawAws,
} from "../support/raw-aws.ts";

const device = "arn:aws:iam::111111111111:mfa/phone";
const account = { accountId: "111111111111" };

function open(env: Env, limits = {}) {
  const keys = { accessKeyId: "AKIAOWN", secretAccessKey: new Secret("own") };
  const region = "eu-west-1";
  const iam = () => import("../../src/adapters/aws/aws-iam-call.ts");
  return openAws(keys, region, { env, debug: () => {}, iam, limits: { pauseMs: 1, ...limits } });
}

async function failing(promise: Promise<unknown>): Promise<AwstError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AwstError);
  return error as AwstError;
}

/** A call with a code, for what it says about its effect. */
function sendCode(env: Env, limits = {}): Promise<AwstError> {
  const ask = { device, code: new Secret("123456"), durationSeconds: 3600 };
  return failing(open(env, limits).getSessionToken(ask));
}

interface TestProxy {
  readonly port: number;
  /** `CONNECT host:port authorization`, or the method and the URL of a forwarded request. */
  readonly seen: string[];
  /** What CONNECT is answered with; 200 connects. */
  status: number;
  close(): Promise<void>;
}

async function startProxy(tls?: PrivateCa["server"]): Promise<TestProxy> {
  const seen: string[] = [];
  const tunnels = new Set<Duplex>();
  const forward: http.RequestListener = (request, response) => {
    const { method, url = "", headers } = request;
    seen.push(`${method} ${url} ${headers["proxy-authorization"] ?? ""}`.trim());
    if (proxy.status !== 200) {
      response.writeHead(proxy.status);
      response.end("<html>proxy</html>");
      return;
    }
    delete headers["proxy-authorization"];
    const onward = http.request(url, { method: method ?? "GET", headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  };
  const server = tls ? https.createServer(tls, forward) : http.createServer(forward);
  server.on("connect", (request: http.IncomingMessage, near: Duplex, head: Buffer) => {
    const { url = "", headers } = request;
    seen.push(`CONNECT ${url} ${headers["proxy-authorization"] ?? ""}`.trim());
    tunnels.add(near);
    near.on("error", () => {});
    if (proxy.status !== 200) {
      near.end(`HTTP/1.1 ${proxy.status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const far = net.connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      near.write("HTTP/1.1 200 Connection established\r\n\r\n");
      far.write(head);
      far.pipe(near);
      near.pipe(far);
    });
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
  });
  const proxy: TestProxy = {
    port: await listen(server),
    seen,
    status: 200,
    async close() {
      for (const tunnel of tunnels) tunnel.destroy();
      await close(server);
    },
  };
  return proxy;
}

describe("a plain http endpoint", () => {
  let aws: RawAws;
  let proxy: TestProxy;
  beforeEach(async () => {
    aws = await startRawAws();
    aws.answer(result("GetCallerIdentity", identityXml));
    proxy = await startProxy();
  });
  afterEach(() => Promise.all([aws.close(), proxy.close()]));

  test("is asked through HTTP_PROXY, which gets user and password", async () => {
    const env = {
      AWS_ENDPOINT_URL: aws.url,
      HTTP_PROXY: `http://me:s%3Acret@127.0.0.1:${proxy.port}`,
    };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
    const authorization = Buffer.from("me:s:cret").toString("base64");
    expect(proxy.seen).toEqual([`POST ${aws.url}/ Basic ${authorization}`]);
    expect(aws.seen[0]?.headers.host).toBe(`127.0.0.1:${aws.port}`);
  });

  test("goes direct where NO_PROXY says so", async () => {
    const env = {
      AWS_ENDPOINT_URL: aws.url,
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: "127.0.0.1",
    };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
    expect(proxy.seen).toEqual([]);
  });

  test("a proxy that wants a password", async () => {
    proxy.status = 407;
    const env = { AWS_ENDPOINT_URL: aws.url, HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
    expect(await sendCode(env)).toMatchObject({
      code: "AWS_UNREACHABLE",
      message: `the proxy 127.0.0.1:${proxy.port} requires a user name and a password (HTTP 407)`,
      effect: "nothing-done",
    });
    expect(aws.seen).toEqual([]);
  });
});

describe.skipIf(!hasOpenssl())("a TLS endpoint with a private authority", () => {
  let folder: string;
  let ca: PrivateCa;
  let aws: RawAws;
  let proxy: TestProxy;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "awst-network-"));
    ca = makePrivateCa(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    aws = await startRawAws(ca.server);
    aws.answer(result("GetCallerIdentity", identityXml));
    proxy = await startProxy();
  });
  afterEach(() => Promise.all([aws.close(), proxy.close()]));

  const trusting = () => ({ AWS_ENDPOINT_URL: aws.url, AWS_CA_BUNDLE: ca.bundle });

  test("is trusted with AWS_CA_BUNDLE", async () => {
    expect(await open(trusting()).getCallerIdentity()).toMatchObject(account);
  });

  test("is trusted by name as by address", async () => {
    const env = { ...trusting(), AWS_ENDPOINT_URL: `https://localhost:${aws.port}` };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
  });

  test("is not trusted without, and is sent nothing", async () => {
    const error = await sendCode({ AWS_ENDPOINT_URL: aws.url });
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toMatch(
      /^the TLS certificate of 127\.0\.0\.1:\d+ is not trusted \(\w+\)$/,
    );
    expect(error.hint).toContain("AWS_CA_BUNDLE=");
    expect(aws.seen).toEqual([]);
  });

  test("is not trusted either where Node is set to trust every certificate", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      const error = await sendCode({ AWS_ENDPOINT_URL: aws.url });
      expect(error.message).toContain("is not trusted");
      expect(aws.seen).toEqual([]);
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
  });

  test("is asked through a CONNECT proxy", async () => {
    const env = { ...trusting(), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
    expect(proxy.seen).toEqual([`CONNECT 127.0.0.1:${aws.port}`]);
    expect(aws.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  test("is asked through a CONNECT proxy that gets user and password", async () => {
    const env = { ...trusting(), https_proxy: `http://me:p%40ss@127.0.0.1:${proxy.port}` };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(proxy.seen).toEqual([`CONNECT 127.0.0.1:${aws.port} ${authorization}`]);
    expect(aws.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  test("IAM goes through the proxy too", async () => {
    const list = "<MFADevices></MFADevices><IsTruncated>false</IsTruncated>";
    aws.answer(result("ListMFADevices", list));
    const env = { ...trusting(), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await open(env).listMfaDevices();
    expect(proxy.seen.length).toBe(1);
  });

  test("a proxy that itself speaks TLS", async () => {
    const tlsProxy = await startProxy(ca.server);
    const env = { ...trusting(), HTTPS_PROXY: `https://127.0.0.1:${tlsProxy.port}` };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
    expect(tlsProxy.seen.length).toBe(1);
    await tlsProxy.close();
  });

  test("NO_PROXY goes round the proxy", async () => {
    const env = {
      ...trusting(),
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      no_proxy: `127.0.0.1:${aws.port}`,
    };
    expect(await open(env).getCallerIdentity()).toMatchObject(account);
    expect(proxy.seen).toEqual([]);
  });

  test.each([
    [407, /requires a user name and a password \(HTTP 407\)$/],
    [403, /^the proxy 127\.0\.0\.1:\d+ does not connect to 127\.0\.0\.1:\d+ \(HTTP 403\)$/],
    [502, /does not connect to .* \(HTTP 502\)$/],
  ])("a proxy that answers %i: named once, nothing sent", async (status, message) => {
    proxy.status = status;
    const password = "hunter2";
    const env = { ...trusting(), HTTPS_PROXY: `http://me:${password}@127.0.0.1:${proxy.port}` };
    const error = await sendCode(env);
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toMatch(message);
    expect(`${error.message} ${error.hint} ${error.cause}`).not.toContain(password);
    expect(proxy.seen.length).toBe(1);
  });

  test("a proxy that is not there", async () => {
    const { port } = proxy;
    await proxy.close();
    const error = await sendCode({ ...trusting(), HTTPS_PROXY: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({ effect: "nothing-done", hint: "check HTTPS_PROXY" });
    expect(error.message).toBe(`the proxy 127.0.0.1:${port} refused the connection`);
    proxy = await startProxy();
  });

  test("the proxy gets through, the certificate behind it is not trusted", async () => {
    const env = { AWS_ENDPOINT_URL: aws.url, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const error = await sendCode(env);
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toMatch(/^the TLS certificate of 127\.0\.0\.1:\d+ is not trusted/);
    expect(aws.seen).toEqual([]);
  });

  test("a certificate for another name", async () => {
    const env = { ...trusting(), AWS_ENDPOINT_URL: `https://127.0.0.2:${aws.port}` };
    const there = await startTlsOn("127.0.0.2", aws.port, ca.server);
    // Only where the machine has 127.0.0.2, as Linux does.
    if (there) {
      expect((await sendCode(env)).message).toMatch(
        /is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
      );
      await close(there);
    }
  });

  test("a reset after the code was sent: its effect is unknown", async () => {
    aws.answer("reset");
    expect(await sendCode(trusting())).toMatchObject({
      code: "AWS_UNREACHABLE",
      effect: "unknown",
    });
    expect(aws.seen.length).toBe(1);
  });

  test("a server that does not speak TLS", async () => {
    const plain = await startRawAws();
    plain.answer(refusal(403, "AccessDenied", "no"));
    const env = { AWS_ENDPOINT_URL: `https://127.0.0.1:${plain.port}` };
    const error = await sendCode(env);
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toMatch(/^the TLS handshake with /);
    await plain.close();
  });

  test("a bundle that holds no certificate, and one that is not there", async () => {
    const empty = join(folder, "empty.pem");
    writeFileSync(empty, "");
    const named = (path: string) => ({ ...trusting(), AWS_CA_BUNDLE: path });
    expect((await sendCode(named(empty))).code).toBe("FILE_MALFORMED");
    expect((await sendCode(named(join(folder, "none.pem")))).code).toBe("FILE_UNREADABLE");
    const torn = join(folder, "torn.pem");
    writeFileSync(torn, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    expect((await sendCode(named(torn))).code).toMatch(/^(AWS_UNREACHABLE|FILE_MALFORMED)$/);
  });
});

describe("a server that takes connections and says nothing", () => {
  let silent: net.Server;
  let port: number;
  const sockets = new Set<net.Socket>();
  beforeEach(async () => {
    silent = net.createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    port = (silent.address() as net.AddressInfo).port;
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test("before TLS stands: no connection in time, nothing done", async () => {
    const env = { AWS_ENDPOINT_URL: `https://127.0.0.1:${port}` };
    const error = await sendCode(env, { connectMs: 150 });
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toBe(`no connection to 127.0.0.1:${port} in time`);
  });

  test("after the request: no answer in time, effect unknown", async () => {
    const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    const error = await sendCode(env, { requestMs: 150 });
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "unknown" });
    expect(error.message).toBe(`no response from 127.0.0.1:${port} in time`);
  });

  test("as a proxy: no connection to the proxy in time, nothing done", async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const error = await sendCode(env, { connectMs: 150 });
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "nothing-done" });
    expect(error.message).toBe(`no connection to the proxy 127.0.0.1:${port} in time`);
  });

  test("half an answer, then silence: in time all the same", async () => {
    silent.on("connection", (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<GetSession");
    });
    const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    const error = await sendCode(env, { requestMs: 200 });
    expect(error).toMatchObject({ code: "AWS_UNREACHABLE", effect: "unknown" });
  });

  test("something that is not HTTP", async () => {
    silent.on("connection", (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
    const error = await sendCode({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({ code: "AWS_RESPONSE_MALFORMED", effect: "unknown" });
  });

  test("an answer without end is cut off", async () => {
    silent.on("connection", (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write("x".repeat(65_536)));
      };
      socket.on("drain", more);
      more();
    });
    const error = await sendCode({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    expect(error).toMatchObject({ code: "AWS_RESPONSE_MALFORMED", effect: "unknown" });
  });
});

test("an answer in many small pieces is one answer", async () => {
  const reply = result("GetSessionToken", credentialsXml) as { body: string };
  const server = http.createServer(async (_, response) => {
    for (const letter of reply.body) {
      response.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${await listen(server)}` };
  const ask = { device, code: new Secret("123456"), durationSeconds: 3600 };
  const { keys } = await open(env).getSessionToken(ask);
  expect(keys.accessKeyId).toBe("ASIAEXAMPLE");
  await close(server);
});

test.skipIf(hasOpenssl())("skipped: openssl is not installed, TLS was not tried", () => {});

async function startTlsOn(
  host: string,
  port: number,
  server: PrivateCa["server"],
): Promise<https.Server | undefined> {
  const listener = https.createServer(server);
  return new Promise((resolve) => {
    listener.once("error", () => resolve(undefined));
    listener.listen(port, host, () => resolve(listener));
  });
}
