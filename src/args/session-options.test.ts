import { describe, expect, test } from "vitest";
import { AwstError } from "../model/errors.ts";
import type { SessionFlags } from "../model/session/target.ts";
import { type CommandDefinition, defineCommand } from "./command.ts";
import { parseCommand } from "./parse.ts";
import { format, obtainingOptions, readSessionFlags, shapingOptions } from "./session-options.ts";

const options = { ...obtainingOptions, ...shapingOptions, format };
const command = defineCommand({
  name: "try",
  group: "Sessions",
  summary: "reads flags",
  options,
  examples: [],
  run: async (_: unknown, args) => ({
    json: await readSessionFlags(args, async (path) => `text of ${path}`),
  }),
});

async function read(...argv: readonly string[]): Promise<SessionFlags> {
  const parsed = parseCommand(command, argv);
  if (parsed.kind !== "parsed") throw new Error(JSON.stringify(parsed));
  const definition: CommandDefinition<unknown> = command;
  return (await definition.run(undefined, parsed.args)).json as SessionFlags;
}

const given = (flags: SessionFlags) =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));

describe("readSessionFlags()", () => {
  test.each([
    ["nothing", [], {}],
    ["a duration", ["--duration", "1h30m"], { durationSeconds: 5400 }],
    ["seconds", ["--duration", "900"], { durationSeconds: 900 }],
    ["a flag", ["--single"], { single: true }],
    [
      "names",
      ["--session-name", "me", "--source-identity", "you"],
      { sessionName: "me", sourceIdentity: "you" },
    ],
    ["policies", ["--policy-arn", "a", "--policy-arn", "b"], { policyArns: ["a", "b"] }],
    [
      "a policy file",
      ["--policy-file", "/p.json"],
      { policy: "text of /p.json", policyFile: "/p.json" },
    ],
    [
      "a policy from stdin, which no process line can name",
      ["--policy-file", "-"],
      { policy: "text of -" },
    ],
    ["tags", ["--tag", "team=a=b", "--tag", "x="], { tags: { team: "a=b", x: "" } }],
    [
      "options that shape no session",
      ["--region", "eu-west-1", "--format", "env", "--refresh"],
      {},
    ],
  ] as const)("%s", async (_name, argv, expected) => {
    expect(given(await read(...argv))).toEqual(expected);
  });

  test("the path of a policy file becomes absolute", async () => {
    expect((await read("--policy-file", "p.json")).policyFile).toBe(`${process.cwd()}/p.json`);
  });

  test.each([
    ["no duration", ["--duration", "soon"], '--duration "soon" is not a duration'],
    ["no tag", ["--tag", "team"], '--tag "team" is not KEY=VALUE'],
    ["a tag without a key", ["--tag", "=x"], '--tag "=x" is not KEY=VALUE'],
    [
      "a tag twice, as AWS compares keys",
      ["--tag", "Team=a", "--tag", "team=b"],
      '--tag "team" is given twice',
    ],
    ["no region", ["--region", "eu west"], '--region "eu west" is not the name of a region'],
    ["no code", ["--mfa-code", "12"], "--mfa-code is not six digits"],
  ] as const)("%s", async (_name, argv, message) => {
    const error = await read(...argv).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AwstError);
    expect(error).toMatchObject({ code: "USAGE", message });
  });
});
