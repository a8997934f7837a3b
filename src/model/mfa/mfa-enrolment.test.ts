import { describe, expect, test } from "vitest";
import {
  type DeviceState,
  type EnrolmentFacts,
  type EnrolmentStep,
  nextEnrolmentStep,
  stateOfDevice,
} from "./mfa-enrolment.ts";

const yes = true;
const no = false;

describe("the next step", () => {
  test("nothing is begun: a device is made", () => {
    expect(nextEnrolmentStep(undefined)).toBe("create");
  });

  test.each<[DeviceState, boolean, boolean, boolean, boolean, EnrolmentStep]>([
    // device, seed, proved, unwanted, stuck
    ["absent", yes, no, no, no, "forget"],
    ["absent", no, no, yes, yes, "forget"],
    ["others", yes, no, no, no, "forget"],
    ["unassigned", yes, no, no, no, "enable"],
    ["unassigned", yes, no, yes, no, "delete"],
    ["unassigned", yes, no, yes, yes, "leave"],
    ["unassigned", no, no, no, no, "delete"],
    ["unassigned", no, no, no, yes, "leave"],
    ["unassigned", no, no, yes, no, "delete"],
    ["unknown", yes, no, no, no, "enable"],
    ["unknown", no, no, no, no, "delete"],
    ["unknown", no, no, no, yes, "leave"],
    ["enabled", yes, no, no, no, "prove"],
    ["enabled", no, no, no, no, "prove"],
    ["enabled", yes, no, yes, no, "deactivate"],
    ["enabled", yes, no, yes, yes, "leave"],
    ["enabled", yes, yes, no, no, "settle"],
    ["enabled", no, yes, yes, yes, "settle"],
  ])("%s, seed %s, proved %s, unwanted %s, stuck %s: %s", (...row) => {
    const [device, seedIsHere, isProved, isUnwanted, isStuck, step] = row;
    expect(nextEnrolmentStep({ device, seedIsHere, isProved, isUnwanted, isStuck })).toBe(step);
  });

  test("whatever is seen, it comes to an end", () => {
    const flags = [false, true];
    const devices: DeviceState[] = ["absent", "unassigned", "enabled", "others", "unknown"];
    for (const device of devices)
      for (const seedIsHere of flags)
        for (const isUnwanted of flags)
          for (const isLetGo of flags) {
            const start = { device, seedIsHere, isProved: false, isUnwanted, isStuck: false };
            expect(play(start, isLetGo)).toMatch(/^(settle|forget|leave)$/);
          }
  });
});

/** Every step does what it is for; AWS lets devices be removed, or not. */
function play(start: EnrolmentFacts, isLetGo: boolean): EnrolmentStep {
  let facts = start;
  for (let steps = 0; steps < 9; steps++) {
    const step = nextEnrolmentStep(facts);
    if (step === "enable") facts = { ...facts, device: "enabled" };
    else if (step === "prove") facts = { ...facts, isProved: true };
    else if (step === "deactivate")
      facts = isLetGo ? { ...facts, device: "unassigned" } : { ...facts, isStuck: true };
    else if (step === "delete")
      facts = isLetGo ? { ...facts, device: "absent" } : { ...facts, isStuck: true };
    else return step;
  }
  throw new Error(`no end from ${JSON.stringify(start)}`);
}

describe("what is seen of a device", () => {
  const serial = (name: string) => `arn:aws:iam::111111111111:mfa/${name}`;
  const virtual = [
    { serial: serial("bob"), userName: "bob" },
    { serial: serial("team/bob-2"), userName: undefined },
    { serial: serial("ann"), userName: "ann" },
  ];
  const enabled = [{ serial: serial("bob") }, { serial: "GAHT12345678" }];

  test.each([
    [serial("bob"), { enabled, virtual }, "enabled"],
    ["bob", { enabled, virtual: undefined }, "enabled"],
    ["bob", { enabled: undefined, virtual }, "enabled"],
    ["bob-2", { enabled, virtual }, "unassigned"],
    [serial("bob-2"), { enabled, virtual }, "absent"],
    ["ann", { enabled, virtual }, "others"],
    ["eve", { enabled, virtual }, "absent"],
    ["eve", { enabled, virtual: undefined }, "unknown"],
    ["GAHT12345678", { enabled, virtual: [] }, "absent"],
  ] as const)("%s in %j: %s", (which, seen, state) => {
    expect(stateOfDevice(which, "bob", seen)).toBe(state);
  });
});
