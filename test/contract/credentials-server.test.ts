// The credentials endpoint itself: real sockets, whole requests as they come over the wire.

import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCredentialsServer } from "../../src/adapters/child/credentials-server.ts";
import { Secret } from "../../src/model/secret.ts";
import type { RoleSession } from "../../src/model/session/session.ts";
import type { ServedEndpoint, ServedResponse } from "../../src/ports/serving.ts";

const session: RoleSession = {
  keys: {
    accessKeyId: "ASIAEXAMPLE",
    secretAccessKey: new Secret("the-secret"),
    sessionToken: new Secret("the-session-token"),
    expiresAt: new Date("2026-01-02T03:04:05Z"),
  },
  issuedAt: new Date("2026-01-02T02:04:05Z"),
  renewableUntil: undefined,
  assumedRoleArn: "arn:aws:sts::111111111111:assumed-role/R/me",
  accountId: "111111111111",
  region: "eu-west-1",
  fingerprint: "",
  signedBy: "",
  configurationStamp: "",
  environment: "",
};

const copies = { config: "[default]\nregion = eu-west-1\n", credentials: "[a b]\nregion = x\n" };

let folder: string;
let server: ServedEndpoint;
let answer: () => Promise<ServedResponse>;
let messages: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "awst-server-"));
  messages = [];
  answer = async () => ({ session });
  const open = openCredentialsServer({ runtime: join(folder, "awst") }, (line) =>
    messages.push(line),
  );
  server = await open.start({ files: copies, respond: () => answer() });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const token = () => readFileSync(server.tokenFile, "utf8");
const own = () => new URL(server.url);

/** Sends the bytes as they are; what came back until the other side closed. */
function send(text: string, host = "127.0.0.1"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(own().port), host, () => socket.write(text));
    let answered = "";
    socket.on("data", (bytes) => {
      answered += bytes;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answered));
  });
}

function request(first: string, ...headers: string[]): string {
  return `${[first, ...headers].join("\r\n")}\r\n\r\n`;
}

const host = () => `Host: ${own().host}`;
const authorization = () => `Authorization: ${token()}`;
const get = "GET /credentials HTTP/1.1";

test("with the token: the session, not to be stored, and the connection ends", async () => {
  const answered = await send(request(get, host(), authorization()));
  expect(answered).toMatch(/^HTTP\/1.1 200 /);
  expect(answered).toContain("cache-control: no-store");
  expect(answered).not.toMatch(/access-control/i);
  expect(JSON.parse(answered.split("\r\n\r\n")[1] ?? "")).toEqual({
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "the-secret",
    Token: "the-session-token",
    Expiration: "2026-01-02T03:04:05Z",
    AccountId: "111111111111",
  });
});

describe("refused, without a word of the session", () => {
  test.each<[string, () => string, number]>([
    ["no token", () => request(get, host()), 401],
    ["a wrong token", () => request(get, host(), `Authorization: ${token()}x`), 401],
    ["a token cut", () => request(get, host(), `Authorization: ${token().slice(0, -1)}`), 401],
    [
      "a name of the attacker's that means loopback",
      () => request(get, `Host: evil.example:${own().port}`, authorization()),
      403,
    ],
    ["localhost", () => request(get, `Host: localhost:${own().port}`, authorization()), 403],
    ["two hosts", () => request(get, host(), "Host: evil.example", authorization()), 403],
    ["an origin", () => request(get, host(), authorization(), "Origin: null"), 403],
    ["a referer", () => request(get, host(), authorization(), "referer: http://x/"), 403],
    ["a fetch", () => request(get, host(), authorization(), "Sec-Fetch-Mode: no-cors"), 403],
    ["a preflight", () => request("OPTIONS /credentials HTTP/1.1", host(), authorization()), 405],
    [
      "a form",
      () =>
        `${request("POST /credentials HTTP/1.1", host(), authorization(), "Content-Length: 3")}a=b`,
      405,
    ],
    ["another path", () => request("GET / HTTP/1.1", host(), authorization()), 404],
    ["a query", () => request("GET /credentials?x HTTP/1.1", host(), authorization()), 404],
    [
      "as through a proxy",
      () => request(`GET ${server.url} HTTP/1.1`, host(), authorization()),
      404,
    ],
    [
      "a websocket",
      () =>
        request(
          get,
          host(),
          authorization(),
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Key: x",
        ),
      403,
    ],
    ["no host at all", () => request(get, authorization()), 400],
    ["nothing of HTTP", () => "\x16\x03\x01 hello\r\n\r\n", 400],
    ["headers without end", () => request(get, host(), `X: ${"x".repeat(20_000)}`), 431],
  ])("%s", async (_name, text, status) => {
    const answered = await send(text());
    expect(answered).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answered).not.toMatch(/the-secret|the-session-token|ASIA/);
    expect(answered).not.toContain(token());
    expect(messages.join("\n")).not.toContain(token());
  });

  test("HTTP/1.0 without a host", async () => {
    const answered = await send(request("GET /credentials HTTP/1.0", authorization()));
    expect(answered).toMatch(/^HTTP\/1.1 403 /);
  });

  test("a tunnel", async () => {
    const answered = await send(request("CONNECT 127.0.0.1:80 HTTP/1.1", host(), authorization()));
    expect(answered).not.toMatch(/ 200 /);
  });
});

test("an error is answered in the form that SDKs read", async () => {
  answer = async () => ({ status: 400, code: "CODE_NEEDED", message: "a code is needed" });
  const answered = await send(request(get, host(), authorization()));
  expect(answered).toMatch(/^HTTP\/1.1 400 /);
  expect(answered).toContain('{"code":"CODE_NEEDED","message":"a code is needed"}');
});

test("many at once, each answered", async () => {
  const all = await Promise.all(
    Array.from({ length: 100 }, () => send(request(get, host(), authorization()))),
  );
  expect(all.filter((each) => each.startsWith("HTTP/1.1 200 "))).toHaveLength(100);
});

test.each([
  ["nothing", ""],
  ["half a request", "GET /credentials HTTP/1.1\r\nHost:"],
])("a thousand connections that send %s do not keep the program waiting", async (_what, text) => {
  const idle = Array.from({ length: 1000 }, () =>
    connect(Number(own().port), "127.0.0.1").on("error", () => {}),
  );
  for (const socket of idle) socket.write(text);
  await Promise.all(idle.map((socket) => socket.readyState === "open" || once(socket, "connect")));
  const answered = await send(request(get, host(), authorization()));
  for (const socket of idle) socket.destroy();
  expect(answered).toMatch(/^HTTP\/1.1 200 /);
});

test("no other address is listened on", async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  for (const { address } of others) {
    await expect(send(request(get, host(), authorization()), address)).rejects.toThrow(
      "ECONNREFUSED",
    );
  }
  await expect(send(request(get, host()), "127.0.0.2")).rejects.toThrow("ECONNREFUSED");
});

test("only the user can read its files, and close() deletes them and closes the port", async () => {
  const files = [server.tokenFile, server.credentialsFile, server.configFile];
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  expect(statSync(dirname(server.tokenFile)).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "awst")).mode & 0o777).toBe(0o700);
  expect(token()).toMatch(/^[\w-]{43}$/);
  expect(token()).toBe(server.token.reveal());
  expect(readFileSync(server.credentialsFile, "utf8")).toBe(copies.credentials);
  expect(readFileSync(server.configFile, "utf8")).toBe(copies.config);
  const text = request(get, host(), authorization());
  await server.close();
  expect(existsSync(dirname(server.tokenFile))).toBe(false);
  await expect(send(text)).rejects.toThrow("ECONNREFUSED");
});

test("an unwritable folder is reported, and nothing listens", async () => {
  const open = openCredentialsServer({ runtime: "/dev/null/awst" }, () => {});
  await expect(open.start({ files: copies, respond: answer })).rejects.toMatchObject({
    code: "FILE_UNWRITABLE",
  });
});
