import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  crontabCommand,
  crontabLine,
  findCrontabLine,
  withCrontabLine,
  withoutCrontabLine,
} from "./crontab.ts";
import type { ScheduledJob } from "./schedule.ts";

const job: ScheduledJob = {
  name: "awst-rotate-main-0a1b2c",
  identity: "main",
  command: ["/usr/bin/node", "/opt/it's 100%/awst.js", "key", "rotate", "--identity", "main"],
  environment: { HOME: "/home/me", PATH: "/a b:/c" },
  minute: 7,
};
const line = crontabLine(job);
const foreign = "# my own\r\nMAILTO=me\n\t0 5 * * 1 tar %x # awst-rotate-main-0a1b2c-not\n";

test("crontabLine: quotes for sh, escapes % for cron", () => {
  expect(line).toBe(
    "7 * * * * /usr/bin/env HOME=/home/me 'PATH=/a b:/c' /usr/bin/node " +
      "'/opt/it'\\''s 100\\%/awst.js' key rotate --identity main >/dev/null 2>&1 # awst-rotate-main-0a1b2c",
  );
});

test("crontabCommand: the command as cron passes it to the shell", () => {
  expect(crontabCommand(line)).toMatch(
    /^\/usr\/bin\/env HOME=.* '\/opt\/it'\\''s 100%\/awst\.js' key/,
  );
});

describe("foreign lines stay byte for byte", () => {
  test.each([
    ["none", "", `${line}\n`],
    ["some", foreign, `${foreign}${line}\n`],
    ["a last line without line end", "0 5 * * * x", `0 5 * * * x\n${line}\n`],
    ["awst's line in between", `a\n${line}\nb`, `a\n${line}\nb`],
    ["an older line of awst", `a\n1 1 * * * old # ${job.name}\nb\n`, `a\n${line}\nb\n`],
    ["awst's line twice", `${line}\na\n${line}\n`, `${line}\na\n`],
    ["a comment with the job's name", `# see # ${job.name}\n`, `# see # ${job.name}\n${line}\n`],
  ])("added to %s", (_, before, after) => {
    expect(withCrontabLine(before, job.name, line)).toBe(after);
  });

  test("any crontab: the line is added, found and removed", () => {
    const text = fc
      .array(fc.oneof(fc.string(), fc.constantFrom("# x", "0 5 * * * y # z", "\r", "%")), {
        maxLength: 8,
      })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, (before) => {
        const after = withCrontabLine(before, job.name, line);
        expect(findCrontabLine(after, job.name)).toBe(line);
        expect(withCrontabLine(after, job.name, line)).toBe(after);
        const isOpen = before !== "" && !before.endsWith("\n");
        expect(withoutCrontabLine(after, job.name)).toBe(isOpen ? `${before}\n` : before);
      }),
    );
  });

  test("another job's line stays", () => {
    const other = crontabLine({ ...job, name: "awst-rotate-other-1" });
    expect(withCrontabLine(`${other}\n`, job.name, line)).toBe(`${other}\n${line}\n`);
    expect(withoutCrontabLine(`${other}\n`, job.name)).toBe(`${other}\n`);
    expect(findCrontabLine(`${other}\n`, job.name)).toBeUndefined();
  });
});
