// Removes what `deploy-function.ts` made: the stacks of the organization first, so that no function is left without its
// code and its topic, then the own stack and the bucket. The webhook's parameter stays: an administrator wrote its value.

import { AwstError } from "../../model/errors.ts";
import type { StackSetName } from "../deploy-ports.ts";
import {
  type AccountState,
  accountStates,
  codeBucket,
  deploymentName,
  type FoundStack,
  type FoundStackSet,
} from "../model/deployment.ts";
import { findSetName } from "./deploy-function.ts";
import { ignore } from "./expected-errors.ts";
import {
  afterOthers,
  type DeployContext,
  operate,
  type StepContext,
  startOf,
  waitForStack,
} from "./wait-for-deployment.ts";

export interface FoundDeployment {
  readonly stack: FoundStack | undefined;
  readonly set: FoundStackSet | undefined;
  readonly setName: StackSetName;
  readonly hasBucket: boolean;
}

/** Errors: AWS_*. */
export async function readDeployment(
  context: DeployContext,
  where: { readonly account: string; readonly region: string },
): Promise<FoundDeployment> {
  const { services } = context;
  const setName = await findSetName(context, where.account);
  const [stack, set, hasBucket] = await Promise.all([
    services.findStack(deploymentName),
    services.findStackSet(setName),
    services.hasBucket(codeBucket(where)),
  ]);
  return { stack, set, setName, hasBucket };
}

export function isNothingThere({ stack, set, hasBucket }: FoundDeployment): boolean {
  return stack === undefined && set === undefined && !hasBucket;
}

/** Errors: ADMIN_INCOMPLETE where accounts still have a stack, and then the bucket stays; AWS_*. */
export async function removeDeployment(
  context: StepContext,
  where: { readonly account: string; readonly region: string },
): Promise<void> {
  const { services, say, done } = context;
  const { stack: own, set, setName, hasBucket } = await readDeployment(context, where);
  if (set !== undefined) {
    const units = [...new Set(set.instances.flatMap(({ unit }) => unit ?? []))];
    if (units.length > 0) {
      // Another administrator may remove the same meanwhile.
      await operate(context, setName, "delete the stacks", () =>
        services.deleteInstances(setName, units),
      ).catch(goneIsDone);
    }
    const left = leftOf(await services.findStackSet(setName), where.region);
    if (left.length > 0) {
      throw new AwstError(
        "ADMIN_INCOMPLETE",
        `accounts that still have their stack: ${left.length}`,
        {
          more: left.map(({ account, state, reason }) =>
            `${account}: ${state} ${reason ?? ""}`.trim(),
          ),
          hint: "awst admin deploy remove",
        },
      );
    }
    await afterOthers(context, "delete the StackSet", () => services.deleteStackSet(setName)).catch(
      goneIsDone,
    );
    say("deleted the StackSet");
    done.push(`delete the StackSet ${deploymentName}`);
  }
  await services.deleteStack(deploymentName);
  if (own !== undefined) done.push(startOf(`delete the stack ${deploymentName}`));
  const stack = await waitForStack(context);
  if (stack !== undefined) {
    const [why = stack.reason ?? stack.status] = await services.stackFailures(deploymentName);
    throw new AwstError("ADMIN_INCOMPLETE", `the stack ${deploymentName} is still there: ${why}`);
  }
  await services.deleteBucket(codeBucket(where));
  say(`deleted the bucket ${codeBucket(where)}`);
  if (hasBucket) done.push(`delete the bucket ${codeBucket(where)}`);
}

const goneIsDone = ignore("CLOUDFORMATION_ABSENT");

function leftOf(set: FoundStackSet | undefined, region: string): readonly AccountState[] {
  return accountStates(set?.instances ?? [], [], region);
}
