import { describe, expect, test } from "vitest";
import { makeEnrolmentScene, policyNames } from "../../test/support/enrolment-scene.ts";

describe.each(policyNames)("under %s", (policy) => {
  test("a first device: two codes, a third for STS, and nothing is left behind", async () => {
    const scene = makeEnrolmentScene(policy);
    const { error, asked, said } = await scene.run({ verb: "add" });
    expect(error).toBeUndefined();
    expect(asked).toHaveLength(3);
    expect(scene.working()).toEqual([scene.serial("user")]);
    expect(said.join("\n")).toContain("MFA device user (111111111111) works");
    expect([scene.pending(), scene.strays(), scene.storedSeeds()]).toEqual([undefined, [], []]);
    expect(scene.machine.items.has("mfa-session/main-account")).toBe(true);
  });
});
