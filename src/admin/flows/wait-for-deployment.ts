// Waits for CloudFormation: for a stack, for an operation of the StackSet, and for those of other administrators.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { DeployServices, StackSetName } from "../deploy-ports.ts";
import { deploymentName, type FoundStack, isInProgress } from "../model/deployment.ts";

export interface DeployContext {
  readonly services: DeployServices;
  sleep(milliseconds: number): Promise<void>;
  /** One line for the user who waits. */
  say(line: string): void;
}

/** A deployment adds each step to `done` once AWS has accepted it. */
export interface StepContext extends DeployContext {
  readonly done: string[];
}

/** CloudFormation has accepted the request; how it ends is seen later. */
export function startOf(what: string): string {
  return `ask CloudFormation to ${what}`;
}

/** CloudFormation takes minutes. The pauses grow from one second to ten; after two hours a user has to look. */
const firstPauseMs = 1_000;
const maxPauseMs = 10_000;
const maxWaitMs = 2 * 3600 * 1000;

async function* pauses({ sleep }: DeployContext, what: string): AsyncGenerator<void> {
  let waited = 0;
  for (let pause = firstPauseMs; waited < maxWaitMs; pause = Math.min(maxPauseMs, pause * 1.5)) {
    yield;
    await sleep(pause);
    waited += pause;
  }
  throw new AwstError("ADMIN_INCOMPLETE", `${what} is still in progress`, {
    hint: "awst admin deploy status",
  });
}

/** Returns the stack when no change of it is in progress; undefined: it is gone. Says each new status. */
export async function waitForStack(context: DeployContext): Promise<FoundStack | undefined> {
  let printed = "";
  for await (const _ of pauses(context, `the stack ${deploymentName}`)) {
    const found = await context.services.findStack(deploymentName);
    if (found !== undefined && found.status !== printed) context.say(`stack: ${found.status}`);
    printed = found?.status ?? "";
    if (found === undefined || !isInProgress(found.status)) {
      return found?.status === "DELETE_COMPLETE" ? undefined : found;
    }
  }
  return undefined;
}

/** Makes the call as soon as no other operation of the StackSet is in progress. */
export async function afterOthers<T>(
  context: DeployContext,
  what: string,
  call: () => Promise<T>,
): Promise<T> {
  let isPrinted = false;
  for await (const _ of pauses(context, "another operation of the StackSet")) {
    try {
      return await call();
    } catch (error) {
      if (!isAwstError(error, "CLOUDFORMATION_CONFLICT")) throw error;
      if (!isPrinted) context.say(`waiting for another operation of the StackSet, to ${what}`);
      isPrinted = true;
    }
  }
  throw new AwstError("ADMIN_INCOMPLETE", `could not ${what}`);
}

/** Starts an operation, waiting for another one to end first, and waits for it. How it ended, the accounts say. */
export async function operate(
  context: StepContext,
  set: StackSetName,
  what: string,
  start: () => Promise<string>,
): Promise<void> {
  const operation = await afterOthers(context, what, start);
  context.done.push(startOf(what));
  let printed = "";
  for await (const _ of pauses(context, `the operation to ${what}`)) {
    const status = await context.services.operationStatus(set, operation);
    if (status !== printed) context.say(`StackSet, ${what}: ${status}`);
    printed = status;
    if (!/^(RUNNING|QUEUED|STOPPING)$/.test(status)) return;
  }
}
