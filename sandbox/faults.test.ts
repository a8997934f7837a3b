import { expect, test } from "vitest";
import { type Fault, startFaults } from "./faults.ts";
import { changeSettings, defaultSettings } from "./settings.ts";

test("a fault applies to its action `times` times, after `skip` calls", () => {
  const faults = startFaults();
  faults.add({ action: "AssumeRole", kind: "throttle", times: 2, skip: 1 });
  const struck = ["AssumeRole", "GetUser", "AssumeRole", "AssumeRole", "AssumeRole"].map(
    (action) => faults.take(action, "eu-west-1")?.kind,
  );
  expect(struck).toEqual([undefined, undefined, "throttle", "throttle", undefined]);
});

test("faults strike in the order they were added, by region, and any action with *", () => {
  const faults = startFaults();
  faults.add({ action: "*", kind: "error500", region: "us-east-1" });
  faults.add({ action: "GetUser", kind: "hang" });
  expect(faults.take("GetUser", "eu-west-1")?.kind).toBe("hang");
  expect(faults.take("GetUser", "eu-west-1")).toBeUndefined();
  expect(faults.take("GetUser", "us-east-1")?.kind).toBe("error500");
});

test("cleared faults strike no more; an unknown kind is refused", () => {
  const faults = startFaults();
  faults.add({ action: "*", kind: "deny" });
  faults.clear();
  expect(faults.take("GetUser", "eu-west-1")).toBeUndefined();
  expect(() => faults.add({ action: "*", kind: "boredom" } as unknown as Fault)).toThrow(TypeError);
});

test("settings from outside are taken whole or not at all", () => {
  const settings = defaultSettings();
  changeSettings(settings, { pageSize: 2, sessionsEndWithTheirKey: true });
  expect([settings.pageSize, settings.sessionsEndWithTheirKey]).toEqual([2, true]);
  expect(() => changeSettings(settings, { pageSize: 9, tokenSize: 1 })).toThrow("tokenSize");
  expect(() => changeSettings(settings, { pageSize: "9" })).toThrow("takes a number");
  expect(settings.pageSize).toBe(2);
});
