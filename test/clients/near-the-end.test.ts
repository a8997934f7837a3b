// botocore near the end of a session: it starts the credential process for every call in the last 10 minutes. Sessions
// that can be renewed never come so near.

import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeHome } from "../support/home.ts";
import { boto3 } from "./clients.ts";

const calls = 12;
const script = `import boto3
sts = boto3.Session().client("sts")
for _ in range(${calls}):
    sts.get_caller_identity()
`;

test.for([
  ["with an hour left: once", [], undefined, 1],
  ["that can't be renewed, with 8 min left: for every call", ["--duration", "15m"], 480, calls],
] as const)("boto3 starts awst for a session %s", async ([, options, cap, starts], context) => {
  await using home = await makeHome();
  const why = await boto3.absent(home);
  if (why !== undefined) {
    console.log(`boto3: skipped: ${why}`);
    return context.skip(why);
  }
  if (cap !== undefined) home.sandbox.settings.roleSessionSecondsCap = cap;
  const args = ["assume", "main-account", "DeveloperAccess", ...options, "--json"];
  const { stdout } = await home.awst([...args, "--mfa-code", home.code()]);
  const [profile] = JSON.parse(stdout).profileNames;
  const counter = join(home.path, "count");
  home.write("count", '#!/bin/sh\necho start >> "$HOME/starts"\nexec "$@"\n');
  chmodSync(counter, 0o700);
  for (const file of [".aws/config", ".aws/credentials"]) {
    const text = home.read(file) ?? "";
    home.write(file, text.replaceAll("credential_process = ", `credential_process = ${counter} `));
  }
  home.sandbox.forgetCalls();
  const env = { AWS_PROFILE: profile };
  expect(await home.run(["python3", "-c", script], { env })).toMatchObject({ status: 0 });
  const started = home.read("starts")?.trim().split("\n").length ?? 0;
  // botocore may load the credentials once more before its first call.
  expect(started).toBeGreaterThanOrEqual(starts);
  expect(started).toBeLessThanOrEqual(starts + 2);
  // Whatever the number of starts, none of them calls AWS.
  expect(new Set(home.sandbox.calls().map(({ action }) => action))).toEqual(
    new Set(["GetCallerIdentity"]),
  );
});
