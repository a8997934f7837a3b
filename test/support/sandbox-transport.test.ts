// The transport without connections gives the flows what a connection gives them.

import { expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { openIam } from "../../src/adapters/aws/aws-iam.ts";
import { isAwstError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import { transportTo } from "./sandbox-transport.ts";

type Prepare = (sandbox: Sandbox) => void;

test.each<[string, Prepare]>([
  ["a whole answer", () => {}],
  ["a refusal", ({ faults }) => faults.add({ action: "ListAccessKeys", kind: "deny" })],
  [
    "an answer that is cut",
    ({ faults }) => faults.add({ action: "ListAccessKeys", kind: "truncated", times: 5 }),
  ],
  [
    "a connection that is reset",
    ({ faults }) => faults.add({ action: "ListAccessKeys", kind: "reset-after", times: 5 }),
  ],
  ["a web page", ({ faults }) => faults.add({ action: "ListAccessKeys", kind: "html", times: 5 })],
  [
    "a clock that is ahead",
    ({ settings }) => {
      settings.skewSeconds = 600;
    },
  ],
])("%s: the same result as over a connection", async (_what, prepare) => {
  const results = [];
  for (const isConnected of [true, false]) {
    const sandbox = await startSandbox({ fixture: "open" });
    try {
      prepare(sandbox);
      results.push(await listKeys(sandbox, isConnected));
    } finally {
      await sandbox.stop();
    }
  }
  expect(results[1]).toEqual(results[0]);
});

/** Returns the ids and how many requests there were, or the code and the effect of the error. */
async function listKeys(sandbox: Sandbox, isConnected: boolean) {
  const { accessKeyId, secretAccessKey, userName } = sandbox.main;
  const keys = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  const iam = openIam(keys, "eu-west-1", {
    env: { AWS_ENDPOINT_URL: sandbox.url },
    debug: () => {},
    limits: { pauseMs: 1 },
    ...(!isConnected && { openTransport: transportTo(sandbox) }),
  });
  const requests = () => sandbox.calls().map(({ result }) => result);
  try {
    const listed = await iam.listAccessKeys(userName);
    const isOfNow = Math.abs(listed.at.getTime() - sandbox.clock.now().getTime()) < 60_000;
    return { keys: listed.keys.map(({ status }) => status), requests: requests(), isOfNow };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return { code: error.code, effect: error.effect, requests: requests() };
  }
}
