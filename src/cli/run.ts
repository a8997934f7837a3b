// Words in, exit status out. The only place where an error ends and is printed.

import { exitStatus } from "../model/errors.ts";
import type { Context } from "../ports.ts";
import { commands, loadCommander } from "./commands.ts";
import { type ParsedWords, parseWords } from "./parse-words.ts";
import { errorText } from "./print-error.ts";
import { sessionVerbs } from "./session-verbs.ts";
import { shellVerbs } from "./shell-verbs.ts";
import { nameOf } from "./verb.ts";

export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>;
  openContext(options: {
    readonly env: Record<string, string | undefined>;
    readonly configuration: string | undefined;
    readonly command: string;
    readonly quiet: boolean;
    readonly debug: boolean;
    readonly color: boolean;
  }): Context;
  /** Rejects with what nobody caught, wherever it was thrown. */
  readonly crashed: Promise<never>;
  /** stdout, for what needs no context: help, version. */
  print(text: string): Promise<void>;
  /** stderr: what --quiet leaves. */
  complain(text: string): Promise<void>;
}

/** `argv`: what was typed behind the program's name. */
export async function run(argv: readonly string[], outside: Outside): Promise<number> {
  try {
    const parsed = parseWords(argv, machineVerbs) ?? (await readForPeople(argv));
    if ("text" in parsed) {
      await (parsed.asked ? outside.print(parsed.text) : outside.complain(parsed.text));
      return parsed.asked ? 0 : 2;
    }
    return await Promise.race([runVerb(parsed, outside), outside.crashed]);
  } catch (error) {
    await outside.complain(errorText(error, { debug: wantsDebug(argv) }));
    return exitStatus(error);
  }
}

const machineVerbs = [...sessionVerbs, ...shellVerbs].filter(({ machine }) => machine);

async function readForPeople(argv: readonly string[]) {
  return (await loadCommander()).readWithCommander(argv);
}

async function runVerb({ verb, words, globals }: ParsedWords, outside: Outside): Promise<number> {
  const command = nameOf(verb);
  const load = commands[command];
  if (load === undefined) throw new Error(`no command for "${command}"`);
  const { env } = outside;
  const color = globals.color && !env["NO_COLOR"];
  const context = outside.openContext({ ...globals, env: { ...env }, color, command });
  return (await (await load()).run(context, words)) ?? 0;
}

// Also where the words themselves are what is wrong.
function wantsDebug(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--debug");
}
