// Hints that are options alone become whole lines, and lines of awst keep the options that say where.

import { describe, expect, test } from "vitest";
import { flag, list, text } from "./options.ts";
import { typedLine, wholeHint, withArguments, withoutOptions, withScope } from "./whole-line.ts";

const options = {
  out: text("FOLDER", ""),
  email: text("ADDRESS", ""),
  force: list("NAME", ""),
  tag: list("K=V", ""),
  endSessions: flag(""),
  dryRun: flag(""),
  mfaCode: text("CODE", ""),
  as: text("ROLE", ""),
};

function whole(hint: string, typed: string): string {
  return wholeHint(hint, { name: "admin user create", options, argv: typed.split(" ") });
}

describe("an option alone", () => {
  test.each([
    ["is added", "--email a@b.c", "ann", "ann --email a@b.c"],
    [
      "keeps --dry-run and --yes",
      "--email a@b.c",
      "ann --dry-run -y",
      "ann --dry-run -y --email a@b.c",
    ],
    ["replaces a wrong value", "--out x", "ann --out= --dry-run", "ann --out x --dry-run"],
    ["replaces the next argument", "--out x", "ann --out a --dry-run", "ann --out x --dry-run"],
    [
      "counts as the last one, as the parser reads it",
      "--out x",
      "--out a --out b",
      "--out a --out x",
    ],
    [
      "is added again for another user",
      "--force bob",
      "ann bob --force ann",
      "ann bob --force ann --force bob",
    ],
    ["replaces one value of a list", "--tag a=b", "ann --tag a", "ann --tag a=b"],
    ["is a flag", "--end-sessions", "ann", "ann --end-sessions"],
    ["is an option of every command", "--config x.toml", "ann", "ann --config x.toml"],
    ["never repeats a code", "--out x", "ann --mfa-code 123456 --as r", "ann --as r --out x"],
    ["never repeats a code after =", "--out x", "ann --mfa-code=123456", "ann --out x"],
    [
      "comes before the options of a program",
      "--out x",
      "ann -- ls --out y",
      "ann --out x -- ls --out y",
    ],
    [
      "leaves a value that is named like the option",
      "--out x",
      "ann --as --out --out y",
      "ann --as --out --out x",
    ],
    [
      "leaves a code that is a value",
      "--out x",
      "ann --as --mfa-code",
      "ann --as --mfa-code --out x",
    ],
    ["is quoted for a shell", "--email a@b.c", "ann --as a$b", "ann --as 'a$b' --email a@b.c"],
  ])("%s", (_what, hint, typed, expected) => {
    expect(whole(hint, typed)).toBe(`awst admin user create ${expected}`);
  });

  test.each([
    ["for days: --out 30d", "for days: awst admin user create ann --out 30d"],
    [
      "its end at 2027-01-01T00:00:00Z instead: --end-sessions",
      "its end at 2027-01-01T00:00:00Z instead: awst admin user create ann --end-sessions",
    ],
  ])("keeps the words before it: %s", (hint, expected) => {
    expect(whole(hint, "ann")).toBe(expected);
  });

  test.each([
    ["an unknown option", "--nope x", "ann"],
    ["a flag with a value", "--end-sessions x", "ann"],
    ["an option without its value", "--out", "ann"],
    ["two options", "--out x --email y", "ann"],
    ["a sentence", "--out FOLDER, in which no other user can write", "ann"],
    ["a choice of values, where it is not clear which is wrong", "--tag a=b", "--tag x --tag y"],
  ])("%s stays as it is", (_what, hint, typed) => {
    expect(whole(hint, typed)).toBe(hint);
  });
});

describe("a line of awst", () => {
  test.each([
    ["awst admin user list", "ann --as p/A", "awst admin user list --as p/A"],
    ["to end it: awst admin revoke x", "--as=p/A", "to end it: awst admin revoke x --as p/A"],
    ["awst admin user list --as q/B", "ann --as p/A", "awst admin user list --as q/B"],
    ["awst key list", "ann --as p/A", "awst key list"],
    ["awst admin policy grant", "ann --as p/A", "awst admin policy grant"],
    ["awst key list", "--config c.toml --identity b", "awst key list --config c.toml --identity b"],
    ["awst exec a R -- ls", "--config c.toml", "awst exec a R --config c.toml -- ls"],
    [
      "awst assume arn:aws:iam::1:role/R",
      "--config c",
      "awst assume arn:aws:iam::1:role/R --config c",
    ],
    ["awst key list", "ann -- --config c", "awst key list"],
    [
      "awst key add --csv FILE, or two lines on stdin",
      "--config c",
      "awst key add --csv FILE, or two lines on stdin",
    ],
    ["awst key list --help", "--config c", "awst key list --help"],
    ["did you mean awst key list?", "--config c", "did you mean awst key list?"],
  ])("%j, typed %j", (text, typed, expected) => {
    expect(withScope(text, typed.split(" "))).toBe(expected);
  });
});

describe("a typed line with", () => {
  const typed = (argv: string) =>
    typedLine({ name: "admin grant", options }, ["awst", "admin", "grant", ...argv.split(" ")]);
  const text = (line: readonly string[]) => line.join(" ").replace(/^awst admin grant /, "");

  test.each<[string, string, string]>([
    ["another role", "ann prod --out prod", "ann prod/ROLE --out prod"],
    ["another role, where the user is named alike", "prod prod", "prod prod/ROLE"],
    [
      "another role, where a value is",
      "ann prod --tag prod --as prod",
      "ann prod/ROLE --tag prod --as prod",
    ],
  ])("%s", (_what, argv, expected) => {
    expect(text(withArguments(typed(argv), 1, ["prod/ROLE"]))).toBe(expected);
  });

  test("an argument in front, or one instead of several", () => {
    expect(text(withArguments(typed("--out x"), 0, ["prune"], 0))).toBe("prune --out x");
    expect(text(withArguments(typed("ann ben --out ann"), 0, ["cal"], 2))).toBe("cal --out ann");
  });

  test("fewer options: values that are named like one stay", () => {
    const isOut = (option: string, value = "") => option === "--email" || value === "email=x";
    const line = typed("ann --email a@b.c --tag email=x --as --email --dry-run --tag k=v");
    expect(text(withoutOptions(line, isOut, ["--email", "NEW"]))).toBe(
      "ann --as --email --dry-run --tag k=v --email NEW",
    );
  });
});
