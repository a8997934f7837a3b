import { expect, test } from "vitest";
import type { AccountUser, InlinePolicy } from "./account-facts.ts";
import {
  type GrantFacts,
  type GrantRequest,
  type PlannedGrant,
  planGrantSteps,
  type RoleFacts,
} from "./grant-plan.ts";
import { exactPolicy, grantId, grantPolicy } from "./grants.ts";

const now = new Date("2026-11-27T20:00:00Z");
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const account = "111111111111";
const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`;
const roleArn = arn("role/AdminAccess");
const foreignArn = "arn:aws:iam::222222222222:role/ops/Deploy";
const usual: GrantRequest = { seconds: 1800, kind: "inline", exact: false, extend: false };

const allow = (Action: string, Resource: string, more = {}) =>
  JSON.stringify({ Statement: { Effect: "Allow", Action, Resource, ...more } });
const inline = (name: string, document: string): InlinePolicy => ({ name, document });
const grant = (seconds: number, to = roleArn): InlinePolicy => {
  const until = inSeconds(seconds);
  return grantPolicy({ id: grantId("AIDA1", to, until), roleArn: to, until });
};
const trust = (principal: string, condition = {}) =>
  JSON.stringify({
    Statement: {
      Effect: "Allow",
      Principal: { AWS: principal },
      Action: "sts:AssumeRole",
      Condition: condition,
    },
  });
const forced = { StringLike: { "sts:RoleSessionName": `\${aws:username}` } };

interface GivenGrant {
  readonly user?: Partial<AccountUser>;
  readonly groupPolicies?: readonly InlinePolicy[];
  readonly managed?: ReadonlyMap<string, string>;
  readonly roleArn?: string;
  readonly role?: Partial<RoleFacts> | "unread";
  readonly hasMfa?: boolean;
  readonly request?: Partial<GrantRequest>;
}

function plan(given: GivenGrant): PlannedGrant {
  const user: AccountUser = {
    name: "alice",
    id: "AIDA1",
    arn: arn("user/alice"),
    path: "/",
    createdAt: inSeconds(-1e6),
    groups: ["Staff"],
    tags: {},
    boundary: undefined,
    inlinePolicies: [],
    attachedPolicies: [],
    ...given.user,
  };
  const staff = {
    name: "Staff",
    arn: arn("group/Staff"),
    inlinePolicies: given.groupPolicies ?? [],
    attachedPolicies: [],
  };
  const wanted = given.roleArn ?? roleArn;
  const role = {
    name: wanted.split("/").at(-1) ?? "",
    id: "AROA1",
    arn: wanted,
    path: "/",
    trust: trust(arn("root"), forced),
    maxSessionSeconds: 3600,
    ownPolicies: [],
  };
  const facts: GrantFacts = {
    user,
    details: {
      ...{ users: [user], groups: [staff], roles: [] },
      ...{ managed: given.managed ?? new Map(), managedSince: new Map() },
    },
    now,
    hasMfa: given.hasMfa ?? true,
    roleArn: wanted,
    role: given.role === "unread" ? "use --role-as" : { ...role, ...given.role },
  };
  return planGrantSteps(facts, { ...usual, ...given.request });
}

const steps = (planned: PlannedGrant) => planned.steps.map((each) => each.do);

test("a new grant: one policy, its end, and how long sessions may outlive it", () => {
  const planned = plan({});
  expect(planned).toMatchObject({ isMade: false, doubts: [], notes: [], refusal: undefined });
  expect(steps(planned)).toEqual(["put policy"]);
  expect(planned.scope.until).toEqual(inSeconds(1800));
  expect(planned.sessionsUntil).toEqual(inSeconds(1800 + 3600));
});

const nine = Array.from({ length: 9 }, (_, at) => arn(`policy/p${at}`));
const ten = [...nine, arn("policy/p9")];
const foreignOpen = { trust: trust(arn("root")) };

test.each<[string, GivenGrant, readonly string[], Partial<PlannedGrant>]>([
  ["asked for again", { user: { inlinePolicies: [grant(1800)] } }, [], { isMade: true, notes: [] }],
  [
    "asked for again later",
    { user: { inlinePolicies: [grant(60)] } },
    [],
    { isMade: true, notes: [expect.stringContaining("--extend")] },
  ],
  [
    "asked for again, for longer",
    { user: { inlinePolicies: [grant(60)] }, request: { seconds: 43_200 } },
    [],
    { isMade: true, scope: expect.objectContaining({ until: inSeconds(60) }) },
  ],
  [
    "asked for again, for less",
    { user: { inlinePolicies: [grant(3600)] }, request: { seconds: 60 } },
    [],
    { isMade: true },
  ],
  [
    "extended",
    { user: { inlinePolicies: [grant(60)] }, request: { extend: true } },
    ["put policy"],
    { isMade: false, scope: expect.objectContaining({ until: inSeconds(1800) }) },
  ],
  [
    "extended again some seconds later",
    { user: { inlinePolicies: [grant(1790)] }, request: { extend: true } },
    [],
    { isMade: true },
  ],
  [
    "extended to an earlier end",
    { user: { inlinePolicies: [grant(7200)] }, request: { extend: true } },
    [],
    { isMade: true },
  ],
  [
    "of another role beside it",
    { user: { inlinePolicies: [grant(1800, arn("role/Other"))] } },
    ["put policy"],
    {},
  ],
  [
    "beside an ended one whose sessions may last, which stays",
    { user: { inlinePolicies: [grant(-43_000)] } },
    ["put policy"],
    {},
  ],
  [
    "beside one whose sessions are over too, which goes",
    { user: { inlinePolicies: [grant(-43_201)] } },
    ["delete ended grant", "put policy"],
    {},
  ],
  [
    "beside one that another administrator changed, which stays",
    { user: { inlinePolicies: [{ ...grant(60), document: "{}" }] } },
    ["put policy"],
    {},
  ],
  [
    "exact: the deny first",
    { request: { exact: true } },
    ["end sessions", "put policy"],
    { sessionsUntil: inSeconds(1800) },
  ],
  [
    "made exact later",
    { user: { inlinePolicies: [grant(1800)] }, request: { exact: true } },
    ["end sessions"],
    { isMade: true, sessionsUntil: inSeconds(1800) },
  ],
  [
    "exact and asked for again",
    {
      user: { inlinePolicies: [grant(1800)] },
      role: {
        ownPolicies: [
          exactPolicy(
            { id: grantId("AIDA1", roleArn, inSeconds(1800)), roleArn, until: inSeconds(1800) },
            "AROA1",
            "alice",
          ),
        ],
      },
      request: { exact: true },
    },
    [],
    { isMade: true, sessionsUntil: inSeconds(1800) },
  ],
  ["managed", { request: { kind: "managed" } }, ["create policy", "attach policy"], {}],
  [
    "managed, asked for again as inline",
    {
      user: { attachedPolicies: [arn(`policy/${grant(1800).name}`)] },
      managed: new Map([[arn(`policy/${grant(1800).name}`), grant(1800).document]]),
    },
    [],
    { isMade: true, kind: "managed" },
  ],
  [
    "managed, the tenth",
    { user: { attachedPolicies: nine }, request: { kind: "managed" } },
    ["create policy", "attach policy"],
    { refusal: undefined },
  ],
  [
    "of a role of another account",
    { roleArn: foreignArn, role: foreignOpen },
    ["put policy"],
    { doubts: [], sessionsUntil: inSeconds(1800 + 3600) },
  ],
  [
    "of a role that can't be read: sessions may last 12 hours",
    { roleArn: foreignArn, role: "unread" },
    ["put policy"],
    { doubts: [], notes: [expect.stringContaining("--role-as")], sessionsUntil: inSeconds(45_000) },
  ],
  ["without MFA", { hasMfa: false }, ["put policy"], { notes: [expect.stringMatching(/no MFA/)] }],
])("%s", (_, given, expected, more) => {
  const planned = plan(given);
  expect(steps(planned)).toEqual(expected);
  expect(planned).toMatchObject(more);
});

test.each<[string, GivenGrant, RegExp]>([
  ["the trust names the user", { role: { trust: trust(arn("user/alice"), forced) } }, /already/],
  [
    "a group allows it",
    { groupPolicies: [inline("Assume", allow("sts:*", "*"))] },
    /already, by group Staff/,
  ],
  [
    "an own policy allows it",
    { user: { inlinePolicies: [inline("Mine", allow("sts:AssumeRole", arn("role/Admin*")))] } },
    /already, by inline policy Mine/,
  ],
  [
    "an attached policy allows it",
    { user: { attachedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"] } },
    /attached policy AdministratorAccess/,
  ],
  [
    "a grant that another administrator changed allows it",
    { user: { inlinePolicies: [{ ...grant(60), document: allow("sts:AssumeRole", "*") }] } },
    /inline policy awst-grant/,
  ],
  [
    "the trust lets others in",
    { role: { trust: trust(arn("user/bob")) } },
    /does not let alice in/,
  ],
  ["the trust can't be understood", { role: { trust: "{" } }, /does not let alice in/],
  [
    "a policy denies it",
    {
      groupPolicies: [
        inline(
          "No",
          JSON.stringify({ Statement: { Effect: "Deny", Action: "sts:*", Resource: "*" } }),
        ),
      ],
    },
    /denies sts:AssumeRole/,
  ],
  [
    "the boundary does not allow it",
    {
      user: { boundary: arn("policy/Limits") },
      managed: new Map([[arn("policy/Limits"), allow("s3:*", "*")]]),
    },
    /permissions boundary/,
  ],
  [
    "exact, and the session name is free",
    { role: { trust: trust(arn("root")) }, request: { exact: true } },
    /does not force the session name/,
  ],
])("doubt: %s", (_, given, pattern) => {
  expect(plan(given).doubts).toEqual([expect.stringMatching(pattern)]);
});

test("a trust that names the user in another account grants nothing by itself", () => {
  const planned = plan({ roleArn: foreignArn, role: { trust: trust(arn("user/alice")) } });
  expect(planned.doubts).toEqual([]);
});

const long = inline("Long", allow("s3:GetObject", "x".repeat(1_600)));

test.each<[string, GivenGrant, RegExp]>([
  ["the user is off-boarded", { user: { tags: { "awst:cut": "2026-11-26" } } }, /off-boarded/],
  [
    "no free characters",
    { user: { inlinePolicies: [long] } },
    /needs 2\d\d characters and \d+ are free/,
  ],
  [
    "ten policies attached",
    { user: { attachedPolicies: ten }, request: { kind: "managed" } },
    /10 attached policies/,
  ],
  [
    "exact without the role's account",
    { roleArn: foreignArn, role: "unread", request: { exact: true } },
    /--exact needs the account of the role/,
  ],
  [
    "exact for a role of AWS's own",
    { role: { path: "/aws-reserved/sso.amazonaws.com/" }, request: { exact: true } },
    /AWS keeps the policies/,
  ],
])("refusal: %s", (_, given, pattern) => {
  expect(plan(given).refusal?.message).toMatch(pattern);
});

test("a grant whose sessions are over frees its characters; white space takes none", () => {
  const spaces = { ...long, document: `${long.document}${" ".repeat(500)}` };
  const shorter = inline("Long", allow("s3:GetObject", "x".repeat(1_400)));
  expect(plan({ user: { inlinePolicies: [spaces] } }).refusal?.message).toMatch(/ 2\d\d are free/);
  expect(plan({ user: { inlinePolicies: [shorter, grant(-43_201)] } }).refusal).toBeUndefined();
  expect(
    plan({ user: { inlinePolicies: [shorter, grant(60, arn("role/O"))] } }).refusal,
  ).toBeDefined();
});
