// `awst assume` typed at a shell's prompt, through the function of `shell-init`: its questions are asked on
// the terminal, and the shell lives on after Ctrl-C.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { type Pty, spawnPty } from "../support/pty.ts";
import { closeTerminal } from "./close-terminal.ts";
import { dialects } from "./dialects.ts";

describe.each(dialects)("$name", (shell) => {
  let home: Home;
  let pty: Pty;
  beforeEach(async () => {
    home = await makeHome({ env: { SHELL: `/bin/${shell.name}` } });
    const [program = "", ...args] = shell.interactive;
    pty = spawnPty(program, args, { env: home.env, cwd: home.path, cols: 200 });
    await type(`${shell.prompt}; echo sta''rted`, "started\n");
  });
  afterEach(async () => {
    await closeTerminal(pty);
    await home.remove();
  });

  const type = async (line: string, seen: string | RegExp) => {
    pty.type(`${line}\r`);
    return pty.expect(seen);
  };

  test("a code, a picker, Ctrl-C", async () => {
    await type(`${shell.take(`shell-init ${shell.name}`)}; echo ta''ken`, "taken\n");
    await type("awst assume main-account DeveloperAccess", "MFA code");
    pty.press("ctrl-c");
    await pty.expect("ready> ");
    await type(`${shell.show("AWS_PROFILE")}; echo li''ving`, "<>\nliving\n");

    await type("awst assume main-account DeveloperAccess", "MFA code");
    await type(home.code(), "renews automatically until");
    await pty.expect("ready> ");
    await type(shell.show("AWS_PROFILE"), "<main-account/DeveloperAccess>\n");

    await type("awst assume", "account and role");
    await type("Admin", "assumed main-account AdminAccess");
    await pty.expect("ready> ");
    await type(shell.show("AWS_PROFILE"), "<main-account/AdminAccess>\n");
    await type("awst assume --unset", "ready> ");
    await type(shell.show("AWS_PROFILE"), "<>\n");
  });

  test("the function itself, printed on a terminal, comes with the line for the shell's own file", async () => {
    const seen = await type(`awst shell-init ${shell.name}`, /awst: add this line to .*/);
    expect(seen).toContain(`shell-init ${shell.name}`);
    await pty.expect("ready> ");
    // Without the shell function `assume` prints how to set it up, a few times.
    await type("awst assume main-account DeveloperAccess", "MFA code");
    await type(home.code(), "AWS_PROFILE");
    await pty.expect(
      `to let assume change this shell: run ${shell.take(`shell-init ${shell.name}`)}`,
    );
    await pty.expect("ready> ");
    for (const _ of ["second", "third"]) {
      await type("awst assume main-account DeveloperAccess", "to let assume change");
      await pty.expect("ready> ");
    }
    await type("awst assume main-account DeveloperAccess; echo do''ne", "done\n");
    expect(pty.transcript().match(/to let assume change/g)).toHaveLength(3);
  });
});
