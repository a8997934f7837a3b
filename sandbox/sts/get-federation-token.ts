// GetFederationToken: a session under a name of the caller's choosing, cut down to the policies it
// was given; without any it may do nothing. Long-term credentials only.

import type { Action } from "../action.ts";
import { isTemporary } from "../auth/caller.ts";
import { authorize } from "../policy/authorize.ts";
import { accessDenied } from "../wire/service-error.ts";
import { credentialsOf, issueSession } from "./issue.ts";
import { givenPolicies, givenTags, packedSize, sessionPolicyShape } from "./session-tags.ts";

export const getFederationToken: Action = {
  input: {
    Name: { required: true, min: 2, max: 32, pattern: /[\w+=,.@-]*/ },
    DurationSeconds: { number: true, min: 900, max: 129_600 },
    ...sessionPolicyShape,
  },
  run(request) {
    const { caller, parameters, now, region } = request;
    if (isTemporary(caller)) {
      throw accessDenied("Cannot call GetFederationToken with session credentials");
    }
    const { account } = caller;
    const name = parameters.get("Name") ?? "";
    const arn = account.arn(`federated-user/${name}`, "sts");
    const tags = givenTags(request);
    const packed = packedSize(request, tags);
    authorize(caller, "sts:GetFederationToken", arn, { now, region });
    const asked = Number(parameters.get("DurationSeconds") ?? 43_200);
    const session = issueSession(
      request,
      {
        kind: "federated",
        accountId: account.id,
        userName: caller.user?.name,
        sessionName: name,
        tags,
        transitiveTagKeys: [],
        policies: givenPolicies(request, account.id) ?? [],
      },
      caller.kind === "root" ? Math.min(asked, 3600) : asked,
    );
    return {
      Credentials: credentialsOf(session),
      FederatedUser: { FederatedUserId: `${account.id}:${name}`, Arn: arn },
      PackedPolicySize: packed,
    };
  },
};
