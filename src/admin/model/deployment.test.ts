import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Secret } from "../../model/secret.ts";
import { decodeAdminSettings } from "./admin-settings.ts";
import {
  accountStates,
  bucketPolicy,
  codeKey,
  type DeploymentRequest,
  type FoundStack,
  isGoodEnd,
  isWebhookUrl,
  stackParameters,
  stackSetParameters,
  stackSetStep,
  stackStep,
} from "./deployment.ts";

const template = readFileSync(
  new URL("../../../deploy/cloudformation/dormant-users.yaml", import.meta.url),
  "utf8",
);

function requestOf(
  dormant: Readonly<Record<string, unknown>> = {},
  more: Partial<DeploymentRequest> = {},
): DeploymentRequest {
  const { dormant: rules, ...settings } = decodeAdminSettings({ dormant }, "config.toml");
  return {
    account: "111122223333",
    partition: "aws",
    region: "eu-west-1",
    rules,
    protectedNames: settings.protectedNames,
    maxChanges: settings.maxChanges,
    notify: settings.notify,
    isReportOnly: false,
    schedule: "cron(0 6 * * ? *)",
    timezone: "UTC",
    alarmTopic: undefined,
    organizationId: undefined,
    zip: Buffer.from("code"),
    template,
    ...more,
  };
}

const slack = { notify: "slack", notifyParameter: "/admin/hook" };
const stackOf = (request: DeploymentRequest, more: Partial<FoundStack> = {}): FoundStack => ({
  status: "CREATE_COMPLETE",
  reason: undefined,
  template,
  parameters: new Map(Object.entries(stackParameters(request))),
  ...more,
});

describe("parameters", () => {
  test("are all in the template", () => {
    const request = requestOf(slack, { organizationId: "o-abcdefghij", alarmTopic: "arn" });
    const names = [
      ...Object.keys(stackParameters(request)),
      ...Object.keys(stackSetParameters(request)),
    ];
    expect(names.filter((name) => !template.includes(`\n  ${name}:\n`))).toEqual([]);
  });

  test("of one account: it reads the webhook itself, and relays no notice", () => {
    const parameters = stackParameters(requestOf(slack));
    expect(parameters).toMatchObject({ Notify: "slack", NotifyParameter: "/admin/hook" });
    expect(parameters).not.toHaveProperty("OrganizationId");
    expect(parameters).not.toHaveProperty("RelayTopic");
  });

  test("of an organization: the other accounts know a topic, and this one relays", () => {
    const request = requestOf(slack, { organizationId: "o-abcdefghij" });
    expect(stackParameters(request)).toMatchObject({ OrganizationId: "o-abcdefghij" });
    expect(stackSetParameters(request)).toMatchObject({
      RelayTopic: "arn:aws:sns:eu-west-1:111122223333:awst-dormant-notices",
    });
  });

  test.each(["none", "sns", "ses"])("with notify = %s there is no relay", (notify) => {
    const settings = {
      notify,
      notifyTopic: "arn:aws:sns:eu-west-1:111122223333:t",
      notifyFrom: "a@example.com",
    };
    const request = requestOf(settings, { organizationId: "o-abcdefghij" });
    expect(stackParameters(request)).not.toHaveProperty("OrganizationId");
    expect(stackSetParameters(request)).not.toHaveProperty("RelayTopic");
    expect("NotifyTopic" in stackParameters(request)).toBe(notify === "sns");
  });

  test("another code is another key", () => {
    expect(codeKey({ zip: Buffer.from("a") })).not.toBe(codeKey({ zip: Buffer.from("b") }));
  });
});

describe("the bucket's policy", () => {
  const statementsOf = (request: DeploymentRequest, arn: string) =>
    JSON.parse(bucketPolicy(request, arn)).Statement as { Sid: string; Condition: object }[];

  test("opens the code to the organization alone, and in one account not at all", () => {
    const arn = "arn:aws:iam::111122223333:user/admin";
    expect(statementsOf(requestOf(), arn).map(({ Sid }) => Sid)).toEqual([
      "OnlyTheDeployer",
      "OnlyTls",
    ]);
    const opened = statementsOf(requestOf({}, { organizationId: "o-abcdefghij" }), arn)[2];
    expect(opened?.Condition).toEqual({ StringEquals: { "aws:PrincipalOrgID": "o-abcdefghij" } });
  });

  test.each([
    ["arn:aws:iam::111122223333:user/admin", ["arn:aws:iam::111122223333:user/admin"]],
    [
      "arn:aws:sts::111122223333:assumed-role/AdminAccess/alice",
      [
        "arn:aws:iam::111122223333:role/AdminAccess",
        "arn:aws:iam::111122223333:role/*/AdminAccess",
      ],
    ],
  ])("of %s lets only its user or role write", (arn, writers) => {
    const [first] = statementsOf(requestOf(), arn);
    expect(first?.Condition).toEqual({ ArnNotLike: { "aws:PrincipalArn": writers } });
  });
});

describe("a stack", () => {
  const request = requestOf();
  const parameters = stackParameters(request);
  test.each([
    ["is not there", undefined, "create"],
    ["is the same", {}, "keep"],
    [
      "lists its defaults too",
      { parameters: new Map([...Object.entries(parameters), ["LogDays", "365"], ["Except", ""]]) },
      "keep",
    ],
    [
      "has another value for what should have its default",
      { parameters: new Map([...Object.entries(parameters), ["LogDays", "7"]]) },
      "update",
    ],
    [
      "has another parameter",
      { parameters: new Map([...Object.entries(parameters), ["Days", "45"]]) },
      "update",
    ],
    ["has another template", { template: `${template}# older` }, "update"],
    ["was rolled back after its creation", { status: "ROLLBACK_COMPLETE" }, "recreate"],
    ["could not be deleted", { status: "DELETE_FAILED" }, "recreate"],
    ["is being changed", { status: "UPDATE_IN_PROGRESS" }, "wait"],
    ["is being deleted", { status: "DELETE_IN_PROGRESS" }, "wait"],
    ["could not be updated", { status: "UPDATE_ROLLBACK_COMPLETE", template: "old" }, "update"],
  ] as const)("that %s", (_what, more, step) => {
    const found = more === undefined ? undefined : stackOf(request, more);
    expect(stackStep(found, template, parameters)).toBe(step);
  });

  test.each([
    ["CREATE_COMPLETE", true],
    ["UPDATE_COMPLETE", true],
    ["ROLLBACK_COMPLETE", false],
    ["UPDATE_ROLLBACK_COMPLETE", false],
    ["UPDATE_ROLLBACK_FAILED", false],
    ["CREATE_FAILED", false],
  ])("%s is a good end: %s", (status, isGood) => {
    expect(isGoodEnd(status)).toBe(isGood);
  });
});

describe("a StackSet", () => {
  const request = requestOf({}, { organizationId: "o-abcdefghij" });
  const parameters = stackSetParameters(request);
  const instance = (account: string, status = "CURRENT", region = "eu-west-1") => ({
    account,
    region,
    unit: "r-abcd",
    status,
    detail: status === "CURRENT" ? "SUCCEEDED" : "FAILED",
    reason: status === "CURRENT" ? undefined : "exists",
  });
  const setOf = (...instances: readonly ReturnType<typeof instance>[]) => ({
    template,
    parameters: new Map(Object.entries(parameters)),
    instances,
  });
  const accounts = ["1", "2"];
  test.each([
    ["nothing", undefined, { set: "create", missing: ["1", "2"], broken: [] }],
    ["all", setOf(instance("1"), instance("2")), { set: "keep", missing: [], broken: [] }],
    ["one account less", setOf(instance("1")), { set: "keep", missing: ["2"], broken: [] }],
    [
      "one that failed",
      setOf(instance("1"), instance("2", "OUTDATED")),
      { set: "update", missing: [], broken: ["2"] },
    ],
    [
      "one account more",
      setOf(instance("1"), instance("2"), instance("3")),
      { set: "keep", missing: [], broken: [] },
    ],
    [
      "another region only",
      setOf(instance("1", "CURRENT", "us-east-1")),
      { set: "keep", missing: ["1", "2"], broken: [] },
    ],
    [
      "another template",
      { ...setOf(instance("1"), instance("2")), template: "old" },
      { set: "update", missing: [], broken: [] },
    ],
  ])("of which there is %s", (_what, found, step) => {
    expect(stackSetStep(found, template, parameters, accounts, "eu-west-1")).toEqual(step);
  });

  test("an account that got nothing is not good", () => {
    const named = [
      { id: "1", name: "one" },
      { id: "2", name: "two" },
    ];
    expect(accountStates([instance("1"), instance("3", "OUTDATED")], named, "eu-west-1")).toEqual([
      { account: "1", name: "one", state: "CURRENT", reason: undefined, isGood: true },
      expect.objectContaining({ account: "2", name: "two", state: "MISSING", isGood: false }),
      { account: "3", name: "3", state: "FAILED", reason: "exists", isGood: false },
    ]);
  });
});

test.each([
  ["https://hooks.slack.com/services/T0/B0/x", true],
  ["http://127.0.0.1:8080/hook", true],
  ["http://hooks.slack.com/services/T0/B0/x", false],
  ["http://127.0.0.1.example.com/", false],
  ["hooks.slack.com/x", false],
  ["https://hooks.slack.com/a b", false],
  ["", false],
])("%s is a webhook's URL: %s", (text, isUrl) => {
  expect(isWebhookUrl(new Secret(text))).toBe(isUrl);
});
