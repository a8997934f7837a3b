import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  callsAwst,
  processLine,
  readProcessLine,
  splitArgs,
  writeProcessLine,
} from "./process-line.ts";

const arg = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."ab /=:@%'!&|<>(){}[]*?~^,.-_+é😀\u00a0\t".split("")) }),
  fc.string({ unit: "binary" }),
);
const args = fc.array(arg, { minLength: 1, maxLength: 5 });

function written(count: number): { line: string; args: string[] }[] {
  const samples = fc.sample(args, { numRuns: count, seed: 7 });
  return samples.flatMap((each) => {
    const line = processLine(["/bin/awst", ...each, "Role"]);
    return line === undefined ? [] : [{ line, args: ["/bin/awst", ...each, "Role"] }];
  });
}

function python(program: string, input: unknown): unknown {
  const out = execFileSync("python3", ["-X", "utf8", "-c", program], {
    input: JSON.stringify(input),
    encoding: "utf8",
  });
  return JSON.parse(out);
}

const hasPython = (() => {
  try {
    return python("print(1)", 0) === 1;
  } catch {
    return false;
  }
})();

describe("processLine", () => {
  const samples = written(3000);

  it("has samples", () => {
    expect(samples.length).toBeGreaterThan(500);
    expect(samples.some(({ line }) => line.includes('"'))).toBe(true);
  });

  it("reads back as written, and recognizes calls of awst", () => {
    for (const { line, args } of samples) expect(splitArgs(line)).toEqual(args);
  });

  it("reads the same in sh -c", () => {
    const script = samples.map(({ line }) => `show ${line}`).join("\n");
    const out = execFileSync("sh", ["-c", `show() { printf '%s\\0' "$@" '<end>'; }\n${script}`], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    const read = out
      .split("<end>\0")
      .slice(0, -1)
      .map((all) => all.split("\0").slice(0, -1));
    expect(read).toEqual(samples.map(({ args }) => args));
  });

  it.skipIf(!hasPython)("reads the same in Python's shlex, through its INI reader", () => {
    const program = `
import configparser, json, shlex, sys
lines = json.load(sys.stdin)
reader = configparser.RawConfigParser()
reader.read_string("".join(f"[{i}]\\ncredential_process = {l}\\n" for i, l in enumerate(lines)))
print(json.dumps([shlex.split(reader.get(str(i), "credential_process")) for i in range(len(lines))]))`;
    const read = python(
      program,
      samples.map(({ line }) => line),
    );
    expect(read).toEqual(samples.map(({ args }) => args));
  });

  it.each<[readonly string[], string | undefined]>([
    [
      ["/usr/bin/awst", "credential-process", "main-account", "Dev"],
      "/usr/bin/awst credential-process main-account Dev",
    ],
    [["/Users/My Name/awst", "x", "My Acct", "r"], '"/Users/My Name/awst" x "My Acct" r'],
    [["C:\\Program Files\\awst.exe", "x", "a", "r"], '"C:/Program Files/awst.exe" x a r'],
    [["C:\\Program Files\\awst.exe", "x", "a b", "r"], undefined],
    [["C:\\Program Files (x86)\\awst.exe", "x", "a", "r"], undefined],
    [["C:\\bin\\awst.exe", "x", "a b", "r"], 'C:/bin/awst.exe x "a b" r'],
    [["/a b/awst", "c d"], undefined],
    [["/bin/awst", "o'brien", "r"], `/bin/awst "o'brien" r`],
    [["/bin/awst", "50%", "r"], "/bin/awst 50% r"],
    [["/bin/awst", "%PATH%", "r"], undefined],
    [["/bin/awst", "", "r"], '/bin/awst "" r'],
    ...['a"b', "a\\b", "a$b", "a`b", "a#b", "a;b", "a\nb", "a\u0000b", "a\u0085b", "\ud800"].map(
      (bad): [readonly string[], undefined] => [["/bin/awst", bad, "r"], undefined],
    ),
  ])("%j", (given, line) => {
    expect(processLine(given)).toBe(line);
  });

  it("gives the reason in one line", () => {
    expect(writeProcessLine(["/bin/awst", "a\nb"]).why).toMatch(/^"\\n" in "a\\nb" reads diff/);
  });
});

describe("readProcessLine", () => {
  it.each<[string, boolean]>([
    ["/old/bin/awst credential-process a b", true],
    ["/usr/bin/node /gone/bin/awst.js credential-process a b", true],
    ['"C:/Program Files/awst.exe" credential-process a b', true],
    ["C:\\bin\\awst.exe credential-process a b", true],
    ["awst credential-process --identity me", true],
    ["/usr/bin/aws-vault export --format=json a", false],
    ["/opt/awst/bin/other credential-process a b", false],
    ["awst exec a b", false],
    ["/bin/sh -c 'awst credential-process a b'", false],
    ["awst 'credential-process", false],
    ["", false],
  ])("%s", (line, expected) => {
    expect(callsAwst(line)).toBe(expected);
  });

  it("finds every part of a line", () => {
    const line =
      'n awst.js credential-process --config "/a b/c.toml" --identity me --tag k=v --single --duration=30m "my acct" r/x';
    expect(readProcessLine(line)).toEqual({
      program: ["n", "awst.js"],
      args: splitArgs(line)?.slice(2),
      account: "my acct",
      role: "r/x",
      identity: "me",
      configuration: "/a b/c.toml",
      flags: ["--tag", "k=v", "--single", "--duration=30m"],
    });
  });
});
