import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openBrowser } from "../../src/adapters/child/browser.ts";
import { Secret } from "../../src/model/secret.ts";
import { until } from "../support/until.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-browser-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = { PATH: process.env.PATH, AWST_KEYCHAIN_PASSPHRASE: "secret", SOME: "thing" };
const page = new Secret("<p>the page");

/** A browser that writes down how it was started, and what it read. */
function fakeBrowser(): { args: (address: string) => readonly string[]; seen: () => string[] } {
  const [program, note] = [join(folder, "browser"), join(folder, "note")];
  const script = `{ echo "$*"; cat "$(echo "$1" | cut -c8-)"; echo; env; } >${note}.new; mv ${note}.new ${note}`;
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return {
    args: (address) => [program, address, "--more"],
    seen: () => (existsSync(note) ? readFileSync(note, "utf8").split("\n") : []),
  };
}

describe("a page for a browser", () => {
  test.each([
    ["the user's folder in memory", () => ({ home: folder, runtime: join(folder, "run/awst") })],
    ["where there is none", () => ({ home: folder, runtime: undefined })],
    [
      "a browser in a snap sees what is not hidden in $HOME",
      () => {
        mkdirSync(join(folder, "snap"));
        return { home: folder, runtime: join(folder, "run/awst") };
      },
    ],
  ])("%s: it is the user's alone, and gone after its time", async (name, paths) => {
    const browser = fakeBrowser();
    let address = "";
    const start = (at: string) => {
      address = at;
      return browser.args(at);
    };
    await openBrowser(env, paths(), 1).open(page, start);
    const file = new URL(address).pathname;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, "..")).mode & 0o777).toBe(0o700);
    if (name.includes("snap")) expect(join(file, "../..")).toBe(folder);
    const seen = await until(
      "the browser has run",
      () => browser.seen().length > 0 && browser.seen(),
    );
    expect(seen.slice(0, 2)).toEqual([`${address} --more`, "<p>the page"]);
    expect(seen).toContain("SOME=thing");
    expect(seen.join("\n")).not.toContain("PASSPHRASE");
    await until("the page is removed", () => !existsSync(join(file, "..")));
  });

  test("a missing browser is reported, and no file is left", async () => {
    const runtime = join(folder, "run");
    const browser = openBrowser(env, { home: folder, runtime }, 1);
    await expect(browser.open(page, () => ["no-such-browser"])).rejects.toMatchObject({
      code: "BROWSER_MISSING",
      message: "no-such-browser cannot be started: no such program",
    });
    expect(readdirSync(runtime)).toEqual([]);
  });

  test("an impossible program name gives the same error", async () => {
    const browser = openBrowser(env, { home: folder, runtime: undefined }, 1);
    await expect(browser.open(page, () => ["a\0b"])).rejects.toMatchObject({
      code: "BROWSER_MISSING",
    });
  });
});

describe.runIf(process.platform === "linux")("whether a desktop is here", () => {
  test.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ DISPLAY: ":0" }, true],
    [{ WAYLAND_DISPLAY: "wayland-0" }, true],
    [{ SSH_CONNECTION: "1 2 3 4" }, false],
    [{ SSH_CONNECTION: "1 2 3 4", DISPLAY: "localhost:10.0" }, true],
    [{ WSL_DISTRO_NAME: "Ubuntu" }, true],
    [{ WSL_DISTRO_NAME: "Ubuntu", SSH_CONNECTION: "1 2 3 4" }, false],
  ])("%j: %s", (variables, isHere) => {
    const browser = openBrowser(variables, { home: folder, runtime: undefined });
    expect(browser.isHere()).toBe(isHere);
  });
});
