// Which lines of a profile are this very program.

import { expect, test } from "vitest";
import { findOwnProcessArgs } from "./own-process.ts";

const node = "/usr/bin/node";
const script = "/opt/awst/bin/awst.js";
/** Links and copies: paths with the same value are the same file. */
const files: Readonly<Record<string, string>> = {
  [node]: "node",
  [script]: "awst.js",
  "/usr/local/bin/awst": "awst.js",
  "/home/user/.local/share/awst/bin/awst": "launcher",
  "/tmp/awst": "another awst",
  "/tmp/node": "another node",
  "/opt/two words/awst": "awst.js",
};
const stable = ["/home/user/.local/share/awst/bin/awst"];
const context = {
  program: [node, script],
  stableProgram: async () => ({ program: stable, line: stable }),
  fileFingerprint: (path: string) => files[path],
};

test.each<[string, string, string]>([
  ["its script with Node", `${node} ${script} credential-process a b`, "credential-process a b"],
  ["a link to its script", "/usr/local/bin/awst credential-process a b", "credential-process a b"],
  ["its launcher", `${stable[0]} credential-process a b`, "credential-process a b"],
  [
    "with global options first",
    `${stable[0]} --env XDG_STATE_HOME=/s credential-process a b`,
    "--env XDG_STATE_HOME=/s credential-process a b",
  ],
  [
    "a name with spaces, and an option",
    `${stable[0]} credential-process "my account" b --single`,
    "credential-process|my account|b|--single",
  ],
  ["a path with spaces", '"/opt/two words/awst" credential-process a b', "credential-process a b"],
])("own: %s", async (_name, line, args) => {
  const expected = args.split(args.includes("|") ? "|" : " ");
  expect(await findOwnProcessArgs(context, line)).toEqual(expected);
});

test.each<[string, string]>([
  ["another program with the name", "/tmp/awst credential-process a b"],
  ["another Node with its script", `/tmp/node ${script} credential-process a b`],
  ["Node with another script", `${node} /tmp/awst credential-process a b`],
  ["a name that PATH decides", "awst credential-process a b"],
  ["a path that the current folder decides", "./awst credential-process a b"],
  ["a program that is missing", "/gone/awst credential-process a b"],
  ["another command", `${stable[0]} key list`],
  ["a second command after it", `${stable[0]} credential-process a b; /tmp/evil`],
  ["a pipe", `${stable[0]} credential-process a b | tee /tmp/keys`],
  ["a file for its output", `${stable[0]} credential-process a b > /tmp/keys`],
  ["a command inside it", `${stable[0]} credential-process a $(/tmp/evil)`],
  ["a variable before it", `LD_PRELOAD=/tmp/evil.so ${stable[0]} credential-process a b`],
  ["an option of Node", `${node} --require=/tmp/evil.cjs ${script} credential-process a b`],
  ["two lines", `${stable[0]} credential-process a b\n/tmp/evil`],
  ["a quote that is not closed", `${stable[0]} credential-process "a b`],
  ["nothing", ""],
])("not own: %s", async (_name, line) => {
  expect(await findOwnProcessArgs(context, line)).toBeUndefined();
});
