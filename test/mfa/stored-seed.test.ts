// Codes generated from a stored seed, in real processes: many at once, two calls in one step, a wrong
// clock, an unattended rotation. Afterwards the seed is nowhere but in the keychain.

import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { encode } from "uqr";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

const many = 20;
const ask = (role: string, ...flags: readonly string[]) => [
  "credential-process",
  "main-account",
  role,
  ...flags,
];

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

const uri = () => `otpauth://totp/AWS:admin@main?secret=${home.sandbox.main.seed}&issuer=AWS`;

/** Stores the seed and deletes the session that its verification opened. */
async function store(): Promise<void> {
  const stored = await home.awst(["mfa", "store", "--yes"], { input: home.sandbox.main.seed });
  expect(stored).toMatchObject({ status: 0 });
  await home.awst(["logout", "--all"]);
  home.moveClock(30);
  home.sandbox.forgetCalls();
}

/** Moves the clock to a few seconds before the next code. */
function nearTheEndOfAStep(secondsLeft: number): void {
  const into = (home.sandbox.clock.now().getTime() / 1000) % 30;
  home.moveClock((60 - secondsLeft - into) % 30);
}

const codesSent = () => home.sandbox.calls().filter(({ hasTokenCode }) => hasTokenCode);

test(`${many} processes at once without a session: one code, and ${many} equal results`, async () => {
  await store();
  const started = Array.from({ length: many }, () => home.start(ask("DeveloperAccess")));
  const finished = await Promise.all(started.map((each) => each.finished));
  expect(finished.filter(({ status }) => status !== 0)).toEqual([]);
  expect(new Set(finished.map(({ stdout }) => stdout)).size).toBe(1);
  expect(countCalls(home.sandbox)).toEqual({ GetSessionToken: 1, AssumeRole: 1 });
});

describe("two calls in one step", () => {
  test.each(["one after the other", "both at once"])(
    "%s: the second call uses the next code",
    async (how) => {
      await store();
      nearTheEndOfAStep(6);
      const renewed = home.start(ask("DeveloperAccess"));
      if (how === "one after the other") await renewed.finished;
      const single = home.start(ask("AdminAccess", "--single"));
      const both = [await renewed.finished, await single.finished];
      expect(both.map(({ status }) => status)).toEqual([0, 0]);
      const sent = codesSent();
      const results = sent.map(({ action, result, codeSeenBefore }) => [
        action,
        result,
        codeSeenBefore,
      ]);
      expect(results.sort()).toEqual([
        ["AssumeRole", "ok", 0],
        ["GetSessionToken", "ok", 0],
      ]);
      expect(both.map(({ stderr }) => stderr).join("")).toMatch(/next code in \d+ s/);
    },
  );
});

test("a clock that is 7 min ahead costs one refused code, once", async () => {
  await storeForOneDevice();
  // AWS accepts no code of a step before the last accepted one.
  home.moveClock(10 * 60);
  home.sandbox.clock.advance(-7 * 60);
  const first = await home.awst(ask("DeveloperAccess"));
  expect(first.status, first.stderr).toBe(0);
  expect(first.stderr).toContain("your clock is 7 min ahead of AWS's");
  expect(codesSent()).toHaveLength(2);
  await home.awst(["logout", "--all"]);
  home.moveClock(30);
  expect(await home.awst(ask("DeveloperAccess"))).toMatchObject({ status: 0 });
  expect(codesSent()).toHaveLength(3);
});

test("an endpoint on this machine that is ahead gets no code of the future", async () => {
  await storeForOneDevice();
  home.sandbox.clock.advance(7 * 60);
  expect((await home.awst(ask("DeveloperAccess"))).status).toBe(1);
  const refused = home.sandbox.calls().filter(({ action }) => action === "GetSessionToken");
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.map(({ result }) => result)).not.toContain("ok");
});

async function storeForOneDevice(): Promise<void> {
  const { serial } = home.sandbox.main;
  const mfa = `\n[mfa]\ndevice = "${serial}"\n`;
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + mfa);
  await store();
}

test("an unattended rotation uses the stored seed", async () => {
  expect(await home.awst(["key", "import"])).toMatchObject({ status: 0 });
  await store();
  const rotated = await home.awst(["key", "rotate", "--unattended"]);
  expect(rotated).toMatchObject({ status: 0 });
  expect(countCalls(home.sandbox).GetSessionToken).toBe(1);
});

describe("the seed", () => {
  test("is in no file, no message and no history record", async () => {
    const { seed } = home.sandbox.main;
    const runs = [
      await home.awst(["mfa", "store", "--yes", "--debug"], { input: uri() }),
      await home.awst(ask("DeveloperAccess", "--debug")),
      await home.awst(["mfa", "code", "--json", "--debug"]),
      await home.awst(["mfa", "store", "--yes", "--debug"], { input: `${uri()}&digits=8` }),
    ];
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0, 2]);
    const folders = [home.path, home.env.XDG_RUNTIME_DIR ?? ""];
    const texts = folders.flatMap(filesUnder).map((file) => readFileSync(file, "latin1"));
    expect(texts.length).toBeGreaterThan(4);
    for (const text of [...texts, ...runs.map(({ stdout, stderr }) => stdout + stderr)]) {
      expect(text).not.toContain(seed);
      expect(text).not.toContain(seed.slice(8, 24));
    }
  });

  test("is read from a picture of the QR code", async () => {
    const file = join(home.path, "code.png");
    writeFileSync(file, picture(uri()));
    const stored = await home.awst(["mfa", "store", "--yes", "--qr", file, "--json"]);
    expect(stored).toMatchObject({ status: 0 });
    expect(JSON.parse(stored.stdout)).toMatchObject({ version: 1, before: "none" });
    expect(stored.stderr).toContain(`${file} still shows the seed: delete that file`);
    writeFileSync(file, "not a picture");
    expect(await home.awst(["mfa", "store", "--yes", "--qr", file])).toMatchObject({ status: 1 });
  });
});

describe("a typed seed", () => {
  const type = () =>
    spawnPty(awstCommand()[0] ?? "", [...awstCommand().slice(1), "mfa", "store"], {
      env: home.env,
      cwd: home.path,
    });

  test("is not displayed, and is stored after a confirmation", async () => {
    const pty = type();
    await pty.expect("can make them too");
    await pty.expect("Store the seed of admin (111111111111)");
    pty.type("y\r");
    await pty.expect("or its otpauth:// URI");
    pty.type(home.sandbox.main.seed);
    pty.press("enter");
    expect(await pty.exit).toEqual({ status: 0, signal: null });
    expect(pty.transcript()).toContain("stored the seed");
    expect(pty.transcript()).not.toContain(home.sandbox.main.seed.slice(0, 8));
    expect(await home.awst(["mfa", "code"])).toMatchObject({ stdout: `${home.code()}\n` });
  });

  test.each([
    ["the answer no", "n\r", 1],
    ["Ctrl-C", "\x03", 130],
  ])("%s: nothing is stored, and no code is sent", async (_what, keys, status) => {
    const pty = type();
    await pty.expect("Store the seed");
    pty.type(keys);
    expect((await pty.exit).status).toBe(status);
    expect(await home.awst(["mfa", "code"])).toMatchObject({ status: 1 });
    expect(codesSent()).toEqual([]);
  });

  test("Ctrl-C while the seed is typed: no code is sent", async () => {
    const pty = type();
    await pty.expect("Store the seed");
    pty.type("y\r");
    await pty.expect("or its otpauth:// URI");
    pty.type(home.sandbox.main.seed.slice(0, 20));
    pty.press("ctrl-c");
    expect((await pty.exit).status).toBe(130);
    expect(codesSent()).toEqual([]);
  });
});

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function picture(text: string): Buffer {
  const { data, size } = encode(text, { border: 4 });
  const scale = 5;
  const png = new PNG({ width: size * scale, height: size * scale });
  for (let at = 0; at < png.width * png.height; at++) {
    const [x, y] = [at % png.width, Math.floor(at / png.width)];
    const isDark = data[Math.floor(y / scale)]?.[Math.floor(x / scale)] ?? false;
    png.data.set(isDark ? [0, 0, 0, 255] : [255, 255, 255, 255], at * 4);
  }
  return PNG.sync.write(png);
}
