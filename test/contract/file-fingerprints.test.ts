import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { bundleForNode } from "../support/bundle.ts";
import { runProcess } from "../support/processes.ts";

test("- is stdin where it is piped, and empty where it is a device", async () => {
  await using bundle = await bundleForNode("test/contract/file-fingerprints-probe.ts");
  const env = { HOME: tmpdir() };
  const run = async (input: string | undefined) =>
    (await runProcess([process.execPath, bundle.path], { env, input })).stdout;
  expect(await run("piped\nÄ")).toBe('"piped\\nÄ"\n');
  expect(await run("")).toBe('""\n');
  expect(await run(undefined)).toBe('""\n');
});
