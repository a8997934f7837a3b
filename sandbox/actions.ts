// Which actions there are, by service. A call's action and version name its service; the scope of
// its signature has to say the same.

import type { Action } from "./action.ts";
import { listMfaDevices } from "./iam/list-mfa-devices.ts";
import { assumeRole } from "./sts/assume-role.ts";
import { getCallerIdentity } from "./sts/get-caller-identity.ts";
import { getSessionToken } from "./sts/get-session-token.ts";

export interface Service {
  readonly version: string;
  readonly namespace: string;
  readonly actions: Readonly<Record<string, Action>>;
}

export const services: Readonly<Record<"sts" | "iam", Service>> = {
  sts: {
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    actions: {
      AssumeRole: assumeRole,
      GetCallerIdentity: getCallerIdentity,
      GetSessionToken: getSessionToken,
    },
  },
  iam: {
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    actions: { ListMFADevices: listMfaDevices },
  },
};

export function serviceOf(version: string | undefined): "sts" | "iam" | undefined {
  if (version === services.sts.version) return "sts";
  return version === services.iam.version ? "iam" : undefined;
}
