// The four backends against replacement programs (systemctl, crontab, …) that record their calls. The real cron
// runs in test/schedule-cron.test.ts.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeJob } from "../../model/rotation/schedule.ts";
import { openScheduler } from "./scheduler.ts";

const job = makeJob({
  program: ["/usr/bin/node", "/opt/awst.js"],
  identity: "main",
  configuration: undefined,
  everySeconds: 604_800,
  environment: { PATH: "/usr/bin" },
});
const domain = `gui/${process.getuid?.()}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-scheduler-"));
  mkdirSync(join(folder, "bin"));
  // Replaces the real crontab in every test.
  crontab();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(path(name), "utf8");
const calls = () => (existsSync(path("calls")) ? text("calls").trimEnd().split("\n") : []);

/** Installs a program that records every call; a call with the argument `$FAILS` fails. `cases`: sh patterns. */
function program(name: string, cases: string, to = join(folder, "bin", name)): void {
  const script = `#!/bin/sh
echo "${name} $*" >> '${path("calls")}'
case " $* " in *" \${FAILS:-nothing} "*) echo "Failed to $FAILS it" >&2; exit 5;; esac
case "$*" in
${cases}
esac
exit 0
`;
  writeFileSync(to, script, { mode: 0o755 });
}

function open(platform: NodeJS.Platform, more: Record<string, string> = {}) {
  const env = { PATH: `${folder}/bin${delimiter}/usr/bin${delimiter}/bin`, HOME: folder, ...more };
  return openScheduler(
    env,
    {
      home: folder,
      state: path("state"),
      sharedState: path("state"),
      itemPrefix: "",
      defaultConfiguration: "",
      configuration: "",
      configurationIsNamed: false,
      runtime: undefined,
      awsConfig: "",
      awsCredentials: "",
    },
    platform,
    path("System32"),
  );
}

const crontab = () =>
  program(
    "crontab",
    `-l) [ -e '${path("crontab")}' ] || { echo 'no crontab for me' >&2; exit 1; }; cat '${path("crontab")}';;
-) cat > '${path("crontab")}';;`,
  );
const systemctl = () =>
  program(
    "systemctl",
    `*is-active*) echo active;;
*NextElapse*) [ "$TZ" = UTC ] && echo "Fri 2026-03-06 10:07:00 UTC";;`,
  );

describe("systemd", () => {
  const timer = `.config/systemd/user/${job.name}.timer`;
  const service = `.config/systemd/user/${job.name}.service`;

  test("installs a timer, reports it, removes it", async () => {
    systemctl();
    const scheduler = open("linux");
    expect(await scheduler.choose()).toBe("systemd");
    expect(await scheduler.find(job.name)).toBeUndefined();
    const installed = await scheduler.install(job);
    expect(installed).toMatchObject({
      system: "systemd",
      where: [path(timer), path(service)],
      isActive: true,
      nextRunAt: new Date("2026-03-06T10:07:00Z"),
    });
    expect(installed.text).toContain("--if-older-than 7d");
    expect(text(service)).toContain("ExecStart=:/usr/bin/node /opt/awst.js key rotate");
    expect(text(timer)).toContain("Persistent=true");
    expect(statSync(path(service)).mode & 0o777).toBe(0o600);
    const changes = calls().filter((call) => /enable|restart|reload/.test(call));
    expect(changes).toEqual([
      "systemctl --user daemon-reload",
      `systemctl --user enable ${job.name}.timer`,
      `systemctl --user restart ${job.name}.timer`,
    ]);
    expect(await scheduler.remove(job.name)).toBe(true);
    expect(existsSync(path(timer)) || existsSync(path(service))).toBe(false);
    expect(calls()).toContain(`systemctl --user disable --now ${job.name}.timer`);
    expect(await scheduler.remove(job.name)).toBe(false);
  });

  test("installs in XDG_CONFIG_HOME", async () => {
    systemctl();
    await open("linux", { XDG_CONFIG_HOME: path("xdg") }).install(job);
    expect(existsSync(path(`xdg/systemd/user/${job.name}.timer`))).toBe(true);
  });

  test("a failed install leaves no file and reports what systemctl printed", async () => {
    systemctl();
    const scheduler = open("linux", { FAILS: "enable" });
    await expect(scheduler.install(job)).rejects.toMatchObject({
      code: "SCHEDULER_FAILED",
      message: expect.stringContaining("Failed to enable it"),
    });
    expect(existsSync(path(timer)) || existsSync(path(service))).toBe(false);
  });

  test("replaces a line in the crontab", async () => {
    systemctl();
    await open("linux", { FAILS: "show-environment" }).install(job);
    expect(text("crontab")).toContain(job.name);
    expect((await open("linux").install(job)).system).toBe("systemd");
    expect(text("crontab")).toBe("");
  });
});

describe("cron", () => {
  test("is used where systemd does not respond; other bytes stay", async () => {
    const foreign = Buffer.concat([
      Buffer.from("# caf\xe9 \x80\n0 5 * * 1 tar\r\n", "latin1"),
      Buffer.alloc(200_000, "#\n"),
      Buffer.from("9 9 * * * open"),
    ]);
    writeFileSync(path("crontab"), foreign);
    const scheduler = open("linux");
    expect(await scheduler.choose()).toBe("cron");
    const installed = await scheduler.install({ ...job, environment: { PATH: "/ü/bin" } });
    expect(installed).toMatchObject({ system: "cron", isActive: true });
    expect(installed.text).toMatch(
      /^\d+ \* \* \* \* \/usr\/bin\/env 'PATH=\/ü\/bin' .* # awst-rotate-main/,
    );
    const after = readFileSync(path("crontab"));
    expect(after.subarray(0, foreign.length).equals(foreign)).toBe(true);
    expect(after.subarray(foreign.length).toString()).toBe(`\n${installed.text}\n`);
    expect(await scheduler.remove(job.name)).toBe(true);
    expect(readFileSync(path("crontab")).equals(Buffer.concat([foreign, Buffer.from("\n")]))).toBe(
      true,
    );
  });

  test("an empty crontab gets one line", async () => {
    await open("linux").install(job);
    expect(text("crontab").split("\n")).toHaveLength(2);
  });

  test("a long PATH is omitted; a line that is too long without it is rejected", async () => {
    const scheduler = open("linux");
    const long = { PATH: `/${"x".repeat(900)}`, HOME: "/home/me" };
    const installed = await scheduler.install({ ...job, environment: long });
    expect(installed.text).not.toContain("PATH=");
    expect(installed.text).toContain("HOME=/home/me");
    const before = text("crontab");
    const tooLong = { HOME: `/${"x".repeat(900)}` };
    await expect(scheduler.install({ ...job, environment: tooLong })).rejects.toMatchObject({
      code: "SCHEDULER_FAILED",
    });
    expect(text("crontab")).toBe(before);
  });

  test("a crontab that can't be read is not written", async () => {
    writeFileSync(path("crontab"), "0 5 * * 1 mine\n");
    const scheduler = open("linux", { FAILS: "-l" });
    expect(await scheduler.choose()).toBeUndefined();
    await expect(scheduler.install(job)).rejects.toMatchObject({ code: "SCHEDULER_MISSING" });
    expect(text("crontab")).toBe("0 5 * * 1 mine\n");
  });

  test("a crontab that does not keep the line is an error", async () => {
    program("crontab", "-l) echo '0 5 * * 1 mine';;\n-) cat > /dev/null;;");
    await expect(open("linux").install(job)).rejects.toMatchObject({ code: "SCHEDULER_FAILED" });
  });
});

describe("launchd", () => {
  const plist = `Library/LaunchAgents/${job.name}.plist`;
  const loaded = () =>
    program(
      "launchctl",
      `"print ${domain}") ;;
print*) [ -e '${path("loaded")}' ] || exit 113;;
bootstrap*) touch '${path("loaded")}';;
bootout*) rm '${path("loaded")}';;`,
    );

  test("installs an agent, replaces it, removes it", async () => {
    loaded();
    const scheduler = open("darwin");
    expect(await scheduler.choose()).toBe("launchd");
    for (let times = 0; times < 2; times++) {
      expect(await scheduler.install(job)).toMatchObject({
        system: "launchd",
        where: [path(plist)],
        isActive: true,
      });
    }
    const changes = calls().filter((call) => /boot/.test(call));
    expect(changes).toEqual([
      `launchctl bootstrap ${domain} ${path(plist)}`,
      `launchctl bootout ${domain}/${job.name}`,
      `launchctl bootstrap ${domain} ${path(plist)}`,
    ]);
    rmSync(path("loaded"));
    expect(await scheduler.find(job.name)).toMatchObject({ isActive: false });
    expect(await scheduler.remove(job.name)).toBe(true);
    expect(existsSync(path(plist))).toBe(false);
    expect(await scheduler.find(job.name)).toBeUndefined();
  });

  test("a failed install leaves no file", async () => {
    loaded();
    await expect(open("darwin", { FAILS: "bootstrap" }).install(job)).rejects.toMatchObject({
      code: "SCHEDULER_FAILED",
    });
    expect(existsSync(path(plist))).toBe(false);
  });
});

describe("Task Scheduler", () => {
  test("installs a task from UTF-16, reports it, removes it", async () => {
    const system = (name: string) => path(`System32\\${name}`);
    program(
      "schtasks.exe",
      `/Query*) [ -e '${path("task")}' ] || exit 1; cat '${path("task")}';;
/Create*) for last; do :; done; cp "$last" '${path("task")}';;
/Delete*) rm '${path("task")}';;`,
      system("schtasks.exe"),
    );
    program(
      "powershell.exe",
      "*) echo 2026-03-07T12:07:00.0000000Z;;",
      system("WindowsPowerShell\\v1.0\\powershell.exe"),
    );
    // Neither the folders of PATH nor the current folder are searched.
    for (const name of ["schtasks.exe", "powershell.exe"]) {
      program(name, `*) touch '${path("look-alike")}'; exit 1;;`);
    }
    const scheduler = open("win32");
    expect(await scheduler.choose()).toBe("task-scheduler");
    expect(await scheduler.find(job.name)).toBeUndefined();
    expect(await scheduler.install(job)).toMatchObject({
      system: "task-scheduler",
      where: [`\\awst\\${job.name}`],
      isActive: true,
      nextRunAt: new Date("2026-03-07T12:07:00Z"),
    });
    const bytes = readFileSync(path("task"));
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
    expect(bytes.toString("utf16le")).toContain("<Command>/usr/bin/node</Command>");
    expect(existsSync(path(`state/${job.name}.xml`))).toBe(false);
    expect(await scheduler.remove(job.name)).toBe(true);
    expect(await scheduler.remove(job.name)).toBe(false);
    expect(existsSync(path("look-alike"))).toBe(false);
  });
});

test("no scheduler available", async () => {
  rmSync(path("bin/crontab"));
  const scheduler = open("linux", { PATH: join(folder, "bin") });
  expect(await scheduler.choose()).toBeUndefined();
  expect(await scheduler.find(job.name)).toBeUndefined();
  expect(await scheduler.remove(job.name)).toBe(false);
  await expect(scheduler.install(job)).rejects.toMatchObject({ code: "SCHEDULER_MISSING" });
});

test("no secret of awst reaches a scheduler's program", async () => {
  program("systemctl", `*) env >> '${path("seen")}';;`);
  program(
    "crontab",
    `-l) env >> '${path("seen")}'; cat '${path("crontab")}';;\n-) cat > '${path("crontab")}'; env >> '${path("seen")}';;`,
  );
  writeFileSync(path("crontab"), "");
  await open("linux", { AWST_KEYCHAIN_PASSPHRASE: "hush", FAILS: "show-environment" }).install(job);
  expect(text("seen")).toContain("PATH=");
  expect(text("seen")).not.toContain("hush");
});
