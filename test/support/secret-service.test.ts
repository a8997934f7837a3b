import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { findProgram } from "./processes.ts";
import { secretServiceIsAbsent, startSecretService } from "./secret-service.ts";

const absent =
  secretServiceIsAbsent() ?? (findProgram("secret-tool") ? undefined : "no secret-tool");

test.skipIf(absent)("a fresh Secret Service keeps what is stored in it", async () => {
  await using service = await startSecretService();
  const env = { ...process.env, ...service.env };
  execFileSync("secret-tool", ["store", "--label=x", "a", "b"], { env, input: "value" });
  expect(String(execFileSync("secret-tool", ["lookup", "a", "b"], { env }))).toBe("value");
});
