// The stand-alone program does the main job alone: copied to an empty folder, with the checkout's
// node_modules hidden from it where this machine lets us hide them.

import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Env } from "../src/model/environment.ts";
import { type Home, makeHome } from "./support/home.ts";
import { type Finished, root, runProcess } from "./support/processes.ts";
import { secretServiceIsAbsent, startSecretService } from "./support/secret-service.ts";

const program = join(root, "build/awst");
const absent = existsSync(program) ? undefined : "build/awst is not built";
const hide = 'mount -t tmpfs none "$0" && exec "$@"';
const hiding = ["unshare", "--mount", "sh", "-c", hide, join(root, "node_modules")];
const alone = { NODE_OPTIONS: undefined, PATH: "/usr/bin:/bin" };
let mayHide = false;

beforeAll(async () => {
  const probe = [...hiding, "test", "!", "-e", join(root, "node_modules/vitest")];
  const env = { PATH: process.env.PATH ?? "" };
  mayHide = (await runProcess(probe, { env }).catch(() => undefined))?.status === 0;
  if (absent) console.log(`stand-alone program: skipped: ${absent}`);
});

describe.skipIf(absent)("copied to an empty folder", () => {
  let home: Home;
  beforeAll(async () => {
    home = await makeHome({ env: alone });
  });
  afterAll(() => home.remove());

  test("it starts, and knows its version and its words", async () => {
    expect(await run(home, ["--version"])).toMatchObject({ status: 0, stderr: "" });
    expect((await run(home, ["assume", "--help"])).stdout).toContain("--mfa-code");
  });

  test("the folder it is started in decides nothing: neither what runs, nor which AWS is asked", async () => {
    await using other = await makeHome({ env: alone });
    other.write("bunfig.toml", 'preload = ["./preload.ts"]\n');
    other.write("preload.ts", 'require("node:fs").writeFileSync("preloaded", "");\n');
    const leading = "AWST_CONFIG=/elsewhere.toml\nAWS_ENDPOINT_URL=http://127.0.0.1:9\n";
    for (const name of [".env", ".env.local", ".env.production"]) other.write(name, leading);
    const { stdout } = await run(other, ["config", "path"]);
    expect(stdout).toBe(`${other.path}/.config/awstools/config.toml\n`);
    expect(other.read("preloaded")).toBeUndefined();
  });

  test.each([
    // What each does in a program that Bun compiled.
    ["runs a script first", "BUN_OPTIONS", "--preload ./script.cjs"],
    ["runs Bun instead", "BUN_BE_BUN", "1"],
    ["loads a script for a debugger", "BUN_INSPECT_PRELOAD", "./script.cjs"],
    ["listens for a debugger", "BUN_INSPECT", "127.0.0.1:0"],
    ["writes a file", "BUN_BYTECODE_ORDER_OUT", "./written"],
    ["writes a file", "BUN_BYTECODE_ORDER_NAMES_OUT", "./written"],
    ["writes a file", "BUN_BYTECODE_DIGEST_OUT", "./written"],
    ["writes a cache", "BUN_RUNTIME_TRANSPILER_CACHE_PATH", "./written"],
    ["runs a script first, under Node", "NODE_OPTIONS", "--require ./script.cjs"],
    ["finds packages elsewhere", "NODE_PATH", "."],
  ])("no variable of the runtime changes what runs: %s (%s)", async (_what, name, value) => {
    await using other = await makeHome({ env: alone });
    other.write("script.cjs", 'require("node:fs").writeFileSync("written", "");\n');
    const result = await run(other, ["config", "path"], { [name]: value });
    expect(result).toMatchObject({
      status: 0,
      stdout: `${other.path}/.config/awstools/config.toml\n`,
      stderr: "",
    });
    expect(other.read("written")).toBeUndefined();
  });

  test("it does the main job with the sealed file", () => doMainJob(home));

  const noService = secretServiceIsAbsent();
  test.skipIf(noService)("it does the main job with the Secret Service", async () => {
    await using service = await startSecretService();
    await using other = await makeHome({
      env: { ...alone, ...service.env, AWST_KEYCHAIN: "system" },
    });
    await doMainJob(other);
  });

  test.skipIf(noService)(
    "its keychain binding is the one inside it, and needs no file",
    async () => {
      await using service = await startSecretService();
      await using other = await makeHome({
        env: { ...alone, ...service.env, AWST_KEYCHAIN: "system" },
      });
      const temporary = join(other.around, "temporary");
      mkdirSync(temporary);
      other.write("binding.cjs", 'require("node:fs").writeFileSync("written", "");\n');
      const env = {
        TMPDIR: temporary,
        BUN_TMPDIR: temporary,
        NAPI_RS_NATIVE_LIBRARY_PATH: join(other.path, "binding.cjs"),
      };
      // Neither a program nor a library starts from a folder that is mounted `noexec`.
      const noexec = 'mount -t tmpfs -o noexec none "$1" && "$0" key import && ls -A "$1"';
      const copy = copyProgram(other);
      const mounted = ["unshare", "--mount", "sh", "-c", noexec, copy, temporary];
      const imported = await other.run(mayHide ? mounted : [copy, "key", "import"], { env });
      expect(imported).toMatchObject({ status: 0, stdout: "" });
      expect(readdirSync(temporary)).toEqual([]);
      expect(other.read("written")).toBeUndefined();
    },
  );
});

async function doMainJob(home: Home): Promise<void> {
  expect(await run(home, ["key", "import"])).toMatchObject({ status: 0 });
  expect(home.read(".aws/credentials")).not.toContain(home.sandbox.main.secretAccessKey);
  const role = ["main-account", "DeveloperAccess"];
  expect(await run(home, ["assume", ...role, "--mfa-code", home.code()])).toMatchObject({
    status: 0,
  });
  const served = await run(home, ["credential-process", ...role]);
  expect(served).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(served.stdout)).toMatchObject({ Version: 1 });
  expect(home.read(".aws/config")).toContain(`${home.around}/alone/awst`);
}

function run(home: Home, args: readonly string[], env: Env = {}): Promise<Finished> {
  return home.run([...(mayHide ? hiding : []), copyProgram(home), ...args], { env });
}

function copyProgram(home: Home): string {
  const copy = join(home.around, "alone/awst");
  mkdirSync(dirname(copy), { recursive: true });
  if (!existsSync(copy)) copyFileSync(program, copy);
  return copy;
}
