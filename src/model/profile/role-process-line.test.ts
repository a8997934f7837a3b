import { describe, expect, it } from "vitest";
import { type RoleLineParts, readProcessLine, repairedLine, roleLine } from "./process-line.ts";

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
