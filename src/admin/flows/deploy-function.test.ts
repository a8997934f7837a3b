// The own stack of a deployment, as CloudFormation's states follow one another: which calls are made, and how it ends.

import { describe, expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import type { DeployServices } from "../deploy-ports.ts";
import { decodeAdminSettings } from "../model/admin-settings.ts";
import { type DeploymentRequest, type FoundStack, stackParameters } from "../model/deployment.ts";
import { carryOutDeployment } from "./deploy-function.ts";

const { dormant, notify } = decodeAdminSettings({}, "");
const request: DeploymentRequest = {
  account: "111111111111",
  partition: "aws",
  region: "eu-west-1",
  rules: dormant,
  protectedNames: [],
  maxChanges: undefined,
  notify,
  isReportOnly: true,
  schedule: "rate(1 day)",
  timezone: "UTC",
  alarmTopic: undefined,
  organizationId: undefined,
  zip: new Uint8Array(1),
  template: "Resources:\n",
};

const stackOf = (status: string): FoundStack => ({
  status,
  reason: `reason of ${status}`,
  template: request.template,
  parameters: new Map(
    Object.entries(stackParameters(request)).map(([name, value]) => [name, value ?? ""]),
  ),
});

interface StackScene {
  /** What findStack shows, one after the other; `-`: no stack. The last one stays. */
  readonly shows: string;
  /** Codes of errors, one for each call of createStack. */
  readonly creations?: readonly ("CLOUDFORMATION_EXISTS" | undefined)[];
}

/** Returns the calls, the lines about other runs, and the error. */
async function deploy({ shows, creations = [] }: StackScene) {
  const states = shows.split(" ");
  const left = [...creations];
  const calls: string[] = [];
  const lines: string[] = [];
  const services = {
    hasBucket: async () => true,
    makeBucket: async () => {},
    putBucketPolicy: async () => {},
    hasObject: async () => true,
    findStack: async () => {
      const state = (states.length > 1 ? states.shift() : states[0]) ?? "-";
      return state === "-" ? undefined : stackOf(state);
    },
    createStack: async () => {
      calls.push("create");
      const code = left.shift();
      if (code !== undefined) throw new AwstError(code, "the stack exists already");
    },
    updateStack: async () => calls.push("update") > 0,
    deleteStack: async () => void calls.push("delete"),
    stackFailures: async () => ["Topic: AccessDenied", "Queue: second"],
  } as unknown as DeployServices;
  const error = await carryOutDeployment(
    { services, sleep: async () => {}, say: (line) => void lines.push(line), done: [] },
    request,
    undefined,
    { callerArn: "arn:aws:iam::111111111111:root", secret: undefined },
  ).then(
    () => undefined,
    (failure: unknown) => failure as AwstError,
  );
  return { calls: calls.join(" "), error, waits: lines.filter((each) => /another run/.test(each)) };
}

describe("a stack that is still there after its deletion: one deletion, and its failures", () => {
  test.each([
    "DELETE_FAILED DELETE_FAILED",
    "DELETE_FAILED DELETE_IN_PROGRESS DELETE_FAILED",
    "ROLLBACK_COMPLETE DELETE_IN_PROGRESS DELETE_FAILED",
    "ROLLBACK_FAILED DELETE_IN_PROGRESS DELETE_FAILED",
    "ROLLBACK_COMPLETE ROLLBACK_COMPLETE",
    "CREATE_FAILED DELETE_FAILED",
  ])("%s", async (shows) => {
    const { calls, error, waits } = await deploy({
      shows,
      creations: Array(9).fill("CLOUDFORMATION_EXISTS"),
    });
    expect(calls).toBe("delete");
    expect(waits).toEqual([]);
    expect(error).toMatchObject({
      code: "ADMIN_INCOMPLETE",
      message: expect.stringContaining("Topic: AccessDenied"),
      more: ["Queue: second"],
    });
  });

  test("that of another run, whose deletion is waited for: the same", async () => {
    const { calls, error, waits } = await deploy({ shows: "DELETE_IN_PROGRESS DELETE_FAILED" });
    expect([calls, waits, error?.code]).toEqual(["delete", [], "ADMIN_INCOMPLETE"]);
  });
});

test.each([
  ["no stack", "- CREATE_IN_PROGRESS CREATE_COMPLETE", [], "create", 0],
  [
    "it is deleted",
    "ROLLBACK_COMPLETE DELETE_IN_PROGRESS - CREATE_COMPLETE",
    [],
    "delete create",
    0,
  ],
  [
    "another run creates it first",
    "- CREATE_IN_PROGRESS CREATE_COMPLETE",
    ["CLOUDFORMATION_EXISTS"],
    "create",
    1,
  ],
  [
    "another run creates it after the deletion",
    "ROLLBACK_COMPLETE CREATE_COMPLETE",
    [],
    "delete",
    0,
  ],
  [
    "another run creates it between deletion and creation",
    "ROLLBACK_COMPLETE - CREATE_IN_PROGRESS CREATE_COMPLETE",
    ["CLOUDFORMATION_EXISTS"],
    "delete create",
    1,
  ],
  ["another run is at work", "UPDATE_IN_PROGRESS UPDATE_COMPLETE", [], "", 0],
] as const)("%s: it ends well", async (_, shows, creations, calls, waits) => {
  const ended = await deploy({ shows, creations });
  expect(ended.error).toBeUndefined();
  expect(ended.calls).toBe(calls);
  expect(ended.waits).toHaveLength(waits);
});
