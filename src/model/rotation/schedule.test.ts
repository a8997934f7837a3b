// A job's name, command, interval, next run and environment.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "../text/duration.ts";
import {
  intervalSecondsOf,
  intervalText,
  makeJob,
  nextRunOf,
  type ScheduleSystem,
  scheduleEnvironment,
  scheduleName,
  spellInterval,
} from "./schedule.ts";

const options = {
  program: ["/usr/bin/node", "/opt/awst/bin/awst.js"],
  identity: "main-account",
  configuration: undefined,
  everySeconds: 7 * 86_400,
  environment: {},
};

test("makeJob: the command has absolute paths", () => {
  expect(makeJob(options).command.join(" ")).toBe(
    "/usr/bin/node /opt/awst/bin/awst.js key rotate --unattended --if-older-than 7d --identity main-account",
  );
  expect(makeJob({ ...options, configuration: "/etc/a b.toml" }).command.slice(-4)).toEqual([
    "--config",
    "/etc/a b.toml",
    "--identity",
    "main-account",
  ]);
});

describe("scheduleName", () => {
  test.each([
    ["main-account", /^awst-rotate-main-account-[0-9a-f]{6}$/],
    ["Büro / Zürich", /^awst-rotate-B-ro-Z-rich-[0-9a-f]{6}$/],
    ["日本", /^awst-rotate--[0-9a-f]{6}$/],
    ["x".repeat(200), /^awst-rotate-x{40}-[0-9a-f]{6}$/],
  ])("of %s", (identity, shape) => {
    expect(scheduleName(identity, undefined)).toMatch(shape);
  });

  test("differs by identity and by configuration", () => {
    const names = [
      scheduleName("a b", undefined),
      scheduleName("a-b", undefined),
      scheduleName("a-b", "/etc/one.toml"),
      scheduleName("a-b", "/etc/two.toml"),
    ];
    expect(new Set(names).size).toBe(4);
  });
});

test("spellInterval: parseDuration reads the text back", () => {
  expect(
    ["7d", "36h", "1d", "26h30m"].map((text) => spellInterval(parseDuration(text) ?? 0)),
  ).toEqual(["7d", "36h", "1d", "26h30m"]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 * 86_400 }), (seconds) => {
      expect(parseDuration(spellInterval(seconds))).toBe(seconds);
    }),
  );
  expect([86_400, 7 * 86_400, 129_600].map(intervalText)).toEqual(["day", "7 days", "36h"]);
});

test("intervalSecondsOf: finds the interval in every kind of definition", () => {
  expect(intervalSecondsOf("awst key rotate --unattended --if-older-than 7d --identity a")).toBe(
    604_800,
  );
  expect(intervalSecondsOf("<string>--if-older-than</string>\n    <string>36h</string>")).toBe(
    129_600,
  );
  expect(intervalSecondsOf("'--if-older-than' '2d'")).toBe(172_800);
  expect(intervalSecondsOf("awst key rotate")).toBeUndefined();
});

describe("nextRunOf", () => {
  const texts: Readonly<Record<ScheduleSystem, string>> = {
    systemd: "[Timer]\nOnCalendar=*-*-* *:07:00\n",
    launchd: "<key>Minute</key>\n    <integer>7</integer>",
    "task-scheduler": "<StartBoundary>2024-01-01T12:07:00</StartBoundary>",
    cron: "7 * * * * /usr/bin/env awst",
  };
  const local = (hour: number, minute: number, day = 1) => new Date(2026, 2, day, hour, minute);

  test.each([
    ["systemd", local(9, 0), local(9, 7)],
    ["systemd", local(9, 7), local(10, 7)],
    ["launchd", local(23, 8), local(0, 7, 2)],
    ["cron", local(9, 6), local(9, 7)],
    ["task-scheduler", local(9, 0), local(12, 7)],
    ["task-scheduler", local(12, 7), local(12, 7, 2)],
  ] as const)("%s at %s", (system, now, next) => {
    expect(nextRunOf(system, texts[system], now)).toEqual(next);
  });

  test("undefined for a definition without a minute", () => {
    expect(nextRunOf("cron", "@daily awst", local(9, 0))).toBeUndefined();
    expect(nextRunOf("systemd", "", local(9, 0))).toBeUndefined();
  });
});

describe("scheduleEnvironment", () => {
  const env = {
    PATH: "/opt/bin:/usr/bin",
    HOME: "/home/me",
    XDG_STATE_HOME: "/home/me/state",
    XDG_RUNTIME_DIR: "/run/user/1000",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
    AWST_KEYCHAIN_PASSPHRASE_FILE: "/home/me/pass",
    AWST_KEYCHAIN_PASSPHRASE: "correct horse",
    AWST_MFA_CODE: "123456",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    HTTPS_PROXY: "http://me:pass@proxy:8080",
    NO_PROXY: "localhost",
    AWS_PROFILE: "other",
    AWS_CA_BUNDLE: "/etc/a\nb",
    AWS_REGION: "",
  };

  test("systemd: the variables that awst uses, without secrets", () => {
    const { variables, withheld } = scheduleEnvironment(env, "systemd");
    expect(variables).toEqual({
      PATH: "/opt/bin:/usr/bin",
      XDG_STATE_HOME: "/home/me/state",
      AWST_KEYCHAIN_PASSPHRASE_FILE: "/home/me/pass",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      NO_PROXY: "localhost",
    });
    expect(withheld).toEqual(["AWS_CA_BUNDLE", "HTTPS_PROXY", "AWST_KEYCHAIN_PASSPHRASE"]);
  });

  test("cron: also the login's runtime folder and bus, at systemd's addresses only", () => {
    expect(scheduleEnvironment(env, "cron").variables).toMatchObject({
      HOME: "/home/me",
      XDG_RUNTIME_DIR: "/run/user/1000",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
    });
    const own = { ...env, DBUS_SESSION_BUS_ADDRESS: "unix:path=/tmp/dbus-x1,guid=1" };
    expect(scheduleEnvironment(own, "cron").variables).not.toHaveProperty(
      "DBUS_SESSION_BUS_ADDRESS",
    );
  });

  test("Task Scheduler: no variables; those in use are reported as withheld", () => {
    const { variables, withheld } = scheduleEnvironment(env, "task-scheduler");
    expect(variables).toEqual({});
    expect(withheld).toContain("AWS_ENDPOINT_URL");
    expect(withheld).not.toContain("PATH");
  });

  test("no scheduler gets a secret", () => {
    for (const system of ["systemd", "launchd", "task-scheduler", "cron"] as const) {
      const text = JSON.stringify(scheduleEnvironment(env, system).variables);
      expect(text).not.toMatch(/correct horse|123456|"secret"|pass@/);
    }
  });
});
