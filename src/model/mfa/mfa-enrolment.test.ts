import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import {
  type DeviceState,
  type EnrolmentFacts,
  type EnrolmentState,
  type EnrolmentStep,
  enrolmentFacts,
  nextEnrolmentStep,
  stateOfDevice,
  takenNames,
} from "./mfa-enrolment.ts";

const yes = true;
const no = false;

describe("nextEnrolmentStep()", () => {
  test("without an enrolment, a device is created", () => {
    expect(nextEnrolmentStep(undefined)).toBe("create");
  });

  test.each<[DeviceState, boolean, boolean, boolean, boolean, EnrolmentStep]>([
    // device state, has seed, verified, cancelled, deletion denied
    ["absent", yes, no, no, no, "forget"],
    ["absent", no, no, yes, yes, "forget"],
    ["others", yes, no, no, no, "forget"],
    ["unassigned", yes, no, no, no, "enable"],
    ["unassigned", yes, no, yes, no, "delete"],
    ["unassigned", yes, no, yes, yes, "abandon"],
    ["unassigned", no, no, no, no, "delete"],
    ["unassigned", no, no, no, yes, "abandon"],
    ["unassigned", no, no, yes, no, "delete"],
    ["unknown", yes, no, no, no, "enable"],
    ["unknown", no, no, no, no, "delete"],
    ["unknown", no, no, no, yes, "abandon"],
    ["enabled", yes, no, no, no, "verify"],
    ["enabled", no, no, no, no, "verify"],
    ["enabled", yes, no, yes, no, "verify"],
    ["enabled", yes, no, yes, yes, "verify"],
    ["enabled", no, no, yes, no, "verify"],
    ["enabled", yes, yes, no, no, "complete"],
    ["enabled", no, yes, yes, yes, "complete"],
  ])("%s, seed %s, verified %s, cancelled %s, deletion denied %s: %s", (...row) => {
    const [deviceState, hasSeed, isVerified, isCancelled, deletionDenied, step] = row;
    const facts = { deviceState, hasSeed, isVerified, isCancelled, deletionDenied };
    expect(nextEnrolmentStep(facts)).toBe(step);
  });

  test("an enabled device is verified or completed, whatever else holds", () => {
    const flags = [false, true];
    for (const hasSeed of flags)
      for (const isCancelled of flags)
        for (const deletionDenied of flags)
          for (const isVerified of flags) {
            const facts = { hasSeed, isVerified, isCancelled, deletionDenied };
            const step = nextEnrolmentStep({ ...facts, deviceState: "enabled" });
            expect(step).toBe(isVerified ? "complete" : "verify");
          }
  });

  test("from any state, the steps come to an end", () => {
    const flags = [false, true];
    const states: DeviceState[] = ["absent", "unassigned", "enabled", "others", "unknown"];
    for (const deviceState of states)
      for (const hasSeed of flags)
        for (const isCancelled of flags)
          for (const mayDelete of flags) {
            const start = { deviceState, hasSeed, isCancelled };
            const facts = { ...start, isVerified: false, deletionDenied: false };
            expect(runSteps(facts, mayDelete)).toMatch(/^(complete|forget|abandon)$/);
          }
  });
});

/** Every step succeeds; `mayDelete`: whether AWS allows deactivation and deletion. */
function runSteps(start: EnrolmentFacts, mayDelete: boolean): EnrolmentStep {
  let facts = start;
  for (let steps = 0; steps < 9; steps++) {
    const step = nextEnrolmentStep(facts);
    if (step === "enable") facts = { ...facts, deviceState: "enabled" };
    else if (step === "verify") facts = { ...facts, isVerified: true };
    else if (step === "delete") {
      facts = mayDelete ? { ...facts, deviceState: "absent" } : { ...facts, deletionDenied: true };
    } else return step;
  }
  throw new Error(`no end from ${JSON.stringify(start)}`);
}

describe("stateOfDevice()", () => {
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
  ] as const)("%s in %j: %s", (which, observed, state) => {
    expect(stateOfDevice(which, "bob", observed)).toBe(state);
  });
});

describe("what is known of an enrolment", () => {
  const state = {
    enrolment: { isVerified: true },
    deviceState: "unassigned",
    seed: new Secret("ABC"),
    isCancelled: false,
    deletionDenied: true,
    observed: { virtual: undefined, enabled: undefined },
    unavailableNames: ["refused"],
  } as unknown as EnrolmentState;

  test("enrolmentFacts() has the seed's presence, not the seed", () => {
    expect(enrolmentFacts(state)).toEqual({
      deviceState: "unassigned",
      hasSeed: true,
      isVerified: true,
      isCancelled: false,
      deletionDenied: true,
    });
    expect(enrolmentFacts({ ...state, seed: undefined })).toMatchObject({ hasSeed: false });
    expect(enrolmentFacts({ ...state, enrolment: undefined })).toBeUndefined();
  });

  test.each([
    ["neither list is known", undefined, undefined, ["refused"]],
    ["both lists", ["bob"], ["ann", "team/eve"], ["bob", "ann", "eve", "refused"]],
    ["the user's devices alone", undefined, ["ann"], ["ann", "refused"]],
  ])("takenNames(), %s", (_case, virtual, enabled, names) => {
    const listed = (each: readonly string[] | undefined) =>
      each?.map((name) => ({ serial: `arn:aws:iam::111111111111:mfa/${name}` }));
    const observed = { virtual: listed(virtual), enabled: listed(enabled) };
    expect(takenNames({ ...state, observed } as unknown as EnrolmentState)).toEqual(names);
  });
});
