import { describe, expect, test } from "vitest";
import type { CommandResult } from "../args/command.ts";
import { AwstError } from "../model/errors.ts";
import { printResult } from "./print-result.ts";

interface Printed {
  readonly status: number | undefined;
  readonly error?: unknown;
  readonly out: string;
  readonly notes: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

async function print(
  result: CommandResult,
  { json = false, color = true, terminal = false, env = {}, isFull = false } = {},
): Promise<Printed> {
  const out: string[] = [];
  const notes: string[] = [];
  const files: Record<string, string> = {};
  const context = {
    env,
    out: async (text: string) => {
      if (isFull) throw new AwstError("FILE_UNWRITABLE", "cannot write to stdout");
      out.push(text);
    },
    outIsTerminal: () => terminal,
    errIsTerminal: () => terminal,
    say: (line: string) => void notes.push(line),
    writeText: async (path: string, text: string) => {
      files[path] = text;
    },
  };
  const end = await printResult(context, result, { json, color }).then(
    (status) => ({ status }),
    (error: unknown) => ({ status: undefined, error }),
  );
  return { ...end, out: out.join(""), notes, files };
}

describe("printResult()", () => {
  test("text on stdout, notes on stderr, the exit status", async () => {
    const printed = await print({ json: { a: 1 }, text: "a\n", notes: ["n"], exitStatus: 4 });
    expect(printed).toEqual({ status: 4, out: "a\n", notes: ["n"], files: {} });
  });

  test("--json: one object with version 1 first, and the notes", async () => {
    const printed = await print({ json: { a: 1 }, text: "a\n", notes: ["n"] }, { json: true });
    expect(printed).toMatchObject({ status: 0, notes: ["n"] });
    expect(printed.out).toBe('{\n  "version": 1,\n  "a": 1\n}\n');
  });

  test("a function makes the object, with --json only", async () => {
    let made = 0;
    const json = () => ({ made: ++made });
    expect(await print({ json, text: "a\n" })).toMatchObject({ out: "a\n" });
    expect(made).toBe(0);
    const { out } = await print({ json, text: "a\n" }, { json: true });
    expect(JSON.parse(out)).toEqual({ version: 1, made: 1 });
  });

  test("nothing: stdout is not touched", async () => {
    expect(await print({})).toEqual({ status: 0, out: "", notes: [], files: {} });
  });

  test("a file gets the text or the JSON; stdout stays empty", async () => {
    expect(await print({ text: "a\n", file: "f" })).toMatchObject({ out: "", files: { f: "a\n" } });
    const json = await print({ json: {}, file: "f" }, { json: true });
    expect(json).toMatchObject({ out: "", files: { f: '{\n  "version": 1\n}\n' } });
  });

  test("where stdout takes nothing, the notes still say what was done", async () => {
    const printed = await print({ text: "a\n", notes: ["created alice"] }, { isFull: true });
    expect(printed).toMatchObject({
      error: { code: "FILE_UNWRITABLE" },
      notes: ["created alice"],
    });
  });

  test("a failure is thrown after everything is printed", async () => {
    const failure = new AwstError("AWS_DENIED", "denied");
    const printed = await print({ text: "a\n", notes: ["n"], failure });
    expect(printed).toMatchObject({ error: failure, out: "a\n", notes: ["n"] });
  });

  test.each([
    ["text", { text: "a\n" }, false, "a\n"],
    ["JSON", { json: { a: 1 } }, true, '{\n  "version": 1,\n  "a": 1\n}\n'],
    ["nothing", { json: { a: 1 } }, false, undefined],
  ])("deliver() gets stdout before the notes: %s", async (_, result, json, output) => {
    let delivered: string | undefined;
    const deliver = async (given: string) => {
      delivered = given;
      return undefined;
    };
    const notes = () => [`delivered ${delivered}`];
    const printed = await print({ ...result, deliver, notes } as CommandResult, { json });
    expect(printed).toMatchObject({ status: 0, out: "", notes: [`delivered ${delivered}`] });
    expect(delivered).toBe(output);
  });

  test("the error of deliver() takes the place of the failure, after the notes", async () => {
    const lost = new AwstError("INTERRUPTED", "lost");
    const failure = new AwstError("AWS_DENIED", "denied");
    const result = { text: "a\n", notes: ["n"], failure };
    const printed = await print({ ...result, deliver: async () => lost });
    expect(printed).toMatchObject({ error: lost, notes: ["n"] });
    const whole = await print({ ...result, deliver: async () => undefined });
    expect(whole).toMatchObject({ error: failure });
  });

  const styled: CommandResult = {
    text: (style) => style.ok("t"),
    notes: (style) => [style.warn("n")],
  };

  test("symbols and colors on a terminal", async () => {
    const { out, notes } = await print(styled, { terminal: true });
    expect(out).toContain("\u001b[32m✓ t");
    expect(notes[0]).toContain("\u001b[33m! n");
  });

  test.each([
    ["a pipe", { terminal: false }],
    ["--no-color", { terminal: true, color: false }],
    ["NO_COLOR", { terminal: true, env: { NO_COLOR: "1" } }],
    ["TERM=dumb", { terminal: true, env: { TERM: "dumb" } }],
  ])("none for %s", async (_name, how) => {
    expect(await print(styled, how)).toMatchObject({ out: "t", notes: ["n"] });
  });

  test("none in a file", async () => {
    const { files } = await print({ ...styled, file: "f" }, { terminal: true });
    expect(files).toEqual({ f: "t" });
  });
});
