// GetCallerIdentity: works for everybody who can sign, whatever a policy says.

import type { Action } from "../action.ts";

export const getCallerIdentity: Action = {
  input: {},
  run: ({ caller }) => ({
    Arn: caller.arn,
    UserId: caller.userId,
    Account: caller.account.id,
  }),
};
