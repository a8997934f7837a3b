import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBun } from "../../tools/find-bun.mjs";
import { type Key, type Pty, spawnPty } from "../support/pty.ts";
import { readScreen } from "../support/qr-screen.ts";

const folder = mkdtempSync(join(tmpdir(), "awst-terminal-"));
const prompter = join(folder, "prompter.mjs");
const env = { PATH: process.env.PATH, HOME: folder, LANG: "C.UTF-8" };
let notes = 0;

beforeAll(async () => {
  const input = join(import.meta.dirname, "prompter.ts");
  await build({
    input,
    platform: "node",
    output: { format: "esm", file: prompter },
    logLevel: "silent",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Asking extends Pty {
  note(): unknown;
}

/** `shell`: runs in place of the prompter; `$ASK` is the command line that asks. */
function ask(
  question: string,
  how: { env?: Record<string, string>; timeoutMs?: number; shell?: string } = {},
): Asking {
  const note = join(folder, `note-${notes++}`);
  const args = [prompter, question, note, ...(how.timeoutMs ? [String(how.timeoutMs)] : [])];
  const all = { ...env, ...how.env, ASK: [process.execPath, ...args].join(" ") };
  const pty = how.shell
    ? spawnPty("bash", ["-c", how.shell], { env: all })
    : spawnPty(process.execPath, args, { env: all });
  return {
    ...pty,
    note: () => (existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) : undefined),
  };
}

const shown = {
  code: "the code",
  secret: "the secret",
  text: "the text",
  confirm: "sure",
  choose: "which",
  count: "next code in 60 s",
} as const;
type Kind = keyof typeof shown;
const kinds = Object.keys(shown) as Kind[];
const styles = [
  ["drawn", { TERM: "xterm-256color" }],
  ["without colour", { TERM: "xterm-256color", NO_COLOR: "1" }],
  ["dumb", { TERM: "dumb" }],
] as const;

describe.each(styles)("%s", (style, terminal) => {
  test.each<[Kind, string, (string | Key[])[], unknown]>([
    ["code", "a code", ["123456", ["enter"]], "123456"],
    ["code", "a code with a space", ["123 456", ["enter"]], "123456"],
    ["code", "a repaired code", ["12355", ["backspace"], "56", ["enter"]], "123556"],
    [
      "secret",
      "a pasted secret",
      ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"],
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ],
    ["text", "text with UTF-8", ["Zoë’s phone", ["enter"]], "Zoë’s phone"],
    ["text", "nothing", [["enter"]], ""],
    ["confirm", "nothing typed", [["enter"]], false],
    ["choose", "typed to filter", ["cher", ["enter"]], 2],
    ["choose", "filtered by label and hint", ["h0 pie", ["enter"]], 0],
  ])("%s: %s", async (kind, _, input, answer) => {
    const pty = ask(kind, { env: terminal });
    await pty.expect(shown[kind]);
    for (const each of input) {
      if (typeof each === "string") pty.type(each);
      else for (const key of each) pty.press(key);
    }
    expect(await pty.exit).toEqual({ status: 0, signal: null });
    expect(pty.note()).toEqual({ answer });
  });

  test.each(kinds)("%s: names in it control nothing", async (kind) => {
    const hostile = "\u001b]0;owned\u0007\u009b31m\u202e\r\nspoofed";
    const pty = ask(kind, { env: { ...terminal, ASK_MORE: hostile } });
    await pty.expect("spoofed");
    pty.press("ctrl-c");
    await pty.exit;
    for (const each of ["\u001b]0;owned", "\u0007", "\u009b", "\u202e"]) {
      expect(pty.raw()).not.toContain(each);
    }
    expect(pty.raw()).not.toMatch(/\n\s*spoofed/);
  });

  test("confirm: y is yes", async () => {
    const pty = ask("confirm", { env: terminal });
    await pty.expect("sure");
    pty.type("y\r");
    await pty.exit;
    expect(pty.note()).toEqual({ answer: true });
  });

  test.each([
    ["y", true],
    ["Y", true],
    ["yes", true],
    ["n", false],
    ["no", false],
    ["", false],
  ])(
    "confirm: %j and Enter answer one question, and nothing goes into the next",
    async (typed, is) => {
      const pty = ask("sure-and-why", { env: terminal });
      await pty.expect("sure");
      pty.type(`${typed}\r`);
      await pty.expect("why");
      pty.type("because\r");
      await pty.exit;
      expect(pty.note()).toEqual({ answer: [is, "because"] });
    },
  );

  test("confirm: anything else is asked again", async () => {
    const pty = ask("confirm", { env: terminal });
    await pty.expect("sure");
    pty.type("maybe\r");
    await pty.expect("enter y or n");
    pty.press("ctrl-u");
    for (let left = 5; left > 0; left--) pty.press("backspace");
    pty.type("y\r");
    await pty.exit;
    expect(pty.note()).toEqual({ answer: true });
  });

  test("choose: the list is seen", async () => {
    const pty = ask("choose", { env: terminal });
    await pty.expect("apple pie");
    await pty.expect("banana");
    if (style === "dumb") pty.type("2");
    else pty.press("down");
    pty.press("enter");
    await pty.exit;
    expect(pty.note()).toEqual({ answer: 1 });
  });

  test("code: anything but six digits is asked again, from the start", async () => {
    const pty = ask("code", { env: terminal });
    await pty.expect("the code");
    for (const wrong of ["", "12345", "1234567", "12345x"]) {
      pty.type(wrong);
      pty.press("enter");
      await pty.expect("enter six digits");
      expect(pty.note()).toBeUndefined();
    }
    pty.type("654321\r");
    await pty.exit;
    expect(pty.note()).toEqual({ answer: "654321" });
  });

  test("secret: not shown", async () => {
    const pty = ask("secret", { env: terminal });
    await pty.expect("the secret");
    pty.type("hunter2x\r");
    await pty.exit;
    expect(pty.note()).toEqual({ answer: "hunter2x" });
    expect(pty.transcript()).not.toMatch(/h?unter|2x/);
  });

  test("two questions, one after the other", async () => {
    const pty = ask("twice", { env: terminal });
    await pty.expect("first");
    pty.type("111111\r");
    await pty.expect("second");
    pty.type("two\r");
    expect(await pty.exit).toEqual({ status: 0, signal: null });
    expect(pty.note()).toEqual({ answer: ["111111", "two"] });
  });

  test.each(kinds)("%s: Ctrl-C, Ctrl-D, Ctrl-Z and Ctrl-\\ end it with 130", async (kind) => {
    for (const key of ["ctrl-c", "ctrl-d", "ctrl-z", "ctrl-\\"] as const) {
      const pty = ask(kind, { env: terminal });
      await pty.expect(shown[kind]);
      if (kind !== "confirm" && kind !== "count" && key === "ctrl-d") pty.type("12");
      pty.press(key);
      expect(await pty.exit, key).toEqual({ status: 130, signal: null });
      expect(pty.note()).toEqual({ code: "INTERRUPTED" });
    }
  });

  test.each(kinds)("%s: SIGTERM, SIGHUP, SIGTSTP end it with 130", async (kind) => {
    for (const signal of ["SIGTERM", "SIGHUP", "SIGTSTP"] as const) {
      const pty = ask(kind, { env: terminal });
      await pty.expect(shown[kind]);
      process.kill(pty.pid, signal);
      expect(await pty.exit, signal).toEqual({ status: 130, signal: null });
      expect(pty.note()).toEqual({ code: "INTERRUPTED" });
    }
  });

  test.each(kinds)("%s: a closed terminal ends it with 130", async (kind) => {
    const pty = ask(kind, { env: terminal });
    await pty.expect(shown[kind]);
    pty.hangUp();
    expect(await pty.exit).toEqual({ status: 130, signal: null });
    expect(pty.note()).toEqual({ code: "INTERRUPTED" });
  });

  test.each(kinds.filter((kind) => kind !== "count"))("%s: time runs out", async (kind) => {
    const pty = ask(kind, { env: terminal, timeoutMs: 300 });
    expect(await pty.exit).toEqual({ status: 3, signal: null });
    expect(pty.note()).toEqual({ code: "ANSWER_TIMED_OUT" });
  });

  test.each(["answered", "ctrl-c", "SIGTERM"] as const)(
    "the terminal is as before: %s",
    async (end) => {
      const script = "sh -c 'echo $$ >$HOME/pid; exec $ASK'";
      const shell = `stty -a; ${script}; echo status $?; stty -a; read end`;
      const pty = ask("code", { env: terminal, shell });
      const before = await pty.expect(/speed[\s\S]*-echoprt[^\n]*\n[^\n]*\n/);
      await pty.expect("the code");
      if (end === "answered") pty.type("123456\r");
      else if (end === "ctrl-c") pty.press("ctrl-c");
      else process.kill(Number(readFileSync(join(folder, "pid"), "utf8")));
      await pty.expect(end === "answered" ? "status 0" : "status 130");
      expect(await pty.expect(/speed[\s\S]*-echoprt[^\n]*\n[^\n]*\n/)).toBe(before);
      pty.press("enter");
      await pty.exit;
      const raw = pty.raw();
      expect(raw.lastIndexOf("\x1b[?25h")).toBeGreaterThanOrEqual(raw.lastIndexOf("\x1b[?25l"));
    },
  );
});

test.each(styles)("a camera reads the QR code on a terminal: %s", async (style, terminal) => {
  const pty = ask("qr", { env: terminal });
  await pty.expect("the output");
  await pty.exit;
  const lines = pty
    .raw()
    .split("\r\n")
    .filter((line) => /[█▀▄]/u.test(line));
  expect(readScreen(lines, true)).toBe("code");
  // The first bytes of a line are its colors, or its first character.
  const first = style === "drawn" ? "\x1b[38;5;231;48;5;16m█" : "█";
  expect(lines.map((line) => line.slice(0, first.length))).toEqual(lines.map(() => first));
});

test("no colour means none, and a dumb terminal gets no escape sequence at all", async () => {
  for (const [terminal, sequence] of [
    [{ TERM: "xterm", NO_COLOR: "1" }, /ESC\[[0-9;]*m/],
    [{ TERM: "dumb" }, /ESC/],
  ] as const) {
    const pty = ask("choose", { env: terminal });
    await pty.expect("which");
    pty.type("ban\r");
    await pty.exit;
    expect(pty.raw().replaceAll("\x1b", "ESC")).not.toMatch(sequence);
  }
});

test("asks where stdin and stdout are pipes, and stdout stays the output", async () => {
  const pty = ask("code", { shell: 'echo 999999 | $ASK | sed "s/^/out: /"' });
  await pty.expect("the code");
  pty.type("123456\r");
  await pty.expect("out: the output");
  expect(await pty.exit).toEqual({ status: 0, signal: null });
  expect(pty.note()).toEqual({ answer: "123456" });
  expect(pty.transcript().match(/out: /g)).toHaveLength(1);
});

test("text typed before the prompt is used", async () => {
  const pty = ask("code", { shell: "echo ready; sleep 0.3; $ASK" });
  await pty.expect("ready");
  pty.type("123456\r");
  await pty.exit;
  expect(pty.note()).toEqual({ answer: "123456" });
});

test("a background job is not stopped: it ends and says that a code is needed", async () => {
  const pty = ask("code", { shell: "set -m; $ASK & wait $!; echo status $?; read end" });
  await pty.expect("status 3");
  pty.press("enter");
  await pty.exit;
  expect(pty.note()).toEqual({ code: "CODE_NEEDED" });
  const here = ask("here", { shell: "set -m; $ASK & wait $!" });
  await here.exit;
  expect(here.note()).toEqual({ answer: false });
});

test("a process without a terminal has no terminal device", async () => {
  const pty = ask("here", { shell: "setsid -w $ASK" });
  await pty.exit;
  expect(pty.note()).toEqual({ answer: false });
  const foreground = ask("here");
  await foreground.exit;
  expect(foreground.note()).toEqual({ answer: true });
});

test("a countdown counts down, and clears its line", async () => {
  const pty = ask("count", { timeoutMs: 3_500 });
  await pty.expect(/next code in [2-4] s/);
  expect(await pty.exit).toEqual({ status: 0, signal: null });
  const seconds = [...pty.transcript().matchAll(/next code in (\d+) s/g)].map(([, s]) => Number(s));
  expect(new Set(seconds).size).toBeGreaterThan(1);
  expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
  expect(pty.raw()).toContain("\r\x1b[K\x1b[?25hthe output");
});

test("a clock that is set back makes a countdown no longer", async () => {
  const pty = ask("count-set-back", { timeoutMs: 2_500 });
  await pty.expect(/next code in 1 s/);
  expect(await pty.exit).toEqual({ status: 0, signal: null });
  expect(pty.transcript()).not.toMatch(/next code in \d{2}/);
});

describe("compiled by Bun", () => {
  const bun = findBun();
  const program = join(folder, "prompter");

  beforeAll(() => {
    if (bun === undefined) return;
    const args = [
      "build",
      "--compile",
      "--bytecode",
      "--format=esm",
      prompter,
      "--outfile",
      program,
    ];
    const { status, stderr } = spawnSync(bun, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  });

  test
    .skipIf(bun === undefined)
    .each(["answered", "ctrl-c", "ctrl-d", "ctrl-z", "SIGTERM", "closed"] as const)(
    "the program ends: %s",
    async (end) => {
      const note = join(folder, `note-${notes++}`);
      const pty = spawnPty(program, ["code", note], { env });
      await pty.expect("the code");
      if (end === "answered") pty.type("123456\r");
      else if (end === "SIGTERM") process.kill(pty.pid, end);
      else if (end === "closed") pty.hangUp();
      else pty.press(end);
      expect(await pty.exit).toEqual({ status: end === "answered" ? 0 : 130, signal: null });
      expect(JSON.parse(readFileSync(note, "utf8"))).toEqual(
        end === "answered" ? { answer: "123456" } : { code: "INTERRUPTED" },
      );
    },
  );
});
