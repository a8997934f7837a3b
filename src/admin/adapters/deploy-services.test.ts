// Which of a stack's events are the reasons of its last failure, where AWS lists the events of its whole life, newest
// first; and by which codes the services' refusals are known.

import { expect, test } from "vitest";
import { AwstError, type ErrorCode } from "../../model/errors.ts";
import { deployServices } from "./deploy-services.ts";

const name = "awst-dormant-users";
const failed = (id: string, status: string) => [id, status, `${id} failed`] as const;
type Event = readonly [id: string, status: string, reason?: string];

async function failuresIn(events: readonly Event[]): Promise<readonly string[]> {
  const members = events.map(
    ([id, status, reason]) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceStatus>${status}</ResourceStatus>${
        reason === undefined ? "" : `<ResourceStatusReason>${reason}</ResourceStatusReason>`
      }</member>`,
  );
  const answer = `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${members.join("")}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`;
  const services = deployServices(async () => answer, "eu-west-1");
  return services.stackFailures(name);
}

const creation: readonly Event[] = [
  [name, "ROLLBACK_COMPLETE"],
  [name, "ROLLBACK_IN_PROGRESS"],
  failed("Queue", "CREATE_FAILED"),
  failed("Topic", "CREATE_FAILED"),
  ["Topic", "CREATE_IN_PROGRESS"],
  [name, "CREATE_IN_PROGRESS"],
];

test.each<[what: string, events: readonly Event[], failures: readonly string[]]>([
  ["a creation, also after its rollback", creation, ["Topic", "Queue"]],
  [
    "a deletion after a failed creation",
    [
      [name, "DELETE_FAILED", "The following resource(s) failed to delete: [Bucket]."],
      failed("Bucket", "DELETE_FAILED"),
      ["Bucket", "DELETE_IN_PROGRESS"],
      [name, "DELETE_IN_PROGRESS"],
      ...creation,
    ],
    ["Bucket"],
  ],
  [
    "an update after a failed one, also while it is rolled back",
    [
      [name, "UPDATE_ROLLBACK_IN_PROGRESS"],
      failed("Role", "UPDATE_FAILED"),
      [name, "UPDATE_IN_PROGRESS"],
      failed("Topic", "UPDATE_FAILED"),
      [name, "UPDATE_IN_PROGRESS"],
    ],
    ["Role"],
  ],
  ["an operation that did not fail", [[name, "UPDATE_IN_PROGRESS"], ...creation], []],
  ["a page that ends before the operation began", [failed("Role", "UPDATE_FAILED")], ["Role"]],
])("reasons of %s", async (_, events, failures) => {
  const lines = await failuresIn(events);
  expect(lines.filter((line) => !line.startsWith(name))).toEqual(
    failures.map((id) => `${id}: ${id} failed`),
  );
  if (failures.length > 0) expect(lines[0]).toBe(`${failures[0]}: ${failures[0]} failed`);
});

/** Services for which AWS refuses every call with this code. */
function refusing(code: string) {
  const cause = new Error(`${code} (HTTP 400): refused`);
  return deployServices(async () => {
    throw new AwstError("AWS_FAILED", "refused", { cause });
  }, "eu-west-1");
}

const set = { name, callAs: "SELF" } as const;
const request = { template: "{}", parameters: {} };
type Services = ReturnType<typeof deployServices>;

test.each<[aws: string, call: (services: Services) => Promise<unknown>, code: ErrorCode]>([
  ["AlreadyExistsException", (made) => made.createStack(name, request), "CLOUDFORMATION_EXISTS"],
  [
    "NameAlreadyExistsException",
    (made) => made.createStackSet(set, request),
    "CLOUDFORMATION_EXISTS",
  ],
  [
    "ValidationError: the stack is in UPDATE_IN_PROGRESS state and can not be updated",
    (made) => made.updateStack(name, request),
    "CLOUDFORMATION_CONFLICT",
  ],
  [
    "OperationInProgressException",
    (made) => made.updateStackSet(set, request),
    "CLOUDFORMATION_CONFLICT",
  ],
  [
    "OperationInProgressException",
    (made) => made.deleteInstances(set, ["r-abcd"]),
    "CLOUDFORMATION_CONFLICT",
  ],
  ["OperationInProgressException", (made) => made.deleteStackSet(set), "CLOUDFORMATION_CONFLICT"],
  ["StackSetNotFoundException", (made) => made.operationStatus(set, "id"), "CLOUDFORMATION_ABSENT"],
  [
    "ParentNotFoundException",
    (made) => made.listAccountsUnder("ou-abcd-11111111"),
    "ORGANIZATIONS_ABSENT",
  ],
  ["LimitExceededException", (made) => made.createStack(name, request), "AWS_FAILED"],
])("%s is an error of its own service", async (aws, call, code) => {
  await expect(call(refusing(aws))).rejects.toMatchObject({ code });
});
