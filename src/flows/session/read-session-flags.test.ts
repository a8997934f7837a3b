import { describe, expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import type { SessionFlags } from "../../model/session/target.ts";
import type { Words } from "../../model/words.ts";
import { readSessionFlags } from "./read-session-flags.ts";

const context = { readText: async (path: string) => `text of ${path}` };
const read = (options: Words["options"]) =>
  readSessionFlags(context, { arguments: [], options, rest: [], json: false, identity: undefined });
const given = (flags: SessionFlags) =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));

describe("readSessionFlags()", () => {
  test.each([
    ["nothing", {}, {}],
    ["a length", { duration: "1h30m" }, { durationSeconds: 5400 }],
    ["seconds", { duration: "900" }, { durationSeconds: 900 }],
    ["a switch", { single: true }, { single: true }],
    [
      "names",
      { "session-name": "me", "source-identity": "you" },
      { sessionName: "me", sourceIdentity: "you" },
    ],
    ["policies", { "policy-arn": ["a", "b"] }, { policyArns: ["a", "b"] }],
    [
      "a policy's file",
      { "policy-file": "/p.json" },
      { policy: "text of /p.json", policyFile: "/p.json" },
    ],
    [
      "a policy from stdin, which no line can name again",
      { "policy-file": "-" },
      { policy: "text of -" },
    ],
    ["tags", { tag: ["team=a=b", "x="] }, { tags: { team: "a=b", x: "" } }],
    ["what shapes nothing", { region: "eu-west-1", format: "env", refresh: true }, {}],
  ] as const)("%s", async (_name, options, expected) => {
    expect(given(await read(options))).toEqual(expected);
  });

  test("a policy's file is found from anywhere", async () => {
    expect((await read({ "policy-file": "p.json" })).policyFile).toBe(`${process.cwd()}/p.json`);
  });

  test.each([
    ["no length", { duration: "soon" }, '--duration "soon" is no length of time'],
    ["no tag", { tag: ["team"] }, '--tag "team" is not KEY=VALUE'],
    ["a tag without a key", { tag: ["=x"] }, '--tag "=x" is not KEY=VALUE'],
    ["a tag twice, as AWS sees keys", { tag: ["Team=a", "team=b"] }, '--tag "team" is given twice'],
  ] as const)("%s", async (_name, options, message) => {
    const error = await read(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AwstError);
    expect(error).toMatchObject({ code: "USAGE", message });
  });
});
