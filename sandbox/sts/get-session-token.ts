// GetSessionToken: a user's own session, with the MFA mark if a code was given. No policy can grant
// or refuse it; only long-term credentials may ask.

import type { Action } from "../action.ts";
import { isTemporary } from "../auth/caller.ts";
import { accessDenied } from "../wire/service-error.ts";
import { codeShape, takeGivenCode } from "./check-code.ts";
import { credentialsOf, issueSession } from "./issue.ts";

export const getSessionToken: Action = {
  input: { DurationSeconds: { number: true, min: 900, max: 129_600 }, ...codeShape },
  run(request) {
    const { caller, parameters, now } = request;
    if (isTemporary(caller)) {
      throw accessDenied("Cannot call GetSessionToken with session credentials");
    }
    const isRoot = caller.kind === "root";
    const mfaAt = takeGivenCode(request) ? now : undefined;
    const asked = Number(parameters.get("DurationSeconds") ?? 43_200);
    const session = issueSession(
      request,
      {
        kind: "user",
        accountId: caller.account.id,
        userName: caller.user?.name,
        isRoot,
        mfaAt,
        tags: caller.user?.tags ?? [],
        transitiveTagKeys: [],
        policies: undefined,
      },
      isRoot ? Math.min(asked, 3600) : asked,
    );
    return { Credentials: credentialsOf(session) };
  },
};
