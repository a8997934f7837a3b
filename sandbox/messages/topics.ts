// SNS: publishing one message to a topic.

import type { Action, ActionRequest } from "../action.ts";
import { contextOf, notAuthorized } from "../policy/authorize.ts";
import type { PolicyDocument } from "../policy/document.ts";
import { decideByPolicy, memberOf, requesterOf } from "../storage/buckets.ts";
import { ServiceError } from "../wire/service-error.ts";
import { permitService } from "./permit.ts";

const largestMessage = 262_144;

export const publish: Action = {
  input: {
    TopicArn: {},
    Message: { required: true },
    Subject: {},
    MessageStructure: { oneOf: ["json"] },
  },
  run(request) {
    const { caller, parameters, region, now } = request;
    const arn = parameters.get("TopicArn") ?? "";
    const parts = /^arn:[\w-]+:sns:([\w-]+):(\d{12}):[\w-]{1,256}(\.fifo)?$/.exec(arn);
    if (parts === null) throw invalid("TopicArn");
    permitService(request, "sns:Publish", arn);
    // The endpoint of a region knows the topics of that region alone.
    if (parts[1] !== region) throw invalid("TopicArn");
    const message = parameters.get("Message") ?? "";
    const subject = parameters.get("Subject") ?? "";
    if (message === "") throw invalid("Empty message");
    if (Buffer.byteLength(message) > largestMessage) throw invalid("Message too long");
    if (parameters.has("Subject") && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) {
      throw invalid("Subject");
    }
    const owner = request.cloud.accounts.get(parts[2] ?? "");
    if (owner !== caller.account) permitForeign(request, owner?.topicPolicies.get(arn), arn);
    if (!owner?.topics.has(arn)) {
      throw new ServiceError(404, "NotFound", "Topic does not exist");
    }
    const sent = { service: "sns" as const, region, to: arn, from: undefined };
    owner.messages.push({ ...sent, subject, text: message, at: now });
    return { MessageId: messageId(owner.messages.length) };
  },
};

/** A topic of another account: its policy has to allow the caller, too. */
function permitForeign(
  { caller, cloud, now, region }: ActionRequest,
  policy: PolicyDocument | undefined,
  arn: string,
): void {
  const extra = { "aws:PrincipalOrgID": memberOf(cloud, caller.account) };
  const context = contextOf(caller, { now, region, extra });
  const verdict = decideByPolicy(policy, "sns:Publish", arn, context, requesterOf(caller));
  if (verdict !== "allowed")
    throw notAuthorized(
      caller,
      "SNS:Publish",
      arn,
      " because no resource-based policy allows the SNS:Publish action",
    );
}

export function messageId(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
}

function invalid(what: string): ServiceError {
  return new ServiceError(400, "InvalidParameter", `Invalid parameter: ${what}`);
}
