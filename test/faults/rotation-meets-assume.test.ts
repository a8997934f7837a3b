// A rotation and a cold `assume` at the same time, in every order: both succeed with one code at most, also where AWS
// ends sessions with their key.

import { describe, expect, test } from "vitest";
import { rotateKey } from "../../src/flows/rotation/rotate-key.ts";
import { obtainSession } from "../../src/flows/session/obtain-session.ts";
import { identity, openScene, type RotationScene } from "./rotation-scene.ts";

const purpose = { purpose: "key rotate", retry: "awst key rotate" };
const options = { identity: undefined, request: "rotate", unattended: false, ...purpose } as const;
const request = {
  account: "main-account",
  role: "DeveloperAccess",
  identity: undefined,
  flags: {},
  code: undefined,
  refresh: false,
  requester: "user",
  keysAreFixed: false,
} as const;

async function scene(how: { hasSession: boolean; ends: boolean }): Promise<RotationScene> {
  const made = await openScene({ sessionsEndWithTheirKey: how.ends, policy: "kickstarter" });
  if (!how.hasSession) made.machine.items.delete(`mfa-session/${identity}`);
  return made;
}

/** Waits for so many microtasks, so that the other process goes first. */
async function microtasks(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await Promise.resolve();
}

describe.each([
  { name: "with a live MFA session", hasSession: true, ends: false },
  { name: "with a session that ends with its key", hasSession: true, ends: true },
  { name: "with a code to be typed", hasSession: false, ends: false },
  {
    name: "with a code to be typed, for a session that ends with its key",
    hasSession: false,
    ends: true,
  },
])("$name", (how) => {
  test("at every distance", async () => {
    const failures: string[] = [];
    for (let distance = -300; distance <= 300; distance += 3) {
      const { machine, leftOver, broken } = await scene(how);
      machine.advance(31);
      const user = {
        types: () => {
          if (machine.aws.sentCodes.includes(machine.aws.code())) machine.advance(30);
          return machine.aws.code();
        },
      };
      const one = machine.process(user);
      const other = machine.process(user);
      const rotation = microtasks(Math.max(0, distance)).then(() => rotateKey(one, options));
      const session = microtasks(Math.max(0, -distance)).then(() => obtainSession(other, request));
      const [report, obtained] = await Promise.allSettled([rotation, session]);
      const asked = one.asked.length + other.asked.length;
      const problems = [...broken()];
      if (report.status === "rejected") problems.push(`rotation: ${report.reason}`);
      if (obtained.status === "rejected") problems.push(`assume: ${obtained.reason}`);
      if (asked > (how.hasSession ? 0 : 1) + (how.ends ? 1 : 0)) problems.push(`${asked} codes`);
      // The next `assume` needs no code.
      const third = machine.process({});
      const again = how.ends ? undefined : await obtainSession(third, request).catch(String);
      if (typeof again === "string") problems.push(`the next assume: ${again}`);
      if (problems.length > 0) failures.push(`${distance}: ${problems.join(", ")} ${leftOver()}`);
    }
    expect(failures).toEqual([]);
  });
});
