import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../secret.ts";
import { removeKeyProfiles } from "./key-profiles.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import type { AwsFileTexts } from "./profile-sections.ts";

const line = "/bin/awst credential-process acct Dev";
const region = "xx-test-9";
const spaced: WantedProfile = { name: "acct Dev", region, kind: "process", line };
const free: WantedProfile = { name: "acct/Dev", region, kind: "process", line };
const keys: WantedProfile = {
  name: "acct Dev",
  region,
  kind: "keys",
  keys: {
    accessKeyId: "ASIANEW",
    secretAccessKey: new Secret("s"),
    sessionToken: new Secret("t"),
    expiresAt: new Date(0),
  },
};
const both = [spaced, free];

const leftover = "aws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t==\n";
const process = `credential_process = ${line}\nregion = ${region}\n`;
const freeSection = `\n[acct/Dev]\n${process}`;

function plan(texts: Partial<AwsFileTexts>, wanted: readonly WantedProfile[] = both) {
  return planProfiles({ config: undefined, credentials: undefined, ...texts }, wanted);
}

describe("planProfiles", () => {
  it("creates both files", () => {
    const { texts, written, upToDate } = plan({});
    expect(texts.credentials).toBe(`[acct Dev]\n${process}\n[acct/Dev]\n${process}`);
    expect(texts.config).toBe(`[profile acct/Dev]\n${process}`);
    expect(written).toEqual(["acct Dev", "acct/Dev"]);
    const again = planProfiles(texts, both);
    expect(again.texts).toEqual(texts);
    expect(again.written).toEqual([]);
    expect(again.upToDate).toEqual(upToDate);
  });

  it("separates several sections in an empty file", () => {
    const { texts } = plan({ credentials: "" }, [spaced, { ...spaced, name: "b c" }]);
    expect(texts.credentials).toBe(`[acct Dev]\n${process}\n[b c]\n${process}`);
  });

  it.each<[string, Partial<AwsFileTexts>, Partial<AwsFileTexts>]>([
    [
      "replaces awstools' keys in place, and removes its regions",
      {
        credentials: `[main]\naws_access_key_id = AKIA1\n\n[acct Dev]\n${leftover}\n[z]\nk = v\n`,
        config:
          "[default]\nregion = a\n\n[profile 'acct Dev']\nregion = a\n\n[profile acct Dev]\nregion = a\n",
      },
      {
        credentials: `[main]\naws_access_key_id = AKIA1\n\n[acct Dev]\n${process}\n[z]\nk = v\n${freeSection}`,
        config: `[default]\nregion = a\n\n[profile acct/Dev]\n${process}`,
      },
    ],
    [
      "keeps the user's own lines of an owned section",
      {
        config:
          "[profile acct/Dev]\n# mine\noutput = json\ncredential_process = /old/awst credential-process x\ns3 =\n  a = b\n",
      },
      {
        config: `[profile acct/Dev]\n# mine\noutput = json\ncredential_process = ${line}\ns3 =\n  a = b\nregion = ${region}\n`,
        credentials: `[acct Dev]\n${process}${freeSection}`,
      },
    ],
    [
      "adds the section in the credentials file, which earlier versions did not write",
      { credentials: `[acct Dev]\n${process}`, config: `[profile acct/Dev]\n${process}` },
      {
        credentials: `[acct Dev]\n${process}${freeSection}`,
        config: `[profile acct/Dev]\n${process}`,
      },
    ],
    [
      "replaces keys that would override the process line",
      { credentials: `[acct/Dev]\n${leftover}`, config: `[profile acct/Dev]\n${process}` },
      {
        credentials: `[acct/Dev]\n${process}\n[acct Dev]\n${process}`,
        config: `[profile acct/Dev]\n${process}`,
      },
    ],
    [
      "keeps settings that hold no credentials",
      {
        config: "[profile 'acct Dev']\noutput = json\nregion = a\n",
        credentials: "[acct/Dev]\noutput = text\n",
      },
      {
        config: `[profile 'acct Dev']\noutput = json\nregion = a\n\n[profile acct/Dev]\n${process}`,
        credentials: `[acct/Dev]\noutput = text\n${process}\n[acct Dev]\n${process}`,
      },
    ],
    [
      "merges two sections of one profile",
      { credentials: `[acct Dev]\n${process}\n[x]\nk=v\n\n[acct Dev]\n${leftover}` },
      {
        credentials: `[acct Dev]\n${process}\n[x]\nk=v\n${freeSection}`,
        config: `[profile acct/Dev]\n${process}`,
      },
    ],
  ])("%s", (_, before, after) => {
    const { texts, conflicts } = plan(before);
    expect(conflicts).toEqual([]);
    expect(texts).toEqual(after);
    expect(plan(texts).texts).toEqual(texts);
  });

  it.each<[string, Partial<AwsFileTexts>, string, string]>([
    [
      "a long-term key",
      { credentials: `[acct Dev]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n` },
      "credentials",
      "it holds a long-term key",
    ],
    [
      "a long-term key next to a process line of awst",
      {
        credentials: `[acct Dev]\n${process}aws_access_key_id = AKIA1\naws_secret_access_key = s\n`,
      },
      "credentials",
      "it holds a long-term key",
    ],
    [
      "a role",
      { config: '[profile "acct Dev"]\nrole_arn = arn:aws:iam::1:role/x\n' },
      "config",
      "it has role_arn",
    ],
    [
      "a role, unquoted",
      { config: "[profile acct Dev]\nROLE_ARN: x\n" },
      "config",
      "it has role_arn",
    ],
    ["SSO", { config: "[profile 'acct Dev']\nsso_session = x\n" }, "config", "it has sso_session"],
    [
      "another program",
      { credentials: "[acct Dev]\ncredential_process = /bin/other\n" },
      "credentials",
      "it calls another program",
    ],
    [
      "another program's session",
      { credentials: `[acct Dev]\n${leftover}x_principal = y\n` },
      "credentials",
      "it holds a temporary key of another program",
    ],
    [
      "an incomplete key",
      { credentials: "[acct Dev]\naws_secret_access_key = s\n" },
      "credentials",
      "it holds an incomplete key",
    ],
    [
      "lines nested in a value",
      { credentials: "[acct Dev]\noutput = x\n  role_arn = y\n" },
      "credentials",
      "line 3 is indented, and Python tools read it as part of output: remove the spaces before it",
    ],
    [
      "lines nested in a process line of awst",
      { credentials: `[acct Dev]\ncredential_process = ${line}\n  --tag x=y\n` },
      "credentials",
      "line 3 is indented, and Python tools read it as part of credential_process: remove the spaces before it",
    ],
  ])("never changes %s", (_, texts, file, why) => {
    const planned = plan(texts, [spaced]);
    const line = why.startsWith("line 3") ? { line: 3 } : {};
    expect(planned.conflicts).toEqual([{ name: "acct Dev", file, why, ...line }]);
    expect(planned.texts).toEqual({ config: undefined, credentials: undefined, ...texts });
    expect(planned.upToDate).toEqual([]);
  });

  it("reports names that no header can hold", () => {
    const { unwritable, texts } = plan({}, [{ ...spaced, name: "a] b" }]);
    expect(unwritable).toEqual([{ name: "a] b", why: `"]" can't be in a section's name` }]);
    expect(texts).toEqual({ config: undefined, credentials: undefined });
  });

  it("writes keys, recognizes its own, and removes them again", () => {
    const { texts } = plan({ config: `[profile acct/Dev]\n${process}` }, [
      keys,
      { ...keys, name: "acct/Dev" },
    ]);
    const written = `aws_access_key_id = ASIANEW\naws_secret_access_key = s\naws_session_token = t\nregion = ${region}\n`;
    expect(texts).toEqual({
      config: "",
      credentials: `[acct Dev]\n${written}\n[acct/Dev]\n${written}`,
    });
    const withOwn = { ...texts, credentials: `[acct Dev]\n${written}output = json\n` };
    expect(planProfiles(withOwn, [keys]).conflicts).toHaveLength(1);
    const isAwstKey = (id: string) => id === "ASIANEW";
    expect(planProfiles(withOwn, [keys], { isAwstKey }).upToDate).toEqual(["acct Dev"]);
    const out = removeKeyProfiles(withOwn, ["acct Dev", "acct/Dev", "other"], isAwstKey);
    expect(out).toEqual({
      texts: { config: "", credentials: "[acct Dev]\noutput = json\n" },
      removed: ["acct Dev"],
      conflicts: [],
    });
  });

  it("removes some owned profiles, and repairs those that stay", () => {
    const missing = "/gone/awst credential-process";
    const credentials = `[main]\ncredential_process = ${missing} --identity main\n\n[old Role]\ncredential_process = ${missing} old Role\n\n[other]\ncredential_process = /bin/other\n`;
    const { texts, removed, repaired } = planProfiles({ config: undefined, credentials }, [], {
      shouldRemove: ({ call }) => call.account === "old",
      repair: ({ call }) => ["/new/awst", ...call.args].join(" "),
    });
    expect([removed, repaired]).toEqual([["old Role"], ["main"]]);
    expect(texts.credentials).toBe(
      "[main]\ncredential_process = /new/awst credential-process --identity main\n\n[other]\ncredential_process = /bin/other\n",
    );
  });
});

interface Piece {
  readonly text: string;
  readonly isForeign: boolean;
}

const foreign = (text: string): Piece => ({ text, isForeign: true });
const ours = (text: string): Piece => ({ text, isForeign: false });

const foreignLine = fc.oneof(
  fc.constantFrom(
    "[default]",
    "[main]",
    "[profile dev]",
    '[profile "x y"]',
    "[sso-session s]",
    "[services t]",
    "[ acct  Other ]",
    "aws_access_key_id = AKIA0000000000000000",
    "aws_secret_access_key=abc/+=",
    "role_arn = arn:x",
    "region=us-east-1 # mine",
    "credential_process = '/opt/x y' --a=b",
    "s3 =",
    "  max_queue_size = 10",
    "\tendpoint_url = http://x",
    "",
    "   ",
    "# comment",
    "; [acct Dev]",
    "garbage",
    "= nothing",
    "KEY : Value",
    "[unclosed",
    "k = \u0000 é 😀 \u2028",
    `long = ${"y".repeat(3000)}`,
  ),
  fc
    .string({ unit: "binary", maxLength: 20 })
    .filter((text) => !/[\r\n]/.test(text) && !/^\s*\[|^\s+\S/.test(text)),
);

// A section of awst between foreign blocks, with lines of the user in it.
const ownBlock = (header: string) =>
  fc.constantFrom<readonly Piece[]>(
    [ours(`[${header}]`), ...leftover.trimEnd().split("\n").map(ours)],
    [
      ours(`[${header}]`),
      ours("credential_process = /old/awst credential-process acct Dev"),
      ours("region = old"),
    ],
    [
      ours(`[${header}]`),
      foreign("output = json"),
      ours("credential_process = awst credential-process a b"),
      foreign("# x"),
      foreign("cli_pager ="),
      foreign("s3 ="),
      foreign("  a = b"),
    ],
    [ours(`[${header}]`), ours("region = old")],
  );

const foreignBlock = fc
  .array(foreignLine, { maxLength: 8 })
  .map((lines): readonly Piece[] => [
    foreign("[foreign]"),
    foreign("k = v"),
    ...lines.map(foreign),
    foreign("[end]"),
    foreign("z = 1"),
  ]);

const file = (...headers: readonly string[]) =>
  fc
    .tuple(
      fc.array(foreignLine, { maxLength: 4 }).map((lines) => lines.map(foreign)),
      fc.array(foreignBlock, { maxLength: 3 }),
      fc.tuple(...headers.map((header) => fc.option(ownBlock(header)))),
      fc.array(foreignBlock, { maxLength: 2 }),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
    )
    .map(([top, before, own, after, newline, isOpen]) => {
      const pieces = [
        ...top,
        foreign("[first]"),
        foreign("k = v"),
        ...before.flat(),
        ...own.flatMap((block) => block ?? []),
        ...after.flat(),
      ];
      const text = pieces.map((piece) => piece.text).join(newline) + (isOpen ? "" : newline);
      const foreignTexts = pieces.filter((piece) => piece.isForeign).map((piece) => piece.text);
      return { text, newline, isOpen, foreignTexts };
    });

describe("over generated files", () => {
  const runs = { numRuns: 1000, seed: 20 };
  const results: { before: string; after: string }[] = [];

  it("keeps every foreign byte, and planning again changes nothing", () => {
    fc.assert(
      fc.property(file("acct Dev", "acct/Dev"), file("profile acct/Dev"), (credentials, config) => {
        const before = { credentials: credentials.text, config: config.text };
        const { texts, conflicts, upToDate } = planProfiles(before, both);
        expect(conflicts).toEqual([]);
        expect(upToDate).toEqual(["acct Dev", "acct/Dev"]);
        for (const [was, is, headers] of [
          [credentials, texts.credentials, ["[acct Dev]", "[acct/Dev]"]],
          [config, texts.config, ["[profile acct/Dev]"]],
        ] as const) {
          expect(foreignOf(is ?? "", was.newline, headers)).toBe(
            was.foreignTexts.join(was.newline) + was.newline,
          );
          results.push({ before: was.text, after: is ?? "" });
        }
        expect(planProfiles(texts, both).texts).toEqual(texts);
        expect(planProfiles(texts, both).written).toEqual([]);
      }),
      runs,
    );
  });

  it("removes exactly what it wrote", () => {
    fc.assert(
      fc.property(file("x"), ({ text, newline, isOpen }) => {
        const { texts } = planProfiles({ credentials: text, config: text }, [
          { ...spaced, name: "new name" },
          { ...free, name: "new/name" },
        ]);
        const back = planProfiles(texts, [], {
          shouldRemove: ({ name }) => name === "new name" || name === "new/name",
        });
        const whole = text + (isOpen ? newline : "");
        expect(back.texts).toEqual({ credentials: whole, config: whole });
      }),
      runs,
    );
  });

  it("keeps files readable for Python", ({ skip }) => {
    const program = `
import configparser, json, sys
def reads(text):
    try:
        configparser.RawConfigParser().read_string(text)
        return True
    except configparser.Error:
        return False
print(json.dumps([[reads(p["before"]), reads(p["after"])] for p in json.load(sys.stdin)]))`;
    let out: string;
    try {
      out = execFileSync("python3", ["-c", program], {
        input: JSON.stringify(results),
        encoding: "utf8",
      });
    } catch {
      return skip();
    }
    const read = JSON.parse(out) as [boolean, boolean][];
    expect(read.some(([before]) => before)).toBe(true);
    expect(read.filter(([before, after]) => before && !after)).toEqual([]);
  });
});

// Returns a file without awst's lines, and without the empty lines before added sections.
function foreignOf(text: string, newline: string, headers: readonly string[]): string {
  const own = new Set([...headers, `credential_process = ${line}`, `region = ${region}`]);
  const rest = headers.toReversed().reduce((left, header) => {
    const added = ["", header, `credential_process = ${line}`, `region = ${region}`, ""];
    const end = added.join(newline);
    return left.endsWith(newline + end) ? left.slice(0, -end.length) : left;
  }, text);
  const closed = rest.endsWith(newline) ? rest : rest + newline;
  const lines = closed.split(newline).filter((each) => !own.has(each));
  return lines.join(newline);
}
