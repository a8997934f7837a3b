import { expect, test } from "vitest";
import { spawnPty } from "./pty.ts";

const env = { PATH: process.env.PATH };

test("types, continues after the last match, and returns the exit status", async () => {
  const script = 'printf "name? "; read name; echo "hello $name"; read end; exit 3';
  const pty = spawnPty("sh", ["-c", script], { env });
  await pty.expect("name? ");
  pty.type("joe");
  pty.press("enter");
  expect(await pty.expect(/hello \w+/)).toBe("hello joe");
  pty.press("enter");
  expect(await pty.exit).toEqual({ status: 3, signal: null });
  await expect(pty.expect("hello")).rejects.toThrow("without showing");
});

test("a key sends a signal, and the signal is returned", async () => {
  const pty = spawnPty("sh", ["-c", "echo ready; exec sleep 60"], { env });
  await pty.expect("ready");
  pty.press("ctrl-c");
  expect(await pty.exit).toEqual({ status: null, signal: 2 });
});

test("hanging up ends what sits in the terminal", async () => {
  const pty = spawnPty("sh", ["-c", "echo ready; exec sleep 60"], { env });
  await pty.expect("ready");
  pty.hangUp();
  expect(await pty.exit).toEqual({ status: null, signal: 1 });
});

test("an error for what is not shown in time has what was shown", async () => {
  const pty = spawnPty("sh", ["-c", "printf '\\033[1mbold\\033[0m'; cat; exit 0"], { env });
  await pty.expect("bold");
  await expect(pty.expect("thin", { timeoutMs: 50 })).rejects.toThrow("50 ms without thin");
  pty.press("ctrl-d");
  expect(await pty.exit).toEqual({ status: 0, signal: null });
  expect(pty.raw()).toContain("\x1b[1m");
});
