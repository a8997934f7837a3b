// Deploys the function: code into the bucket, a stack in the own account, a StackSet in the organization. What is to do
// follows from what AWS has now, so that a run that was stopped is finished by the next one.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { countText } from "../../model/text/count-text.ts";
import type { DeployServices, StackRequest, StackSetName } from "../deploy-ports.ts";
import {
  type AccountState,
  accountStates,
  bucketPolicy,
  type CallAs,
  codeBucket,
  codeKey,
  type DeploymentRequest,
  deploymentName,
  type FoundStack,
  type FoundStackSet,
  isGoodEnd,
  type StackSetStep,
  type StackStep,
  stackParameters,
  stackSetParameters,
  stackSetStep,
  stackSetsService,
  stackStep,
} from "../model/deployment.ts";
import {
  type DeployContext,
  operate,
  type StepContext,
  startOf,
  waitForStack,
} from "./wait-for-deployment.ts";

export interface OrganizationTarget {
  readonly id: string;
  readonly callAs: CallAs;
  /** A StackSet makes no stack in it. */
  readonly managementAccount: string;
  /** The roots and units that the StackSet covers. */
  readonly units: readonly string[];
  /** The active accounts below them, without the own one. */
  readonly accounts: readonly { readonly id: string; readonly name: string }[];
}

/**
 * Returns what `--organization` means; `units`: ids, none for the whole organization. Errors: ADMIN_REFUSED outside of
 * the management account and of delegated administrators, ORGANIZATIONS_ABSENT for an unknown unit, AWS_*.
 */
export async function findOrganizationTarget(
  { services }: DeployContext,
  account: string,
  units: readonly string[],
): Promise<OrganizationTarget> {
  const organization = await services.findOrganization();
  if (organization === undefined) {
    throw new AwstError("ADMIN_REFUSED", `the account ${account} belongs to no organization`, {
      hint: "--as ACCOUNT/ROLE of the management account, or deploy without --organization",
    });
  }
  const { id, managementAccount } = organization;
  const callAs = await callAsOf(services, account, managementAccount);
  if (callAs === undefined) {
    const message = `the account ${account} is neither the management account of the organization, which is ${managementAccount}, nor a delegated administrator of StackSets`;
    throw new AwstError("ADMIN_REFUSED", message, {
      hint: "--as ACCOUNT/ROLE of the management account, or deploy without --organization",
      more: [
        `to register the account, in the management account: aws organizations register-delegated-administrator --service-principal ${stackSetsService} --account-id ${account}`,
      ],
    });
  }
  const parents = units.length > 0 ? units : await services.listRoots();
  const found = await Promise.all(parents.map((each) => services.listAccountsUnder(each)));
  const accounts = new Map(
    found
      .flat()
      .filter(({ state }) => state === "ACTIVE")
      .filter((each) => each.id !== account && each.id !== managementAccount)
      .map((each) => [each.id, { id: each.id, name: each.name }]),
  );
  return { id, callAs, managementAccount, units: parents, accounts: [...accounts.values()] };
}

/** undefined: the account may not deploy to the organization. */
async function callAsOf(
  services: DeployServices,
  account: string,
  managementAccount: string,
): Promise<CallAs | undefined> {
  if (account === managementAccount) return "SELF";
  try {
    return (await services.isStackSetsAdministrator(account)) ? "DELEGATED_ADMIN" : undefined;
  } catch (error) {
    // AWS refuses this call in an account that is not a delegated administrator of any service.
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return undefined;
  }
}

/** The StackSet of the function, as the account sees it. Where that can't be read: with the account's own rights. */
export async function findSetName(
  { services }: DeployContext,
  account: string,
): Promise<StackSetName> {
  const organization = await services.findOrganization().catch((error: unknown) => {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return undefined;
  });
  const callAs =
    organization && (await callAsOf(services, account, organization.managementAccount));
  return { name: deploymentName, callAs: callAs ?? "SELF" };
}

function setOf({ callAs }: OrganizationTarget): StackSetName {
  return { name: deploymentName, callAs };
}

export interface DeploymentPlan {
  readonly bucket: "create" | "keep";
  readonly code: "upload" | "keep";
  readonly secret: "write" | "keep" | "none";
  readonly stack: StackStep;
  /** undefined: one account. */
  readonly set: StackSetStep | undefined;
}

/** Reads only. `isSecretGiven`: a webhook's URL is to be written. Errors: AWS_*. */
export async function planDeployment(
  { services }: DeployContext,
  request: DeploymentRequest,
  target: OrganizationTarget | undefined,
  isSecretGiven: boolean,
): Promise<DeploymentPlan> {
  const bucket = codeBucket(request);
  const hasBucket = await services.hasBucket(bucket);
  const [hasCode, hasSecret, stack, set] = await Promise.all([
    hasBucket && services.hasObject(bucket, codeKey(request)),
    parameterOf(request) !== undefined && services.hasParameter(parameterOf(request) ?? ""),
    services.findStack(deploymentName),
    target && services.findStackSet(setOf(target)),
  ]);
  return {
    bucket: hasBucket ? "keep" : "create",
    code: hasCode ? "keep" : "upload",
    secret:
      parameterOf(request) === undefined ? "none" : isSecretGiven || !hasSecret ? "write" : "keep",
    stack: stackStep(stack, request.template, stackParameters(request)),
    set: target && setStepOf(request, target, set),
  };
}

/** Name of the parameter with the webhook's URL; undefined: notices need none. */
export function parameterOf({ notify }: Pick<DeploymentRequest, "notify">): string | undefined {
  return notify.notify === "slack" || notify.notify === "webhook" ? notify.parameter : undefined;
}

/** The bucket's policy is put each time: whatever another user made of it. */
export function isNothingToDo({ bucket, code, secret, stack, set }: DeploymentPlan): boolean {
  const isSetCurrent = set === undefined || (set.set === "keep" && set.missing.length === 0);
  return (
    bucket === "keep" && code === "keep" && secret !== "write" && stack === "keep" && isSetCurrent
  );
}

/**
 * Carries the plan out, and returns the state of each account, the own one first. Errors: ADMIN_INCOMPLETE where the
 * own stack failed: then nothing is deployed to other accounts; AWS_*.
 */
export async function carryOutDeployment(
  context: StepContext,
  request: DeploymentRequest,
  target: OrganizationTarget | undefined,
  how: { readonly callerArn: string; readonly secret: Secret | undefined },
): Promise<readonly AccountState[]> {
  const { services, say, done } = context;
  const bucket = codeBucket(request);
  const hasBucket = await services.hasBucket(bucket);
  if (!hasBucket) say(`creating the bucket ${bucket}`);
  await makeBucket(context, bucket, hasBucket);
  await services.putBucketPolicy(bucket, bucketPolicy(request, how.callerArn));
  done.push("put the policy of the bucket");
  if (!(await services.hasObject(bucket, codeKey(request)))) {
    say(`uploading ${request.zip.length} bytes of code`);
    await services.putObject(bucket, codeKey(request), request.zip);
    done.push("upload the code");
  }
  const parameter = parameterOf(request);
  if (parameter !== undefined && how.secret !== undefined) {
    await services.putSecret(parameter, how.secret);
    say(`stored the webhook's URL as ${parameter}`);
    done.push(`store the webhook's URL as ${parameter}`);
  }
  await deployStack(context, request);
  const own = { account: request.account, name: request.account, reason: undefined, isGood: true };
  const ownState: AccountState = { ...own, state: "CURRENT" };
  if (target === undefined) return [ownState];
  return [ownState, ...(await deployStackSet(context, request, target))];
}

/** A bucket is made by several requests: one that a run was stopped at is named too. */
async function makeBucket(
  { services, done }: StepContext,
  bucket: string,
  wasThere: boolean,
): Promise<void> {
  try {
    await services.makeBucket(bucket);
    if (!wasThere) done.push(`create the bucket ${bucket}`);
  } catch (error) {
    const isMade = !wasThere && (await services.hasBucket(bucket).catch(() => false));
    if (isMade) done.push(`create the bucket ${bucket}, not yet closed and versioned`);
    throw error;
  }
}

/** As many other runs are waited for. */
const maxRounds = 5;

async function deployStack(context: StepContext, request: DeploymentRequest): Promise<void> {
  const { services, say, done } = context;
  const stack = { template: request.template, parameters: stackParameters(request) };
  let found = await services.findStack(deploymentName);
  for (let rounds = 1; ; rounds++) {
    const step = stackStep(found, request.template, stack.parameters);
    if (step === "keep") return;
    try {
      if (step === "recreate") {
        say(`deleting the stack ${deploymentName}, which is ${found?.status}`);
        await services.deleteStack(deploymentName);
        done.push(startOf(`delete the stack ${deploymentName}`));
        const left = await waitForStack(context);
        if (left !== undefined) {
          // A stack in a good state is that of another run, made after the deletion.
          if (!isGoodEnd(left.status)) throw await failedStack(context, left);
          found = left;
          continue;
        }
      }
      if (step === "update") {
        const isChanged = await services.updateStack(deploymentName, stack);
        if (isChanged) done.push(startOf(`update the stack ${deploymentName}`));
      } else if (step !== "wait") {
        await services.createStack(deploymentName, stack);
        done.push(startOf(`create the stack ${deploymentName}`));
      }
      if (step !== "wait") break;
    } catch (error) {
      if (
        !isAwstError(error, "CLOUDFORMATION_EXISTS", "CLOUDFORMATION_CONFLICT") ||
        rounds >= maxRounds
      )
        throw error;
      say(`another run deploys the stack ${deploymentName}: waiting for it`);
    }
    found = await waitForStack(context);
  }
  const ended = await waitForStack(context);
  if (ended !== undefined && isGoodEnd(ended.status)) return;
  throw await failedStack(context, ended);
}

/** undefined: the stack is gone. */
async function failedStack(
  { services }: DeployContext,
  stack: FoundStack | undefined,
): Promise<AwstError> {
  const failures = await services.stackFailures(deploymentName);
  const why = failures[0] ?? stack?.reason ?? stack?.status ?? "it no longer exists";
  return new AwstError("ADMIN_INCOMPLETE", `the stack ${deploymentName} failed: ${why}`, {
    hint: "repair the cause and run the command again",
    more: failures.slice(1, 5),
  });
}

async function deployStackSet(
  context: StepContext,
  request: DeploymentRequest,
  target: OrganizationTarget,
): Promise<readonly AccountState[]> {
  const { services } = context;
  const name = setOf(target);
  // An account that deploys for the organization has a stack of its own, as the management account has.
  const except = target.callAs === "SELF" ? undefined : request.account;
  const wanted = { template: request.template, parameters: stackSetParameters(request) };
  let step = setStepOf(request, target, await services.findStackSet(name));
  if (step.set === "create" && !(await createStackSet(context, name, wanted))) {
    step = setStepOf(request, target, await services.findStackSet(name));
  }
  const { set, missing } = step;
  if (set === "update") {
    await operate(context, name, "update the stacks", () => services.updateStackSet(name, wanted));
  }
  if (missing.length > 0) {
    await operate(context, name, `create stacks in ${countText(missing.length, "account")}`, () =>
      services.createInstances(name, target.units, except),
    );
  }
  const found = await services.findStackSet(name);
  return accountStates(found?.instances ?? [], target.accounts, request.region);
}

/** Returns false where another run created it first. */
async function createStackSet(
  { services, say, done }: StepContext,
  set: StackSetName,
  wanted: StackRequest,
): Promise<boolean> {
  try {
    await withTrustedAccess(services.createStackSet(set, wanted));
    done.push(`create the StackSet ${set.name}`);
    return true;
  } catch (error) {
    if (!isAwstError(error, "CLOUDFORMATION_EXISTS")) throw error;
    say(`another run created the StackSet ${set.name}`);
    return false;
  }
}

function setStepOf(
  request: DeploymentRequest,
  { accounts }: OrganizationTarget,
  found: FoundStackSet | undefined,
): StackSetStep {
  const ids = accounts.map(({ id }) => id);
  return stackSetStep(found, request.template, stackSetParameters(request), ids, request.region);
}

async function withTrustedAccess(creation: Promise<void>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    const text = isAwstError(error) && error.cause instanceof Error ? error.cause.message : "";
    if (!/enable organizations access/i.test(text)) throw error;
    throw new AwstError("ADMIN_REFUSED", "CloudFormation may not deploy to the organization yet", {
      hint: "aws cloudformation activate-organizations-access",
      cause: error,
    });
  }
}
