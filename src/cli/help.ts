// The parts of the help that commander does not write by itself.

import type { Verb } from "./verb.ts";

export const exitStatuses: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "done"],
  ["1", "it did not work"],
  ["2", "asked wrongly: usage, an unknown account or role, a broken configuration"],
  ["3", "a person is needed and none is here: a code, a choice, an unlock"],
  ["70", "a bug in awst"],
  ["130", "interrupted"],
  ["other", "`exec`: the program's own; 126 and 127 where it can't be run or found"],
];

export const exitStatusText = `
Examples:
  awst assume                               pick an account and a role
  awst assume main-account DeveloperAccess  its session and its profiles
  awst exec main-account DeveloperAccess -- aws s3 ls
  awst COMMAND --help                       everything about one of them

Exit status:
${exitStatuses.map(([status, meaning]) => `  ${status.padEnd(5)}  ${meaning}`).join("\n")}
`;

export function examplesText(verb: Verb): string {
  const lines = verb.examples.map(({ line, meaning }) => `  # ${meaning}\n  ${line}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}
