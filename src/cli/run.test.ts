import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../test/support/fake-context.ts";
import { AwstError } from "../model/errors.ts";
import type { Context } from "../ports.ts";
import { type ProgramHost, run } from "./run.ts";

interface Tried {
  readonly status: number;
  readonly printed: string;
  readonly errorOutput: string;
  readonly opened: readonly unknown[];
}

async function tryRun(
  line: string,
  context: Partial<Context> = {},
  more: Partial<ProgramHost> = {},
): Promise<Tried> {
  const printed: string[] = [];
  const errorOutput: string[] = [];
  const opened: unknown[] = [];
  const status = await run(line.split(" ").filter(Boolean), {
    env: {},
    openContext: ({ env: _env, ...options }) => {
      opened.push(options);
      const out = async (text: string) => void printed.push(text);
      return { ...makeFakeMachine(configurationOf([role("Dev", 4)])).process(), out, ...context };
    },
    crashed: new Promise(() => {}),
    print: async (text) => void printed.push(text),
    printError: async (text) => void errorOutput.push(text),
    ...more,
  });
  return { status, printed: printed.join(""), errorOutput: errorOutput.join(""), opened };
}

const fails = (error: unknown): Partial<Context> => ({
  configurationFile: () => Promise.reject(error),
});

describe("run()", () => {
  test("output on stdout, nothing on stderr, status 0", async () => {
    const tried = await tryRun("list");
    expect(tried).toMatchObject({ status: 0, errorOutput: "" });
    expect(tried.printed).toContain("main-account");
  });

  test.each([
    ["help", "assume --help", 0, /^Usage: awst assume/, /^$/],
    ["the version", "--version", 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    ["the overview", "", 0, /^awst: AWS role sessions/, /^$/],
    ["half a command", "key", 2, /^$/, /^Usage: awst key/],
    [
      "an unknown command",
      "asume",
      2,
      /^$/,
      /^awst: error: unknown command "asume"\nawst: hint: did/,
    ],
    ["an unknown option", "list --nix", 2, /^$/, /^awst: error: unknown option --nix\n/],
  ])("%s", async (_name, line, status, printed, errorOutput) => {
    const tried = await tryRun(line);
    expect(tried.status).toBe(status);
    expect(tried.printed).toMatch(printed);
    expect(tried.errorOutput).toMatch(errorOutput);
    expect(tried.opened).toEqual([]);
  });

  test.each([
    [new AwstError("CONFIGURATION_MISSING", "no file"), 2, "awst: error: no file\n"],
    [new AwstError("CODE_NEEDED", "a code"), 3, "awst: error: a code\n"],
    [new AwstError("INTERRUPTED", "interrupted"), 130, "awst: error: interrupted\n"],
    [new RangeError("oops"), 70, "awst: error: this is a bug in awst: RangeError: oops\n"],
  ])("%s ends with status %i", async (error, status, first) => {
    const tried = await tryRun("list --json", fails(error));
    expect(tried).toMatchObject({ status, printed: "" });
    expect(tried.errorOutput.startsWith(first)).toBe(true);
    expect(tried.errorOutput).not.toContain("    at ");
  });

  test("--debug prints where an error came from, also after the command", async () => {
    const tried = await tryRun("list --debug", fails(new RangeError("oops")));
    expect(tried.errorOutput).toMatch(/awst: debug: +at /);
  });

  test("--debug after -- belongs to the program", async () => {
    const missing = fails(new RangeError("oops"));
    const tried = await tryRun("exec main Dev -- x --debug", missing);
    expect(tried.errorOutput).not.toContain("debug:");
  });

  test("an error outside every promise is printed like any other", async () => {
    const never = { configurationFile: () => new Promise<never>(() => {}) };
    const tried = await tryRun("list", never, { crashed: Promise.reject(new Error("late")) });
    expect(tried.status).toBe(70);
    expect(tried.errorOutput).toContain("this is a bug in awst: Error: late");
  });

  test.each([
    ["list", {}, { quiet: false, color: true, configuration: undefined, command: "list" }],
    ["--quiet list --config c --debug", {}, { quiet: true, debug: true, configuration: "c" }],
    ["list --no-color", {}, { color: false }],
    ["list", { NO_COLOR: "1" }, { color: false }],
    ["list", { NO_COLOR: "" }, { color: true }],
  ])("opens the context with the global options: %s %j", async (line, env, options) => {
    const tried = await tryRun(line, {}, { env });
    expect(tried.opened).toMatchObject([options]);
  });
});
