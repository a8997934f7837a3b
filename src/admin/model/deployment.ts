// The deployment of the function, as data: names, the template's parameters, the bucket's policy, and what has to be
// done so that AWS has what is wanted. Everything follows from what AWS says now, so a run that was stopped continues.

import { createHash } from "node:crypto";
import type { Secret } from "../../model/secret.ts";
import type { DormantRules } from "./admin-settings.ts";
import type { NotifySettings } from "./notify-settings.ts";

/** Of the stack, the StackSet, the function, the schedule. */
export const deploymentName = "awst-dormant-users";
const noticeTopicName = "awst-dormant-notices";
/** The service for which AWS registers an account as a delegated administrator of StackSets. */
export const stackSetsService = "member.org.stacksets.cloudformation.amazonaws.com";
/** The template makes roles, whose names are AWS's. */
export const deploymentCapability = "CAPABILITY_IAM";

export interface DeploymentRequest {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly rules: DormantRules;
  readonly protectedNames: readonly string[];
  readonly maxChanges: number | undefined;
  readonly notify: NotifySettings;
  readonly isReportOnly: boolean;
  readonly schedule: string;
  readonly timezone: string;
  readonly alarmTopic: string | undefined;
  /** undefined: one account. */
  readonly organizationId: string | undefined;
  readonly zip: Uint8Array;
  readonly template: string;
}

/** One bucket for each account and region: a function takes its code from a bucket of its own region. */
export function codeBucket({
  account,
  region,
}: Pick<DeploymentRequest, "account" | "region">): string {
  return `awst-admin-${account}-${region}`;
}

/** The key has the hash of the code: another version is another key, so that CloudFormation sees the change. */
export function codeKey({ zip }: Pick<DeploymentRequest, "zip">): string {
  return `awst-admin-${createHash("sha256").update(zip).digest("hex")}.zip`;
}

/** `DELEGATED_ADMIN`: in a member account that the management account has registered for StackSets. */
export type CallAs = "SELF" | "DELEGATED_ADMIN";

export type StackParameters = Readonly<Record<string, string>>;

/** Returns the parameters of the stack in the account of the deployment. */
export function stackParameters(request: DeploymentRequest): StackParameters {
  const isHook = request.notify.notify === "slack" || request.notify.notify === "webhook";
  return {
    ...commonParameters(request),
    ...(isHook &&
      request.organizationId !== undefined && { OrganizationId: request.organizationId }),
  };
}

/** Returns the parameters of the StackSet: the functions of other accounts know no webhook, only a topic. */
export function stackSetParameters(request: DeploymentRequest): StackParameters {
  const { notify, partition, region, account } = request;
  const isHook = notify.notify === "slack" || notify.notify === "webhook";
  const topic = `arn:${partition}:sns:${region}:${account}:${noticeTopicName}`;
  return { ...commonParameters(request), ...(isHook && { RelayTopic: topic }) };
}

function commonParameters(request: DeploymentRequest): StackParameters {
  const { rules, notify } = request;
  const uses = (kinds: readonly string[]) => kinds.includes(notify.notify);
  return withValues({
    CodeBucket: codeBucket(request),
    CodeKey: codeKey(request),
    Days: String(rules.days),
    NeverUsedDays: String(rules.neverUsedDays),
    WarnDays: String(rules.warnDays),
    Actions: functionActions(rules).join(","),
    Except: rules.except.join(","),
    Protected: request.protectedNames.join(","),
    MaxChanges: request.maxChanges === undefined ? "" : String(request.maxChanges),
    DryRun: String(request.isReportOnly),
    Notify: notify.notify,
    NotifyParameter: uses(["slack", "webhook"]) ? (notify.parameter ?? "") : "",
    NotifyTopic: uses(["sns"]) ? (notify.topic ?? "") : "",
    NotifyFrom: uses(["ses"]) ? (notify.from ?? "") : "",
    Schedule: request.schedule,
    ScheduleTimezone: request.timezone,
    AlarmTopic: request.alarmTopic ?? "",
  });
}

/** The function deletes no user: its plan is not shown, and there is no place for the record of what was removed. */
export function functionActions({ actions }: DormantRules): readonly string[] {
  return actions.filter((each) => each !== "user");
}

/** An empty value is the template's default. */
function withValues(parameters: StackParameters): StackParameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ""));
}

/**
 * Returns the policy of the bucket: every account of the organization may read, and no other; a writer of the
 * code rules IAM in every account, so that only the role that deploys may write. `callerArn`: of its session or user.
 */
export function bucketPolicy(request: DeploymentRequest, callerArn: string): string {
  const arn = `arn:${request.partition}:s3:::${codeBucket(request)}`;
  const statements = [
    {
      Sid: "OnlyTheDeployer",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
      Resource: `${arn}/*`,
      Condition: { ArnNotLike: { "aws:PrincipalArn": deployerArns(callerArn) } },
    },
    {
      Sid: "OnlyTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ...(request.organizationId === undefined
      ? []
      : [
          {
            Sid: "AccountsOfTheOrganization",
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: `${arn}/*`,
            Condition: { StringEquals: { "aws:PrincipalOrgID": request.organizationId } },
          },
        ]),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A session's ARN has no path of its role: the role is meant with any path. */
function deployerArns(callerArn: string): readonly string[] {
  const match = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(callerArn);
  if (match === null) return [callerArn];
  const [, partition, account, role] = match;
  return [
    `arn:${partition}:iam::${account}:role/${role}`,
    `arn:${partition}:iam::${account}:role/*/${role}`,
  ];
}

/** Plain http only to this machine, as for every notice. */
export function isWebhookUrl(secret: Secret): boolean {
  return /^(https:\/\/[^\s/]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)\/\S*$/.test(
    secret.reveal(),
  );
}

export interface FoundStack {
  readonly status: string;
  readonly reason: string | undefined;
  readonly template: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface FoundInstance {
  readonly account: string;
  readonly region: string;
  readonly unit: string | undefined;
  /** `CURRENT`, `OUTDATED`, `INOPERABLE`. */
  readonly status: string;
  readonly detail: string | undefined;
  readonly reason: string | undefined;
}

export interface FoundStackSet {
  readonly template: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly instances: readonly FoundInstance[];
}

export type StackStep = "create" | "update" | "recreate" | "wait" | "keep";

/** What to do about a stack. After a creation that failed only a deletion is possible. */
export function stackStep(
  found: FoundStack | undefined,
  template: string,
  parameters: StackParameters,
): StackStep {
  if (found === undefined) return "create";
  if (
    /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED|REVIEW_IN_PROGRESS)$/.test(
      found.status,
    )
  ) {
    return "recreate";
  }
  if (isInProgress(found.status)) return "wait";
  return isSameDeployment(found, template, parameters) ? "keep" : "update";
}

export function isInProgress(status: string): boolean {
  return status.endsWith("_IN_PROGRESS");
}

/** Whether a change ended as it was meant to. */
export function isGoodEnd(status: string): boolean {
  return /^(CREATE|UPDATE|DELETE|IMPORT)_COMPLETE$/.test(status);
}

/** A parameter that is not wanted has to have its default, which the template says, or not be there. */
function isSameDeployment(
  found: Pick<FoundStack, "template" | "parameters">,
  template: string,
  parameters: StackParameters,
): boolean {
  const wanted = (name: string) => parameters[name] ?? defaultOf(template, name);
  const names = new Set([...found.parameters.keys(), ...Object.keys(parameters)]);
  const isSame = (name: string) =>
    (found.parameters.get(name) ?? defaultOf(template, name)) === wanted(name);
  return found.template.trim() === template.trim() && [...names].every(isSame);
}

/** The line `Default:` of a parameter of our own template. */
function defaultOf(template: string, name: string): string | undefined {
  const section = new RegExp(`^  ${name}:\\n((?:    .*\\n)+)`, "m").exec(template)?.[1];
  const value = /^ {4}Default: (.*)$/m.exec(section ?? "")?.[1]?.trim();
  return value?.replace(/^"(.*)"$/, "$1");
}

export interface StackSetStep {
  readonly set: "create" | "update" | "keep";
  /** Accounts that have no stack yet. */
  readonly missing: readonly string[];
  /** Accounts whose stack is not as the StackSet says. */
  readonly broken: readonly string[];
}

/** What to do about a StackSet, so that each of `accounts` has a stack in the region. */
export function stackSetStep(
  found: FoundStackSet | undefined,
  template: string,
  parameters: StackParameters,
  accounts: readonly string[],
  region: string,
): StackSetStep {
  if (found === undefined) return { set: "create", missing: accounts, broken: [] };
  const here = found.instances.filter((each) => each.region === region);
  const broken = here.filter(({ status }) => status !== "CURRENT").map(({ account }) => account);
  const missing = accounts.filter((account) => !here.some((each) => each.account === account));
  const isSame = isSameDeployment(found, template, parameters);
  return { set: isSame && broken.length === 0 ? "keep" : "update", missing, broken };
}

export interface AccountState {
  readonly account: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly isGood: boolean;
}

/** Returns the state of each account: one that should have a stack and has none is bad. */
export function accountStates(
  instances: readonly FoundInstance[],
  accounts: readonly { readonly id: string; readonly name: string }[],
  region: string,
): readonly AccountState[] {
  const here = instances.filter((each) => each.region === region);
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const ids = [...new Set([...names.keys(), ...here.map(({ account }) => account)])].sort();
  return ids.map((account) => {
    const name = names.get(account) ?? account;
    const found = here.find((each) => each.account === account);
    if (found === undefined) {
      const reason = "CloudFormation made no stack in this account";
      return { account, name, state: "MISSING", reason, isGood: false };
    }
    const { status, detail, reason } = found;
    const isGood = status === "CURRENT";
    return { account, name, state: isGood ? status : (detail ?? status), reason, isGood };
  });
}

/** Returns the state of the own account, then of those of the StackSet. */
export function deploymentStates(
  stack: FoundStack | undefined,
  set: FoundStackSet | undefined,
  account: string,
  region: string,
): readonly AccountState[] {
  const own: AccountState = {
    account,
    name: account,
    state: stack?.status ?? "MISSING",
    reason: stack?.reason,
    isGood: stack !== undefined && isGoodEnd(stack.status),
  };
  return [own, ...accountStates(set?.instances ?? [], [], region)];
}
