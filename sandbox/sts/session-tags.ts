// Tags, session policies and their packed size: what GetFederationToken and AssumeRole share.

import type { ActionRequest } from "../action.ts";
import type { Tag } from "../cloud/entities.ts";
import { type PolicyDocument, parsePolicy } from "../policy/document.ts";
import { managedPolicy } from "../policy/managed.ts";
import { ServiceError, validationError } from "../wire/service-error.ts";
import { listEntries, type Shape } from "../wire/shapes.ts";

const policyLetters = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";

const tagShape = {
  Key: { required: true, min: 1, max: 128, pattern: /[\p{L}\p{Z}\p{N}_.:/=+\-@]+/u },
  Value: { required: true, min: 0, max: 256, pattern: /[\p{L}\p{Z}\p{N}_.:/=+\-@]*/u },
} satisfies Shape;

export const sessionPolicyShape = {
  Policy: { min: 1, max: 2048, pattern: new RegExp(policyLetters) },
  PolicyArns: { list: { arn: { required: true, min: 20, max: 2048 } } },
  Tags: { list: tagShape, max: 50 },
} satisfies Shape;

export function givenTags({ parameters }: ActionRequest): Tag[] {
  const tags = listEntries(parameters, "Tags").map((entry) => ({
    key: entry.get("Key") ?? "",
    value: entry.get("Value") ?? "",
  }));
  const seen = new Set<string>();
  for (const { key, value } of tags) {
    if (/^aws:/i.test(key) || /^aws:/i.test(value)) {
      throw validationError("Tag keys and values must not begin with aws:");
    }
    if (seen.has(key.toLowerCase())) {
      throw validationError(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      );
    }
    seen.add(key.toLowerCase());
  }
  return tags;
}

/** undefined: the session is not cut down. `accountId`: where managed policies have to live. */
export function givenPolicies(
  { parameters, cloud }: ActionRequest,
  accountId: string,
): readonly PolicyDocument[] | undefined {
  const text = parameters.get("Policy");
  const arns = listEntries(parameters, "PolicyArns").map((entry) => entry.get("arn") ?? "");
  if (arns.length > 10) {
    throw validationError("The number of policy ARNs must not exceed 10.");
  }
  if (text === undefined && arns.length === 0) return undefined;
  const inline = text === undefined ? [] : [parseInline(text)];
  return [...inline, ...arns.map((arn) => managedPolicy(arn, cloud, accountId))];
}

/** Percent of what fits into a session. Above 100: PackedPolicyTooLarge. undefined: nothing packed. */
export function packedSize(request: ActionRequest, tags: readonly Tag[]): number | undefined {
  const { parameters } = request;
  const arns = listEntries(parameters, "PolicyArns").map((entry) => entry.get("arn") ?? "");
  const parts = [
    parameters.get("Policy") ?? "",
    ...arns,
    ...tags.flatMap((tag) => [tag.key, tag.value]),
  ];
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (bytes === 0) return undefined;
  const percent = Math.ceil((bytes * 100) / 2048);
  if (percent > 100) {
    throw new ServiceError(
      400,
      "PackedPolicyTooLarge",
      `Packed size of session tags consumes ${percent}% of allotted space.`,
    );
  }
  return percent;
}

function parseInline(text: string): PolicyDocument {
  try {
    return parsePolicy(text);
  } catch (error) {
    throw new ServiceError(400, "MalformedPolicyDocument", (error as Error).message);
  }
}
