// Opens IAM. Its client takes 100 ms to load, so it is separate from STS and loaded only when needed.

import type { Keys } from "../../model/session/session.ts";
import type { Iam } from "../../ports/iam.ts";
import { type IamOptions, makeCalls } from "./aws-iam-call.ts";
import { deviceCalls } from "./aws-iam-devices.ts";
import { keyCalls, tagCalls } from "./aws-iam-keys.ts";

/** Returns IAM with calls signed by `credentials`; sends no request. */
export function openIam(credentials: Keys, region: string, options: IamOptions): Iam {
  const callOf = makeCalls(credentials, region, options);
  return { ...keyCalls(callOf), ...tagCalls(callOf), ...deviceCalls(callOf) };
}
