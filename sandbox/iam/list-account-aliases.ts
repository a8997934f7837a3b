// ListAccountAliases: an account has one name at most.

import type { Action } from "../action.ts";
import { pageShape } from "../wire/page.ts";
import { permit } from "./own-user.ts";

export const listAccountAliases: Action = {
  input: pageShape,
  run(request) {
    permit(request, "ListAccountAliases", "*");
    const { alias } = request.caller.account;
    return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
  },
};
