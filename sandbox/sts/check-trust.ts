// Who may assume a role. In one account either side may name the other: a trust policy that names
// this very caller is enough, one that names the account leaves it to the caller's own policies.
// Between accounts both have to allow it. A role that is not there is refused in the same words.

import type { ActionRequest } from "../action.ts";
import { namesOf } from "../auth/caller.ts";
import type { Role, Tag } from "../cloud/entities.ts";
import { contextOf, decide, notAuthorized } from "../policy/authorize.ts";
import { type Ask, evaluateTrust } from "../policy/evaluate.ts";
import { textList } from "../wire/shapes.ts";

export interface Attempt {
  readonly roleArn: string;
  readonly role: Role | undefined;
  readonly tags: readonly Tag[];
  readonly hasFreshCode: boolean;
}

/** Throws AWS's AccessDenied; when it returns, the role is there. */
export function checkTrust(request: ActionRequest, attempt: Attempt): void {
  const { parameters } = request;
  const actions = ["sts:AssumeRole"];
  if (attempt.tags.length > 0) actions.push("sts:TagSession");
  if (parameters.has("SourceIdentity")) actions.push("sts:SetSourceIdentity");
  const refused = actions.find((action) => !isAllowed(request, attempt, action));
  if (refused) throw notAuthorized(request.caller, refused, attempt.roleArn);
}

function isAllowed(request: ActionRequest, attempt: Attempt, action: string): boolean {
  const { caller, parameters, now, region } = request;
  const { role, roleArn, tags, hasFreshCode } = attempt;
  if (!role || caller.kind === "federated") return false;
  const context = contextOf(caller, {
    now,
    region,
    hasFreshCode,
    extra: {
      "sts:ExternalId": parameters.get("ExternalId"),
      "sts:RoleSessionName": parameters.get("RoleSessionName"),
      "sts:SourceIdentity": parameters.get("SourceIdentity"),
      "aws:TagKeys": tags.length > 0 ? tags.map(({ key }) => key) : undefined,
      "sts:TransitiveTagKeys": parameters.has("TransitiveTagKeys.member.1")
        ? textList(parameters, "TransitiveTagKeys")
        : undefined,
      ...Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
    },
  });
  const ask: Ask = { action, resource: roleArn, context };
  const requester = {
    accountId: caller.account.id,
    partition: caller.account.partition,
    arns: namesOf(caller),
  };
  const { verdict: trusted, byName } = evaluateTrust(role.trust, requester, ask);
  const { verdict: own, kind } = decide(caller, ask);
  if (trusted !== "allowed" || own === "denied") return false;
  const isSameAccount = roleArn.includes(`::${caller.account.id}:`);
  if (own === "allowed") return true;
  return isSameAccount && byName && kind === "identity-based";
}
