// The policy check of the services that send messages and keep parameters.

import type { ActionRequest } from "../action.ts";
import { authorize } from "../policy/authorize.ts";

/** `action`: with its service. Throws AWS's AccessDenied. */
export function permitService(
  { caller, now, region }: ActionRequest,
  action: string,
  resource: string,
  extra: Readonly<Record<string, string>> = {},
): void {
  authorize(caller, action, resource, { now, region, extra });
}
