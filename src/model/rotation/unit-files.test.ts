// The definitions for the four schedulers compared with golden files, and checked by sh and systemd where
// this machine has them.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { crontabCommand, crontabLine } from "./crontab.ts";
import { intervalSecondsOf, makeJob, nextRunOf, type ScheduledJob } from "./schedule.ts";
import { launchdAgent, systemdFiles, windowsTask } from "./unit-files.ts";

const plain = makeJob({
  program: ["/usr/bin/node", "/opt/awst/bin/awst.js"],
  identity: "main-account",
  configuration: undefined,
  everySeconds: 7 * 86_400,
  environment: { PATH: "/usr/local/bin:/usr/bin", XDG_STATE_HOME: "/home/me/state" },
});
/** Text with characters that sh, cron, systemd or XML interpret. Each must arrive unchanged. */
const nasty = makeJob({
  program: ["/opt/my node/bin/node", "/opt/a$b%c/awst.js"],
  identity: `it's <"me" & you> \\ 100% $HOME --`,
  configuration: "/home/me/ü #1;x.toml",
  everySeconds: 36 * 3600,
  environment: { PATH: "/a b:/c%d", AWS_CA_BUNDLE: `/x"y'z$w\\` },
});

describe("golden", () => {
  const files = (job: ScheduledJob) => ({
    "NAME.service": systemdFiles(job).service,
    "NAME.timer": systemdFiles(job).timer,
    "NAME.plist": launchdAgent(job),
    "NAME.xml": windowsTask(job),
    crontab: `${crontabLine(job)}\n`,
  });
  const all = [
    ...Object.entries(files(plain)).map((each) => ["plain", ...each] as const),
    ...Object.entries(files(nasty)).map((each) => ["nasty", ...each] as const),
  ];
  test.each(all)("%s %s", async (kind, name, text) => {
    await expect(text).toMatchFileSnapshot(`../../../test/golden/schedule/${kind}/${name}`);
    expect(intervalSecondsOf(text) ?? "in the service").toBe(
      name.endsWith(".timer") ? "in the service" : kind === "plain" ? 604_800 : 129_600,
    );
  });

  test("nextRunOf reads the minute of each definition", () => {
    const now = new Date(2026, 2, 1, 9, 0);
    const { minute } = plain;
    expect(nextRunOf("systemd", systemdFiles(plain).timer, now)?.getMinutes()).toBe(minute);
    expect(nextRunOf("launchd", launchdAgent(plain), now)?.getMinutes()).toBe(minute);
    expect(nextRunOf("task-scheduler", windowsTask(plain), now)?.getMinutes()).toBe(minute);
    expect(nextRunOf("cron", crontabLine(plain), now)?.getMinutes()).toBe(minute);
  });
});

/** A program that prints its arguments and two variables, NUL-separated. Replaces a job's program. */
const printArguments = [
  process.execPath,
  "-e",
  "process.stdout.write([...process.argv.slice(1),process.env.PATH,process.env.AWS_CA_BUNDLE].join('\\0'))",
  "--",
];

test("sh passes the arguments of the crontab line unchanged", () => {
  const job = { ...nasty, command: [...printArguments, ...nasty.command.slice(2)] };
  const command = crontabCommand(crontabLine(job)).replace(" >/dev/null 2>&1", "");
  const ran = spawnSync("/bin/sh", ["-c", command], { encoding: "utf8", env: {} });
  expect(ran.stdout.split("\0")).toEqual([
    ...nasty.command.slice(2),
    ...Object.values(nasty.environment),
  ]);
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.runIf(hasPython).each([
  ["plain", plain],
  ["nasty", nasty],
])("Python's reader of Apple's format finds the same arguments in the agent: %s", (_kind, job) => {
  const script =
    "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
  const { stdout } = spawnSync("python3", ["-c", script], {
    input: launchdAgent(job),
    encoding: "utf8",
  });
  expect(JSON.parse(stdout)).toEqual({
    Label: job.name,
    ProgramArguments: job.command,
    EnvironmentVariables: job.environment,
    StartCalendarInterval: { Minute: job.minute },
    ProcessType: "Background",
    Umask: 0o077,
  });
});

const hasVerify = spawnSync("systemd-analyze", ["--version"]).status === 0;

test.runIf(hasVerify)("systemd-analyze accepts every line of the units", () => {
  const folder = mkdtempSync(join(tmpdir(), "awst-units-"));
  try {
    // systemd-analyze checks that the program exists.
    for (const job of [plain, nasty]) {
      const { service, timer } = systemdFiles({
        ...job,
        command: [process.execPath, ...job.command.slice(1)],
      });
      const paths = ["service", "timer"].map((kind) => join(folder, `${job.name}.${kind}`));
      writeFileSync(paths[0] ?? "", service);
      writeFileSync(paths[1] ?? "", timer);
      const checked = spawnSync("systemd-analyze", ["verify", "--user", "--man=no", ...paths], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], XDG_RUNTIME_DIR: folder, HOME: folder },
      });
      const ours = checked.stderr.split("\n").filter((line) => line.includes(job.name));
      expect(ours).toEqual([]);
      expect(checked).toMatchObject({ status: 0 });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
