import { expect, test } from "vitest";
import {
  decodeFunctionSettings,
  maxRounds,
  nextEvent,
  parseFunctionEvent,
} from "./function-settings.ts";

test("settings: the template's defaults are those of the configuration", () => {
  const settings = decodeFunctionSettings({
    AWST_DAYS: "90",
    AWST_NEVER_USED_DAYS: "30",
    AWST_WARN_DAYS: "14",
    AWST_ACTIONS: "console,keys",
    AWST_EXCEPT: "",
    AWST_PROTECTED: "",
    AWST_MAX_CHANGES: "",
    AWST_DRY_RUN: "false",
    AWST_NOTIFY: "none",
    AWST_NOTIFY_PARAMETER: "",
    AWST_RELAY_TOPIC: "",
  });
  expect(settings).toEqual(decodeFunctionSettings({}));
  expect(settings.dormant).toMatchObject({ days: 90, warnDays: 14, actions: ["console", "keys"] });
  expect(settings).toMatchObject({ maxChanges: undefined, relayTopic: undefined, isDryRun: false });
});

test("settings: lists are separated by commas, and spaces around a name don't count", () => {
  const settings = decodeFunctionSettings({
    AWST_EXCEPT: "ci-*, deploy",
    AWST_PROTECTED: "break-glass",
    AWST_MAX_CHANGES: "0",
    AWST_DRY_RUN: "true",
  });
  expect(settings.dormant.except).toEqual(["ci-*", "deploy"]);
  expect(settings.protectedNames).toEqual(["break-glass"]);
  expect(settings).toMatchObject({ maxChanges: 0, isDryRun: true });
});

test("settings: a function that would delete users does nothing at all", () => {
  for (const AWST_ACTIONS of ["console,keys,user", "user", "keys, user"]) {
    expect(() => decodeFunctionSettings({ AWST_ACTIONS })).toThrow(
      expect.objectContaining({
        code: "CONFIGURATION_INVALID",
        message: "the function deletes no user",
        hint: expect.stringContaining("awst admin dormant enforce"),
      }),
    );
  }
});

test.each([
  [{ AWST_DAYS: "0" }],
  [{ AWST_DAYS: "ninety" }],
  [{ AWST_DAYS: "-1" }],
  [{ AWST_DAYS: "1e3" }],
  [{ AWST_WARN_DAYS: "366" }],
  [{ AWST_ACTIONS: "console,users" }],
  [{ AWST_MAX_CHANGES: "5001" }],
  [{ AWST_NOTIFY: "mail" }],
  [{ AWST_NOTIFY: "slack" }],
  [{ AWST_NOTIFY: "slack", AWST_NOTIFY_PARAMETER: "https://hooks.example.com/secret" }],
  [{ AWST_NOTIFY: "sns", AWST_NOTIFY_TOPIC: "dormant" }],
])("settings: %j is refused", (env) => {
  expect(() => decodeFunctionSettings(env)).toThrow(
    expect.objectContaining({ code: "CONFIGURATION_INVALID" }),
  );
});

test("event: the schedule's, and each round's next one", () => {
  expect(parseFunctionEvent({})).toEqual({ round: 1, from: undefined, left: undefined });
  let event = parseFunctionEvent({ round: 1 });
  const from = { account: "111122223333", user: "zoe" };
  for (let round = 2; round <= maxRounds; round++) {
    event = parseFunctionEvent(JSON.parse(nextEvent(event, from, 7) ?? ""));
    expect(event).toEqual({ round, from, left: 7 });
  }
  expect(nextEvent(event, from, 7)).toBeUndefined();
});

test.each([
  [undefined],
  [null],
  ["round 1"],
  [[1]],
  [{ round: 0 }],
  [{ round: maxRounds + 1 }],
  [{ round: 1.5 }],
  [{ round: "1" }],
  [{ from: "zoe" }],
  [{ from: 1 }],
  [{ from: "111122223333/zo e" }],
  [{ left: -1 }],
  [{ left: Number.POSITIVE_INFINITY }],
])("event: %j is refused", (value) => {
  expect(() => parseFunctionEvent(value)).toThrow(expect.objectContaining({ code: "USAGE" }));
});
