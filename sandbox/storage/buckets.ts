// Who may read an object: its own account, and what the bucket's policy allows. Lambda reads code in its own region.

import { type Caller, namesOf } from "../auth/caller.ts";
import type { Account } from "../cloud/account.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Bucket } from "../cloud/stack-entities.ts";
import { many, type PolicyDocument, statementsOf } from "../policy/document.ts";
import { evaluateTrust, type Verdict } from "../policy/evaluate.ts";
import type { Context } from "../policy/matching.ts";

/** Returns AWS's reason why code can't be read by the services of an account; undefined where it can. */
export function canRead(
  cloud: Cloud,
  account: Account,
  region: string,
  { bucket: name, key }: { readonly bucket: string; readonly key: string },
): string | undefined {
  const bucket = cloud.buckets.get(name);
  const cause = (code: string) =>
    `Error occurred while GetObject. S3 Error Code: ${code}. (Service: Lambda, Status Code: 400)`;
  if (!bucket) return cause("NoSuchBucket");
  const isOwn = bucket.accountId === account.id;
  if (!isOwn && decideForService(cloud, bucket, account, key) !== "allowed") {
    return cause("AccessDenied");
  }
  if (bucket.region !== region) return cause("PermanentRedirect");
  if (bucket.objects.get(key)?.at(-1)?.body === undefined) return cause("NoSuchKey");
  return undefined;
}

function decideForService(cloud: Cloud, bucket: Bucket, account: Account, key: string): Verdict {
  const context: Context = new Map([
    ["aws:principalorgid", memberOf(cloud, account)],
    ["aws:securetransport", ["true"]],
  ]);
  return decideByPolicy(
    bucket.policy,
    "s3:GetObject",
    arnOf(account.partition, bucket, key),
    context,
    {
      accountId: account.id,
      partition: account.partition,
      arns: [],
    },
  );
}

/** The id of the organization that the account is in; [] for none. */
export function memberOf({ organization }: Cloud, { id }: Account): readonly string[] {
  const isMember = organization?.members.some(({ accountId }) => accountId === id) === true;
  return isMember && organization ? [organization.id] : [];
}

/** What a policy of a bucket or a topic says; only its statements about this resource count. */
export function decideByPolicy(
  policy: PolicyDocument | undefined,
  action: string,
  resource: string,
  context: Context,
  who: { readonly accountId: string; readonly partition: string; readonly arns: readonly string[] },
): Verdict {
  if (policy === undefined) return "not allowed";
  const about = statementsOf(policy).filter((statement) =>
    many(statement.Resource).some((pattern) => isUnder(resource, pattern)),
  );
  return evaluateTrust({ ...policy, Statement: about }, who, { action, resource, context }).verdict;
}

export function requesterOf(caller: Caller) {
  return {
    accountId: caller.account.id,
    partition: caller.account.partition,
    arns: namesOf(caller),
  };
}

export function arnOf(partition: string, { name }: Bucket, key?: string): string {
  return `arn:${partition}:s3:::${name}${key === undefined ? "" : `/${key}`}`;
}

function isUnder(resource: string, pattern: string): boolean {
  return (
    pattern === "*" ||
    pattern === resource ||
    (pattern.endsWith("*") && resource.startsWith(pattern.slice(0, -1)))
  );
}

/** Whether a policy gives anything to everybody, as S3's public access block judges it. */
export function isPublic(policy: PolicyDocument): boolean {
  return statementsOf(policy).some(({ Effect, Principal, Condition }) => {
    const isEverybody = Principal === "*" || many(Object(Principal)["AWS"]).includes("*");
    const text = JSON.stringify(Condition ?? {});
    return (
      Effect === "Allow" &&
      isEverybody &&
      !/"aws:(PrincipalOrgID|PrincipalAccount|SourceAccount)"/i.test(text)
    );
  });
}
