// AssumeRole: the caller's policies and the role's trust policy both have their say, with the code
// of this very call or of the caller's session; then the durations.

import type { Action, ActionRequest } from "../action.ts";
import { isTemporary } from "../auth/caller.ts";
import type { Account } from "../cloud/account.ts";
import type { Role, Tag } from "../cloud/entities.ts";
import { accessDenied, validationError } from "../wire/service-error.ts";
import { textList } from "../wire/shapes.ts";
import { codeShape, takeGivenCode } from "./check-code.ts";
import { checkTrust } from "./check-trust.ts";
import { credentialsOf, issueSession } from "./issue.ts";
import { givenPolicies, givenTags, packedSize, sessionPolicyShape } from "./session-tags.ts";

export const assumeRole: Action = {
  input: {
    RoleArn: { required: true, min: 20, max: 2048 },
    RoleSessionName: { required: true, min: 2, max: 64, pattern: /[\w+=,.@-]*/ },
    DurationSeconds: { number: true, min: 900, max: 43_200 },
    ExternalId: { min: 2, max: 1224, pattern: /[\w+=,.@:\\/-]*/ },
    SourceIdentity: { min: 2, max: 64, pattern: /[\w+=,.@-]*/ },
    TransitiveTagKeys: { list: { min: 1, max: 128 }, max: 50 },
    ...sessionPolicyShape,
    ...codeShape,
  },
  run(request) {
    const { parameters, caller, settings } = request;
    const roleArn = parameters.get("RoleArn") ?? "";
    const parts = parseRoleArn(roleArn);
    if (caller.kind === "root") throw accessDenied("Roles may not be assumed by root accounts.");
    const duration = Number(parameters.get("DurationSeconds") ?? 3600);
    if (isTemporary(caller) && duration > 3600) {
      throw validationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      );
    }
    const sourceIdentity = givenSourceIdentity(request);
    const given = givenTags(request);
    const inherited = inheritedTags(request, given);
    const packed = packedSize(request, given);
    const hasFreshCode = takeGivenCode(request);
    const role = findRole(request, parts);
    checkTrust(request, { roleArn, role, tags: given, hasFreshCode });
    const policies = givenPolicies(request, parts.accountId);
    if (duration > (role as Role).maxSessionSeconds) {
      throw validationError(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    }
    const cap = settings.roleSessionSecondsCap;
    const session = issueSession(
      request,
      {
        kind: "role",
        accountId: parts.accountId,
        roleName: parts.name,
        sessionName: parameters.get("RoleSessionName"),
        isChained: isTemporary(caller),
        sourceIdentity,
        tags: [...inherited, ...given],
        transitiveTagKeys: [
          ...(caller.session?.transitiveTagKeys ?? []),
          ...textList(parameters, "TransitiveTagKeys"),
        ],
        policies,
      },
      cap > 0 ? Math.min(cap, duration) : duration,
    );
    const account = request.cloud.account(parts.accountId);
    return {
      Credentials: credentialsOf(session),
      AssumedRoleUser: assumedUser(account, role as Role, session.sessionName ?? ""),
      PackedPolicySize: packed,
      SourceIdentity: sourceIdentity,
    };
  },
};

interface RoleArnParts {
  readonly partition: string;
  readonly accountId: string;
  readonly path: string;
  readonly name: string;
}

function parseRoleArn(roleArn: string): RoleArnParts {
  const match = /^arn:([\w-]+):iam::(\d{12}):role(\/(?:[!-~]+\/)?)([\w+=,.@-]+)$/.exec(roleArn);
  if (!match) throw validationError(`${roleArn} is invalid`);
  const [, partition = "", accountId = "", path = "", name = ""] = match;
  return { partition, accountId, path, name };
}

/** Case counts, and the path is part of the name. */
function findRole({ cloud }: ActionRequest, parts: RoleArnParts): Role | undefined {
  const role = cloud.accounts.get(parts.accountId)?.roles.get(parts.name);
  const isIt = role && role.path === parts.path && cloud.partition === parts.partition;
  return isIt ? role : undefined;
}

function givenSourceIdentity({ parameters, caller }: ActionRequest): string | undefined {
  const given = parameters.get("SourceIdentity");
  const inherited = caller.session?.sourceIdentity;
  if (given !== undefined && /^aws:/i.test(given)) {
    throw validationError("SourceIdentity must not begin with aws:");
  }
  if (given !== undefined && inherited !== undefined && given !== inherited) {
    throw accessDenied("SourceIdentity cannot be changed once it is set in a session.");
  }
  return given ?? inherited;
}

function inheritedTags({ caller }: ActionRequest, given: readonly Tag[]): Tag[] {
  const session = caller.session;
  if (!session || session.kind === "user") return [];
  const transitive = new Set(session.transitiveTagKeys.map((key) => key.toLowerCase()));
  const inherited = session.tags.filter(({ key }) => transitive.has(key.toLowerCase()));
  const clash = given.find(({ key }) => transitive.has(key.toLowerCase()));
  if (clash) {
    throw validationError(
      `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.`,
    );
  }
  return inherited;
}

function assumedUser(account: Account, role: Role, sessionName: string) {
  return {
    AssumedRoleId: `${role.id}:${sessionName}`,
    Arn: account.arn(`assumed-role/${role.name}/${sessionName}`, "sts"),
  };
}
