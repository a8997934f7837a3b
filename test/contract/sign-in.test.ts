// The sign-in adapter against networks that do and do not do as they should (the service itself:
// test/sessions/console.test.ts).

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openSignIn } from "../../src/adapters/aws/sign-in.ts";
import { Secret } from "../../src/model/secret.ts";

const keys = {
  accessKeyId: "ASIAEXAMPLEEXAMPLE12",
  secretAccessKey: new Secret("a-secret-of-forty-characters-for-this-te"),
  sessionToken: new Secret("a-token"),
  expiresAt: new Date(Date.now() + 3600_000),
};

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

async function serve(...answers: Answer[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked.push(`${request.method} ${request.url} ${request.headers.host}`);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    answer?.(response, request, body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const good: Answer = (response) => response.end('{"SigninToken":"abc"}');
const status =
  (code: number, text = "<html>no</html>"): Answer =>
  (response) => {
    response.statusCode = code;
    response.end(text);
  };
const reset: Answer = (response) => response.socket?.destroy();

function ask(env: Readonly<Record<string, string>>, durationSeconds?: number) {
  const lines: string[] = [];
  const limits = { pauseMs: 5, connectMs: 2000, requestMs: 2000 };
  const signIn = openSignIn({ env, debug: (line) => void lines.push(line), limits });
  const allowedHosts: string[] = [];
  return signIn.getToken({ keys, region: "eu-west-1", durationSeconds, allowedHosts });
}

test("the keys go in the body of a POST, nothing of them in its address", async () => {
  let form = new URLSearchParams();
  const { url, asked } = await serve((response, request, body) => {
    form = new URLSearchParams(body);
    good(response, request, body);
  });
  const answer = await ask({ AWS_ENDPOINT_URL_SIGNIN: `${url}/prefix/` }, 900);
  expect(answer).toMatchObject({ service: `${url}/prefix` });
  expect("token" in answer && answer.token.reveal()).toBe("abc");
  expect(asked).toEqual([`POST /prefix/federation ${new URL(url).host}`]);
  expect(form.get("SessionDuration")).toBe("900");
  expect(JSON.parse(form.get("Session") ?? "").sessionToken).toBe("a-token");
});

test("AWS_ENDPOINT_URL does not get the keys, an address that is not AWS's neither", async () => {
  const right = await serve(good);
  const wrong = await serve(status(400));
  await ask({ AWS_ENDPOINT_URL: wrong.url, AWS_ENDPOINT_URL_SIGNIN: right.url });
  expect([right.asked.length, wrong.asked.length]).toEqual([1, 0]);
  const proxy = await serve(good);
  for (const name of ["http://signin.example", "https://signin.example"]) {
    const env = { AWS_ENDPOINT_URL_SIGNIN: name, HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url };
    await expect(ask(env)).rejects.toMatchObject({ code: "USAGE" });
  }
  expect(proxy.asked).toEqual([]);
});

test("without its own variable, the request goes to AWS, through the proxy", async () => {
  const wrong = await serve(good);
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    tunnels.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  servers.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await ask({ AWS_ENDPOINT_URL: wrong.url, HTTPS_PROXY }).catch(() => {});
  expect(wrong.asked).toEqual([]);
  expect(tunnels[0]).toBe("signin.aws.amazon.com:443");
});

test.each<[string, Answer[], number]>([
  ["a reset", [reset, good], 2],
  ["a 500, twice", [status(500), status(503), good], 3],
  ["throttling, three times", [status(429), status(429), status(429), good], 4],
])("%s is tried again", async (_name, answers, times) => {
  const { url, asked } = await serve(...answers);
  expect(await ask({ AWS_ENDPOINT_URL_SIGNIN: url })).toHaveProperty("token");
  expect(asked).toHaveLength(times);
});

test("a 400 is an answer, whatever its page, and asked once", async () => {
  const { url, asked } = await serve(status(400, "<html>Invalid credentials parameter"));
  expect(await ask({ AWS_ENDPOINT_URL_SIGNIN: url })).toEqual({ refused: true });
  expect(asked).toHaveLength(1);
});

test.each<[string, Answer, string]>([
  ["a network's own sign-in page", status(200), "AWS_RESPONSE_MALFORMED"],
  ["half an answer", status(200, '{"SigninToken":"ab'), "AWS_RESPONSE_MALFORMED"],
  ["sent elsewhere", status(302), "AWS_RESPONSE_MALFORMED"],
  ["denied by something between", status(403), "AWS_RESPONSE_MALFORMED"],
  ["broken for good", status(500), "AWS_RESPONSE_MALFORMED"],
  ["throttled for good", status(429), "AWS_THROTTLED"],
  ["resets for good", reset, "AWS_UNREACHABLE"],
])("%s", async (_name, answer, code) => {
  const { url } = await serve(answer);
  const failed = await ask({ AWS_ENDPOINT_URL_SIGNIN: url }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code });
  expect(String((failed as Error).message)).not.toContain("a-secret");
});

test("no server, and a partition without a known console", async () => {
  await expect(ask({ AWS_ENDPOINT_URL_SIGNIN: "http://127.0.0.1:9" })).rejects.toMatchObject({
    code: "AWS_UNREACHABLE",
  });
  const signIn = openSignIn({ env: {}, debug: () => {} });
  const iso = { keys, region: "us-iso-east-1", durationSeconds: undefined, allowedHosts: [] };
  await expect(signIn.getToken(iso)).rejects.toMatchObject({ code: "USAGE" });
});
