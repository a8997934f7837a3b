// One call to AWS. The clock is the adapter's business.

import type { Keys } from "../../model/session/session.ts";
import type { Answered, Aws } from "../../ports/aws.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";

/** Errors: AWS_* and CLOCK_SKEWED. */
export async function askAws<T extends Answered>(
  context: Needs<"aws">,
  credentials: Keys,
  region: string,
  ask: (aws: Aws) => Promise<T>,
): Promise<T> {
  return ask(await context.aws(credentials, region));
}

export async function openIam(context: Needs<"iam">, keys: Keys, region: string): Promise<Iam> {
  return context.iam(keys, region);
}
