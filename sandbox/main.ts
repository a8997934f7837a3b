// The sandbox as a process: `--fixture NAME --partition NAME --port N --tls-key FILE --tls-cert FILE
// --settings JSON`. When it is ready it prints one line of JSON, its address and the users' keys,
// and runs until SIGTERM or SIGINT.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isFixtureName, startSandbox } from "./sandbox.ts";
import { changeSettings } from "./settings.ts";

const { values } = parseArgs({
  options: {
    fixture: { type: "string", default: "kickstarter" },
    partition: { type: "string", default: "aws" },
    port: { type: "string", default: "0" },
    "tls-key": { type: "string" },
    "tls-cert": { type: "string" },
    settings: { type: "string", default: "{}" },
  },
});

async function run(): Promise<void> {
  const { fixture, partition, port } = values;
  if (!isFixtureName(fixture)) throw new Error(`there is no fixture ${fixture}`);
  const { "tls-key": key, "tls-cert": cert } = values;
  const tls =
    key && cert ? { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") } : undefined;
  const sandbox = await startSandbox({
    fixture,
    partition,
    port: Number(port),
    ...(tls && { tls }),
  });
  changeSettings(sandbox.settings, JSON.parse(values.settings));
  const { url, main, fresh, users } = sandbox;
  process.stdout.write(`${JSON.stringify({ url, main, fresh, users })}\n`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => sandbox.stop());
}

run().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
