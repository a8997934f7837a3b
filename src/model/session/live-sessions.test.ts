import { describe, expect, test } from "vitest";
import { liveMfaSession, liveRoleSessions, withoutCodeUntil } from "./live-sessions.ts";
import type { SessionEntry } from "./session-index.ts";

const now = new Date("2025-06-15T12:00:00Z");
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const names = { identity: "me", account: "main", role: "Dev" };
const note = (more: Partial<SessionEntry>): SessionEntry => ({
  kind: "role",
  ...names,
  accessKeyId: "ASIA",
  expiresAt: at(60).toISOString(),
  ...more,
});

describe("liveRoleSessions()", () => {
  test("of these names, not ended, the configured one first", () => {
    const index = {
      a: note({ scope: "ab12", renewableUntil: undefined }),
      b: note({ renewableUntil: at(240).toISOString() }),
      c: note({ role: "Admin" }),
      d: note({ account: "other" }),
      e: note({ identity: "you" }),
      f: note({ scope: "ff", expiresAt: at(0).toISOString() }),
      g: note({ kind: "mfa" }),
    };
    expect(liveRoleSessions(index, names, now)).toEqual([
      { scope: undefined, expiresAt: at(60), renewableUntil: at(240) },
      { scope: "ab12", expiresAt: at(60), renewableUntil: undefined },
    ]);
  });
});

describe("liveMfaSession()", () => {
  const live = note({ kind: "mfa", codeAt: at(-30).toISOString() });
  test.each([
    ["live", live, { codeAt: at(-30), expiresAt: at(60) }],
    ["ended", { ...live, expiresAt: at(-1).toISOString() }, undefined],
    ["another's", { ...live, identity: "you" }, undefined],
    ["without the time of its code", note({ kind: "mfa" }), undefined],
    ["a role's", note({ codeAt: at(-30).toISOString() }), undefined],
  ])("%s", (_name, only, expected) => {
    expect(liveMfaSession({ only }, "me", now)).toEqual(expected);
  });
});

describe("withoutCodeUntil()", () => {
  const mfa = { codeAt: at(-60), expiresAt: at(660) };
  const renew = (hours: number) => ({ durationSeconds: hours * 3600, session: "renew" }) as const;
  test.each([
    ["no MFA session", undefined, renew(4), undefined],
    ["within the role's time", mfa, renew(4), at(180)],
    ["the role's time over", mfa, renew(1), undefined],
    ["no longer than the MFA session", mfa, renew(36), at(660)],
    [
      "a single one needs its own code",
      mfa,
      { ...renew(4), session: "single" as const },
      undefined,
    ],
  ])("%s", (_name, session, role, expected) => {
    expect(withoutCodeUntil(session, role, now)).toEqual(expected);
  });
});
