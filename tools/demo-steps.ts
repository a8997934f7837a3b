// What the demos share: they run commands as a user types them, print the output, and check each figure.

import { countCalls } from "../test/support/calls.ts";
import type { Home } from "../test/support/home.ts";
import type { Finished } from "../test/support/processes.ts";

export interface DemoSteps {
  /** Runs awst; it must end with status 0. */
  awst(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  /** Runs any program of the home. */
  run(args: readonly string[], options?: RunDemoOptions): Promise<Finished>;
  /** Compares the calls since the last check with what is expected, and forgets them. */
  checkCalls(expected: Readonly<Record<string, number>>): void;
  /** Compares the calls that change something with what is expected, and limits the others. */
  checkChanges(expected: Readonly<Record<string, number>>, maxReads: number): void;
  check(claim: string, isTrue: boolean, otherwise?: string): void;
  title(text: string): void;
  print(text: string): void;
  /** Prints the result; returns the exit status. */
  end(): number;
}

export interface RunDemoOptions {
  readonly remark?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit status; 0 by default. */
  readonly expected?: number;
}

/** `service`: whose calls are checked. */
export function openDemo(home: Home, service: "sts" | "iam"): DemoSteps {
  let failures = 0;
  const steps: DemoSteps = {
    awst: (args, env = {}) => steps.run(["awst", ...args], { env }),
    async run(args, { remark, env = {}, expected = 0 } = {}) {
      const assigned = Object.entries(env).map(([name, value]) => `${name}=${value} `);
      const typed = args.map((arg) => (/[ *]/.test(arg) ? `"${arg}"` : arg)).join(" ");
      const note = remark === undefined ? "" : `   # ${remark}`;
      console.log(`\n$ ${assigned.join("")}${typed}${note}`);
      const finished = await home.run(args, { env });
      const secret = /("(?:SecretAccessKey|SessionToken)": ?")[^"]+/g;
      steps.print(finished.stdout.replace(secret, "$1…"));
      steps.print(finished.stderr);
      if (finished.status !== expected) steps.check(`exit status ${expected}`, false);
      return finished;
    },
    checkCalls(expected) {
      const made = callsText(countCalls(home.sandbox, service));
      home.sandbox.forgetCalls();
      const wanted = callsText(expected);
      steps.check(`${service.toUpperCase()} calls: ${made}`, made === wanted, `not: ${wanted}`);
    },
    checkChanges(expected, maxReads) {
      const calls = Object.entries(countCalls(home.sandbox, service));
      home.sandbox.forgetCalls();
      const isRead = (action: string) => /^(Get|List|GenerateCredentialReport)/.test(action);
      const changes = callsText(Object.fromEntries(calls.filter(([action]) => !isRead(action))));
      const reads = calls.filter(([action]) => isRead(action));
      const count = reads.reduce((sum, [, times]) => sum + times, 0);
      const wanted = callsText(expected);
      steps.check(`calls that change something: ${changes}`, changes === wanted, `not: ${wanted}`);
      steps.check(`calls that read: ${count}`, count <= maxReads, `more than ${maxReads}`);
    },
    check(claim, isTrue, otherwise = "") {
      if (!isTrue) failures += 1;
      console.log(isTrue ? `  ✓ ${claim}` : `  ✗ ${claim} ${otherwise}`);
    },
    title: (text) => console.log(`\n── ${text}`),
    print(text) {
      const lines = text.trimEnd().split("\n");
      if (text.trim() !== "") console.log(lines.map((line) => `  ${line}`.trimEnd()).join("\n"));
    },
    end() {
      console.log(failures === 0 ? "\nAll checks passed." : `\n${failures} checks failed.`);
      return failures === 0 ? 0 : 1;
    },
  };
  return steps;
}

function callsText(calls: Readonly<Record<string, number>>): string {
  const texts = Object.entries(calls).map(([action, times]) => `${action} ×${times}`);
  return texts.sort().join(", ") || "none";
}
