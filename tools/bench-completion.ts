// Measures how long a shell takes to complete a name among 1,000 accounts × 10 roles. One process completes many
// times, another one never; the difference is divided by the number of completions.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeHome } from "../test/support/home.ts";
import { findProgram } from "../test/support/processes.ts";

export interface CompletionTime {
  /** `bash: a role of 1,000 × 10` */
  readonly name: string;
  readonly milliseconds: number;
}

const times = 20;

/** Measures each installed shell with each typed line. */
export async function benchCompletion(rounds: number): Promise<readonly CompletionTime[]> {
  await using home = await makeHome({ configuration: configuration() });
  const found: CompletionTime[] = [];
  for (const [shell, { run, complete }] of Object.entries(shells)) {
    if (findProgram(shell) === undefined) continue;
    const script = join(home.path, `completion.${shell}`);
    const { stdout } = await home.awst(["completion", shell]);
    writeFileSync(script, stdout);
    for (const [what, line] of Object.entries(lines)) {
      const measure = async (count: number) => {
        const text = [`. ${script}`, ...Array<string>(count).fill(complete(line))].join("\n");
        const [program = "", ...args] = [...run, text];
        const begin = performance.now();
        const child = spawn(program, args, { env: { ...home.env }, stdio: "ignore" });
        await once(child, "exit");
        return performance.now() - begin;
      };
      const pairs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const idle = await measure(0);
        pairs.push(((await measure(times)) - idle) / times);
      }
      const sorted = pairs.sort((one, other) => one - other);
      const milliseconds = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
      found.push({ name: `${shell}: ${what} of 1,000 × 10`, milliseconds });
    }
  }
  return found;
}

const lines = {
  "every account": "awst assume ",
  "one account": "awst assume account-77",
  "a role": "awst assume account-777 Role",
} as const;

/** zsh completes only on a terminal, so its variables and `compadd` are replaced by fakes. */
const shells = {
  bash: {
    run: ["bash", "--norc", "--noprofile", "-c"],
    complete: (line: string) => `COMP_LINE='${line}' COMP_POINT=${line.length}; _awst`,
  },
  zsh: {
    run: ["zsh", "-f", "-c"],
    complete: (line: string) => {
      const typed = line.split(" ");
      const prefix = typed.at(-1) ?? "";
      return `compadd() { : "$@"; }; words=(${typed.map((each) => `'${each}'`).join(" ")}) CURRENT=${typed.length} PREFIX='${prefix}'; _awst`;
    },
  },
  fish: {
    run: ["fish", "--no-config", "-c"],
    complete: (line: string) => `complete -C '${line}' >/dev/null`,
  },
} as const;

function configuration(): string {
  const count = (many: number) => Array.from({ length: many }, (_, at) => at);
  const accounts = count(1000).map((at) => `account-${at} = "${String(at).padStart(12, "1")}"`);
  const roles = count(10).map((at) => `[roles.Role${at}]\nduration = "1h"`);
  const head = '[profiles]\nmainAccount = "account-0"\n[accounts]';
  return `${[head, ...accounts, ...roles].join("\n")}\n`;
}
