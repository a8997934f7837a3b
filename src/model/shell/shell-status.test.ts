import { describe, expect, test } from "vitest";
import { fillTemplate, statusJson, statusLine } from "../../output/session/status-report.ts";
import { plainStyle } from "../../output/style.ts";
import type { SessionEntry, SessionIndex } from "../session/session-index.ts";
import { shellStatus } from "./shell-status.ts";

const now = new Date(2026, 2, 1, 12, 0, 0);
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

function note(more: Partial<SessionEntry>, minutes: number, renewable?: number): SessionEntry {
  return {
    kind: "role",
    identity: "me",
    account: "prod",
    role: "Dev",
    accessKeyId: "ASIA1",
    expiresAt: at(minutes).toISOString(),
    renewableUntil: renewable === undefined ? undefined : at(renewable).toISOString(),
    ...more,
  };
}

const index: SessionIndex = {
  live: note({}, 59, 239),
  old: note({ role: "Old", accessKeyId: "ASIA2" }, -10, -60),
  idle: note({ role: "Idle", accessKeyId: "ASIA3" }, -10, 100),
  single: note({ role: "Single", accessKeyId: "ASIA4" }, 90),
  keys: note({ role: "Keys", accessKeyId: "ASIA6" }, 59, 239),
  lost: note({ role: "Lost", accessKeyId: "ASIA7" }, 59, 239),
  scoped: note({ scope: "abcdef123456", accessKeyId: "ASIA5" }, 20),
  mfa: note({ kind: "mfa", account: undefined, role: undefined }, 600),
};
const served = (role: string) => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/run/awst/awst-exec-a1B2c3/token",
  AWST_SERVER_ROLE: role,
});
/** By profile, in which `write.mode = "keys"` wrote them. */
const plainKeys = new Map([
  ["prod/Keys", at(30).toISOString()],
  ["prod/Gone", at(-10).toISOString()],
  ["prod/Lost", "removed"],
]);
const remembered = { account: "prod", role: "Never", identity: "me" };
const owners = new Map([
  ["mine", remembered],
  ["prod/Gone", { account: "prod", role: "Gone", identity: "me" }],
]);
const statusOf = (env: Record<string, string>) =>
  shellStatus(env, index, now, {
    ownerOf: (profile) => owners.get(profile),
    findMissing: () => undefined,
    plainKeys: (profile) => plainKeys.get(profile),
  });

describe("what a shell has", () => {
  const again = "to get a new session: awst assume prod Old";
  test.each<[string, Record<string, string>, RegExp | string]>([
    ["nothing", {}, /^no profile and no credentials in this shell/],
    [
      "a renewing profile",
      { AWS_PROFILE: "prod Dev" },
      "prod Dev: renews automatically until 15:59 (in 3 h 59 min); current credentials expire at 12:59 (in 59 min)",
    ],
    ["the name without a space", { AWS_PROFILE: "prod/Dev" }, /^prod Dev: renews/],
    ["botocore's variable", { AWS_DEFAULT_PROFILE: "prod/Dev" }, /^prod Dev: renews/],
    [
      "keys over, renewable",
      { AWS_PROFILE: "prod/Idle" },
      /renews .* 13:40 .*; the next use requests new/,
    ],
    ["all over", { AWS_PROFILE: "prod/Old" }, `prod Old: expired at 11:50; ${again}`],
    ["a single one", { AWS_PROFILE: "prod/Single" }, /expires at 13:30 .* and is not renewed$/],
    ["a scoped one", { AWS_PROFILE: "prod/Dev@abcdef" }, /^prod Dev: expires at 12:20/],
    [
      "plain keys, whose session could renew",
      { AWS_PROFILE: "prod/Keys" },
      "prod Keys: expires at 12:30 (in 30 min) and is not renewed",
    ],
    [
      "plain keys that are over",
      { AWS_PROFILE: "prod/Gone" },
      "prod Gone: expired at 11:50; to get a new session: awst assume prod Gone",
    ],
    [
      "plain keys that were removed, whose session is still cached",
      { AWS_PROFILE: "prod/Lost" },
      "prod Lost: the credentials in the profile were removed; to write new ones: awst assume prod Lost",
    ],
    ["one of awst's, never used", { AWS_PROFILE: "mine" }, /^prod Never: no cached session/],
    ["another's profile", { AWS_PROFILE: 'x"y' }, /^profile "x\\"y" is not known to awst$/],
    ["keys of awst's", { AWS_ACCESS_KEY_ID: "ASIA1" }, /^credentials of prod Dev expire at 12:59/],
    ["keys over", { AWS_ACCESS_KEY_ID: "ASIA2" }, "credentials of prod Old expired at 11:50"],
    [
      "keys of others",
      { AWS_ACCESS_KEY_ID: "AKIA9" },
      /^access key AKIA9, not from awst, in the environment/,
    ],
    [
      "their own end",
      { AWS_ACCESS_KEY_ID: "ASIA9", AWS_CREDENTIAL_EXPIRATION: at(5).toISOString() },
      /^credentials ASIA9, not from awst, expire at 12:05/,
    ],
    [
      "both",
      { AWS_ACCESS_KEY_ID: "ASIA1", AWS_PROFILE: "a b" },
      /; they override AWS_PROFILE="a b"$/,
    ],
    [
      "a server",
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/" },
      /^credentials of a local/,
    ],
    [
      "a server of awst",
      served("prod Dev"),
      "prod Dev by exec --server: renews automatically until 15:59 (in 3 h 59 min); current credentials expire at 12:59 (in 59 min)",
    ],
    ["one with options", served("prod Dev @abcdef123456"), /^prod Dev by .*: expires at 12:20/],
    ["one that ended", served("prod Old"), `prod Old by exec --server: expired at 11:50; ${again}`],
    [
      "one that logged out",
      served("my prod a+b"),
      "my prod a+b by exec --server: no cached session",
    ],
    ["one without names", served(""), /^credentials of a local/],
    [
      "another endpoint below one of awst",
      { ...served("prod Dev"), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/run/token" },
      /^credentials of a local/,
    ],
    [
      "a profile below one of awst",
      { ...served("prod Dev"), AWS_PROFILE: "prod/Single" },
      /^prod S/,
    ],
    ["empty variables", { AWS_PROFILE: "", AWS_ACCESS_KEY_ID: "" }, /^no profile/],
  ])("%s", (_, env, line) => {
    const messages = statusLine(statusOf(env), now, plainStyle);
    if (typeof line === "string") expect(messages).toBe(line);
    else expect(messages).toMatch(line);
  });

  test.each([
    ["a live MFA session", index, "requests one"],
    ["none", {}, "needs an MFA code"],
    ["one that expired", { mfa: { ...note({ kind: "mfa" }, -1) } }, "needs an MFA code"],
    [
      "one of another identity",
      { mfa: note({ kind: "mfa", identity: "you" }, 9) },
      "needs an MFA code",
    ],
    ["a role session of another role", { live: note({}, 59) }, "needs an MFA code"],
  ])("without a cached session, the next use with %s", (_, known, next) => {
    const status = shellStatus({ AWS_PROFILE: "mine" }, known, now, {
      ownerOf: () => remembered,
      findMissing: () => undefined,
      plainKeys: () => undefined,
    });
    expect(statusLine(status, now, plainStyle)).toBe(
      `prod Never: no cached session; the next use ${next}`,
    );
  });

  test("a key's name that speaks to the terminal does not", () => {
    const line = statusLine(statusOf({ AWS_ACCESS_KEY_ID: "A\u001b[2J" }), now, plainStyle);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(line).not.toMatch(/\u001b/);
  });
});

describe("--format", () => {
  test.each([
    ["{account}/{role} {left}", "prod Dev", "prod/Dev 3h59m\n"],
    ["{until} {keysUntil} {keysLeft} {identity} {state}", "prod Dev", "15:59 12:59 59m me live\n"],
    ["{account}/{role} {left}", "prod/Old", "prod/Old ended\n"],
    ["{role} {left}", "mine", "Never\n"],
    ["{profile}", "foreign", "foreign\n"],
    ["[{account}/{role}]", "foreign", ""],
    ["aws ", "prod Dev", ""],
  ])("%s for %s", (template, profile, text) => {
    expect(fillTemplate(template, statusOf({ AWS_PROFILE: profile }), now)).toBe(text);
  });

  test("nothing where there is nothing", () => {
    expect(fillTemplate("{account} {state}", statusOf({}), now)).toBe("");
  });

  test.each(["{acount}", "{}", "{constructor}"])("%s is no field", (template) => {
    expect(() => fillTemplate(template, statusOf({}), now)).toThrow("--format has no field {");
  });
});

test("--json has every field, null where nothing is known", () => {
  expect(statusJson(statusOf({}), now)).toEqual({
    source: null,
    state: null,
    profile: null,
    accessKeyId: null,
    account: null,
    role: null,
    identity: null,
    production: false,
    expiresAt: null,
    renewableUntil: null,
    secondsLeft: null,
  });
  expect(statusJson(statusOf({ AWS_PROFILE: "prod/Dev" }), now)).toMatchObject({
    source: "profile",
    state: "live",
    secondsLeft: 239 * 60,
  });
});
