// The home itself: nothing of the caller's gets in, both clocks move, the phone is the sandbox's device.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Home, makeHome } from "./home.ts";
import { startProcess } from "./processes.ts";

let home: Home;
beforeAll(async () => {
  process.env.AWS_PROFILE = "another";
  home = await makeHome({ env: { EXTRA: "1" } });
});
afterAll(() => {
  delete process.env.AWS_PROFILE;
});

test("a process sees the home's environment and nothing else", async () => {
  const args = [process.execPath, "-p", "JSON.stringify(process.env)"];
  const { stdout } = await home.run(args, { env: { TERM: undefined, MORE: "2" } });
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({ HOME: home.path, EXTRA: "1", MORE: "2" });
  expect(seen).not.toHaveProperty("AWS_PROFILE");
  expect(seen).not.toHaveProperty("TERM");
});

test("mfa-code gives the device's code, also after the clock moved, and is counted", async () => {
  // The step may end while the phone starts.
  const around = [home.code(), home.sandbox.code(undefined, 1)];
  const first = (await home.run(["mfa-code"])).stdout.trim();
  expect(around).toContain(first);
  home.moveClock(3600);
  const later = [home.code(), home.sandbox.code(undefined, 1)];
  const second = (await home.run(["mfa-code"])).stdout.trim();
  expect(later).toContain(second);
  expect(around).not.toContain(second);
  expect(home.codesAsked()).toBe(2);
});

test("a process never reads a clock that is half written: its time would be hours too early", async () => {
  home.moveClock(7200);
  const script = `
    const { readFileSync } = require("node:fs");
    let wrong = 0;
    for (let reads = 0; reads < 20_000; reads++) {
      if (readFileSync(process.env.SHIFT_CLOCK_FILE, "utf8") === "") wrong += 1;
    }
    console.log(wrong);`;
  const { child, finished } = startProcess([process.execPath, "-e", script], { env: home.env });
  let hasEnded = false;
  child.once("exit", () => {
    hasEnded = true;
  });
  while (!hasEnded) {
    home.moveClock(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await finished).toMatchObject({ status: 0, stdout: "0\n" });
});

test("status, signals and input come through", async () => {
  expect(await home.run(["sh", "-c", "cat; exit 3"], { input: "in" })).toMatchObject({
    status: 3,
    stdout: "in",
  });
  expect(await home.run(["sh", "-c", "kill -9 $$"])).toMatchObject({ status: 137 });
});

test("nothing of it is left behind", async () => {
  const runtime = home.env.XDG_RUNTIME_DIR ?? "";
  expect([existsSync(home.path), existsSync(runtime)]).toEqual([true, true]);
  await home.remove();
  expect([existsSync(home.around), existsSync(runtime)]).toEqual([false, false]);
});
