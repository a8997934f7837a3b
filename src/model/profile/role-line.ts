// The process line of a role's profile: this program, and everything that leads to the same session again.

import { flagArgs } from "../session/retry-line.ts";
import type { SessionFlags } from "../session/target.ts";
import { type AwstCall, type ProcessLine, writeProcessLine } from "./process-line.ts";

export interface RoleLineParts {
  readonly program: readonly string[];
  /** --config, where it is not found without. */
  readonly configuration: string | undefined;
  /** --identity, where it is not the default one. */
  readonly identity: string | undefined;
  readonly account: string;
  readonly role: string;
  /** What sets a session apart; undefined for the configured one. */
  readonly flags: SessionFlags | undefined;
}

/** Options come first, so that the line never ends in a quote: Go's reader would take it off. */
export function roleLine(parts: RoleLineParts): ProcessLine {
  const { program, configuration, identity, account, role, flags } = parts;
  if (flags?.policy !== undefined && flags.policyFile === undefined) {
    return { why: "a process line can't hold a policy that came from no file" };
  }
  const shaping = flags === undefined ? [] : flagArgs(flags);
  const options = [
    ...option("--config", configuration),
    ...option("--identity", identity),
    ...shaping,
  ];
  const names = [account, role];
  const dashed = [...options.filter((word) => !word.startsWith("--")), ...names].find((word) =>
    word.startsWith("-"),
  );
  if (dashed !== undefined) return { why: `${JSON.stringify(dashed)} would read as an option` };
  return writeProcessLine([...program, "credential-process", ...options, ...names]);
}

/** The same call by a program that is there; undefined while the one it names is. */
export function mendedLine(
  call: AwstCall,
  program: readonly string[],
  isGone: (path: string) => boolean,
): string | undefined {
  const paths = call.program.filter((word) => /^(\/|[A-Za-z]:\/)/.test(word));
  return paths.some(isGone) ? writeProcessLine([...program, ...call.words]).line : undefined;
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}
