import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  openRoleLines,
  type RoleLineParts,
  readProcessLine,
  repairedLine,
  roleLine,
  writeProcessLine,
} from "./process-line.ts";

const parts: RoleLineParts = {
  program: ["/usr/bin/node", "/opt/awst.js"],
  configuration: undefined,
  identity: undefined,
  account: "my acct",
  role: "Dev",
  flags: undefined,
};

describe("roleLine", () => {
  it.each<[Partial<RoleLineParts>, string]>([
    [{}, '/usr/bin/node /opt/awst.js credential-process "my acct" Dev'],
    [
      { configuration: "/a b/c", identity: "o" },
      '/usr/bin/node /opt/awst.js credential-process --config "/a b/c" --identity o "my acct" Dev',
    ],
    [
      {
        account: "a",
        flags: {
          durationSeconds: 1800,
          single: true,
          policyArns: ["arn:x"],
          policy: "{}",
          policyFile: "/p.json",
        },
      },
      "/usr/bin/node /opt/awst.js credential-process --duration 1800 --single --policy-arn arn:x --policy-file /p.json a Dev",
    ],
  ])("%j", (more, expected) => {
    expect(roleLine({ ...parts, ...more }).line).toBe(expected);
  });

  it.each<[Partial<RoleLineParts>, RegExp]>([
    [{ account: "-x" }, /would be read as an option/],
    [{ flags: { sessionName: "-x" } }, /would be read as an option/],
    [{ flags: { policy: "{}" } }, /not read from a file/],
    [{ account: "a$b" }, /reads differently/],
  ])("%j: no line, and the reason", (more, why) => {
    expect(roleLine({ ...parts, ...more })).toEqual({ why: expect.stringMatching(why) });
  });
});

describe("openRoleLines", () => {
  const name = fc.constantFrom(..."a|b c|a%b|é|a#b|C:\\\\x|/x/y|-x|%|a=b|".split("|"));

  it("writes every line as if it were the only one", () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), name, name, name, (program, config, a, r) => {
        const lines = openRoleLines({
          program,
          configuration: config,
          identity: a,
          flags: undefined,
        });
        const whole = [...program, "credential-process", "--config", config, "--identity", a, a, r];
        const dashed = [config, a, r].find((each) => each.startsWith("-"));
        const why = `${JSON.stringify(dashed)} would be read as an option`;
        expect(lines(a, r)).toEqual(dashed === undefined ? writeProcessLine(whole) : { why });
      }),
      { numRuns: 5000 },
    );
  });
});

describe("readProcessLine", () => {
  const start = ["awst", "/bin/awst", "node", "env", "XDG_CONFIG_HOME=/h", "credential-process"];
  const options = [
    "--config",
    "--config=/c",
    "--identity",
    "--single",
    "--json",
    "--tag",
    "-x",
    "--",
  ];
  const others = [
    "a",
    "Role1",
    "k=v",
    '"a b"',
    "'c d'",
    '"--config"',
    "'",
    '"',
    "\\",
    "é",
    "",
    "\n",
  ];
  const parts = fc.array(fc.constantFrom(...start, ...options, ...others, "a", "Role1"));

  it("reads a line whose start is known as if it were read as a whole", () => {
    const line = fc
      .tuple(fc.constantFrom("awst credential-process", "awst", ""), parts)
      .map(([first, more]) => [first, ...more].join(" "));
    // Behind a tab, no argument is known to be a name, so the line is read as a whole.
    const readWhole = (text: string) =>
      JSON.stringify(readProcessLine(text.replaceAll(" ", "\t")))?.replaceAll("\\t", " ");
    fc.assert(
      fc.property(line, (text) => {
        expect(JSON.stringify(readProcessLine(text))).toEqual(readWhole(text));
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("repairedLine", () => {
  it("replaces the program by this one, only where the old program no longer exists", () => {
    const call = readProcessLine(
      '/old/node /old/awst.js credential-process --tag k="a b" acct Dev',
    );
    if (call === undefined) throw new Error("not read");
    const repairedWithout = (missing: string[]) =>
      repairedLine(call, ["/new/awst"], (path) => missing.includes(path));
    expect(repairedWithout([])).toBeUndefined();
    expect(repairedWithout(["/old/node"])).toBe(
      '/new/awst credential-process --tag "k=a b" acct Dev',
    );
    expect(repairedWithout(["/old/awst.js"])).toBeDefined();
    const bare = readProcessLine("awst credential-process acct Dev");
    expect(bare && repairedLine(bare, ["/new/awst"], () => true)).toBeUndefined();
  });
});
