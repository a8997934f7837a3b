// GetAccessKeyInfo: the account of a key id, known here or not: newer ids carry it.

import type { Action } from "../action.ts";
import { accountOfKeyId } from "../cloud/ids.ts";
import { authorize } from "../policy/authorize.ts";
import { validationError } from "../wire/service-error.ts";

export const getAccessKeyInfo: Action = {
  input: { AccessKeyId: { required: true, min: 16, max: 128, pattern: /[\w]*/ } },
  run({ cloud, caller, parameters, now, region }) {
    authorize(caller, "sts:GetAccessKeyInfo", "*", { now, region });
    const id = parameters.get("AccessKeyId") ?? "";
    const account = cloud.keys.get(id)?.accountId ?? accountOfKeyId(id);
    if (account === undefined) throw validationError(`The access key ID ${id} is invalid`);
    return { Account: account };
  },
};
