// Ctrl-C at any question ends the command with 130 at once: nothing is asked afterwards, nothing claims success,
// and no code is used. A store is chosen and opened before a code is asked for.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome } from "../support/home.ts";
import { awstCommand } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

const role = ["main-account", "DeveloperAccess"];
const claims =
  /renews|assumed|stored|removed|deleted|forgot|imported|ASIA|AWS_PROFILE|no mistakes in/;

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

function atTerminal(args: readonly string[]) {
  const [program = "", ...first] = awstCommand();
  const env = home.envWith({ AWST_KEYCHAIN_PASSPHRASE: undefined, XDG_RUNTIME_DIR: undefined });
  return spawnPty(program, [...first, ...args], { env, cwd: home.path });
}

const passphrase = "correct horse battery staple";

describe("Ctrl-C at the passphrase", () => {
  const dev = "main-account DeveloperAccess";
  test.each([
    `assume ${dev}`,
    `assume ${dev} --refresh`,
    `assume ${dev} --format env`,
    "assume main-account AdminAccess",
    `credential-process ${dev}`,
    "credential-process --identity main-account",
    `exec ${dev} -- true`,
    `exec ${dev} --server -- true`,
    `env ${dev}`,
    `console ${dev} --print`,
    "whoami --profile main-account/DeveloperAccess",
    "doctor",
    "logout",
    "logout --all",
    "key list",
    "key rotate",
    "key delete AKIAIOSFODNN7EXAMPLE",
    "mfa list",
    "mfa code",
    "mfa add",
    "mfa remove",
    "mfa forget",
    "keychain passphrase",
  ])("%s", async (line) => {
    await home.awst(["key", "import"]);
    await home.awst(["assume", ...role, "--mfa-code", home.code()]);
    const before = countCalls(home.sandbox);
    const pty = atTerminal(line.split(" "));
    await pty.expect("passphrase of awst's sealed keychain");
    pty.press("ctrl-c");
    expect(await pty.exit).toEqual({ status: 130, signal: null });
    expect(pty.transcript()).not.toMatch(claims);
    expect(countCalls(home.sandbox)).toEqual(before);
  });
});

describe("a first store", () => {
  test("its passphrase is asked for before the code, and Ctrl-C there uses none", async () => {
    const pty = atTerminal(["assume", ...role]);
    await pty.expect("new passphrase");
    expect(pty.transcript()).not.toContain("MFA code of");
    pty.press("ctrl-c");
    expect(await pty.exit).toEqual({ status: 130, signal: null });
    expect(pty.transcript()).not.toMatch(/renews|assumed/);
    expect(countCalls(home.sandbox)).not.toHaveProperty("GetSessionToken");
    expect(home.read(".local/state/awst/keychain.sealed")).toBeUndefined();
  });

  test("after the passphrase the code is asked for, and the session is stored", async () => {
    const pty = atTerminal(["assume", ...role]);
    await pty.expect("new passphrase");
    pty.type(`${passphrase}\r`);
    await pty.expect("new passphrase again");
    pty.type(`${passphrase}\r`);
    await pty.expect("MFA code of");
    pty.type(`${home.code()}\r`);
    await pty.expect("renews automatically until");
    expect(await pty.exit).toEqual({ status: 0, signal: null });
    expect(await home.awst(["credential-process", ...role])).toMatchObject({ status: 0 });
    expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: 1, AssumeRole: 1 });
  });

  test("Ctrl-C at the code: 130, and no session", async () => {
    await home.awst(["key", "import"]);
    const [program = "", ...first] = awstCommand();
    const pty = spawnPty(program, [...first, "assume", ...role], { env: home.env });
    await pty.expect("MFA code of");
    pty.press("ctrl-c");
    expect(await pty.exit).toEqual({ status: 130, signal: null });
    expect(pty.transcript()).not.toMatch(/renews|assumed/);
  });
});
