import { describe, expect, it } from "vitest";
import { mendedLine, type RoleLineParts, readProcessLine, roleLine } from "./process-line.ts";

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
    [{ account: "-x" }, /would read as an option/],
    [{ flags: { sessionName: "-x" } }, /would read as an option/],
    [{ flags: { policy: "{}" } }, /came from no file/],
    [{ account: "a$b" }, /reads differently/],
  ])("%j has none, and says why", (more, why) => {
    expect(roleLine({ ...parts, ...more })).toEqual({ why: expect.stringMatching(why) });
  });
});

describe("mendedLine", () => {
  it("keeps the call and changes the program, only where that is gone", () => {
    const call = readProcessLine(
      '/old/node /old/awst.js credential-process --tag k="a b" acct Dev',
    );
    if (call === undefined) throw new Error("not read");
    const mend = (gone: string[]) => mendedLine(call, ["/new/awst"], (path) => gone.includes(path));
    expect(mend([])).toBeUndefined();
    expect(mend(["/old/node"])).toBe('/new/awst credential-process --tag "k=a b" acct Dev');
    expect(mend(["/old/awst.js"])).toBeDefined();
    const bare = readProcessLine("awst credential-process acct Dev");
    expect(bare && mendedLine(bare, ["/new/awst"], () => true)).toBeUndefined();
  });
});
