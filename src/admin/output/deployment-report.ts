// What a deployment will do, how each account is, and the commands for those who deploy by other means.

import { commandLine } from "../../model/text/command-line.ts";
import { countText } from "../../model/text/count-text.ts";
import type { Style } from "../../output/style.ts";
import { textTable } from "../../output/text-table.ts";
import {
  type AccountState,
  type CallAs,
  codeBucket,
  codeKey,
  type DeploymentRequest,
  deploymentCapability,
  deploymentName,
  functionActions,
  type StackSetStep,
  type StackStep,
  stackParameters,
  stackSetParameters,
} from "../model/deployment.ts";

export interface PrintedDeployment {
  readonly bucket: "create" | "keep";
  readonly code: "upload" | "keep";
  readonly secret: "write" | "keep" | "none";
  readonly stack: StackStep;
  readonly set: StackSetStep | undefined;
  readonly parameter: string | undefined;
  /** The management account, where no stack is made; undefined where it is the own account, or without a StackSet. */
  readonly leftOut: string | undefined;
  /** Of the accounts of the StackSet, by id. */
  readonly names: ReadonlyMap<string, string>;
}

const stackTexts: Readonly<Record<StackStep, string>> = {
  create: "create",
  update: "update",
  recreate: "delete, since its creation failed, and create again",
  wait: "wait for the change that is in progress, then compare again",
  keep: "is up to date",
};

export function planLines(plan: PrintedDeployment, request: DeploymentRequest): readonly string[] {
  const { rules, notify } = request;
  const what = request.isReportOnly
    ? "the function reports only"
    : `the function disables ${functionActions(rules).join(" and ")} after ${countText(rules.days, "day")} without use, ${countText(rules.warnDays, "day")} after a warning by ${notify.notify === "none" ? "tag alone" : notify.notify}${rules.actions.includes("user") ? "; it deletes no user" : ""}`;
  const bucket = codeBucket(request);
  const { set } = plan;
  const name = (id: string) => {
    const known = plan.names.get(id);
    return known === undefined || known === id ? id : `${known} (${id})`;
  };
  return [
    `account ${request.account}, region ${request.region}: ${what}; schedule ${request.schedule} ${request.timezone}`,
    `bucket ${bucket}: ${plan.bucket === "create" ? "create" : "exists"}; ${plan.code === "upload" ? "upload the code" : "has the code"}`,
    ...(plan.secret === "none"
      ? []
      : [
          `parameter ${plan.parameter}: ${plan.secret === "write" ? "write the webhook's URL" : "exists"}`,
        ]),
    `stack ${deploymentName}: ${stackTexts[plan.stack]}`,
    ...(set === undefined
      ? []
      : [
          `StackSet ${deploymentName}: ${set.set === "keep" ? "is up to date" : set.set}`,
          ...set.missing.map((id) => `  ${name(id)}: create a stack`),
          ...set.broken.map((id) => `  ${name(id)}: try again`),
          ...(plan.leftOut === undefined
            ? []
            : [
                `  management account ${plan.leftOut}: a StackSet leaves it out; deploy there with a role of that account`,
              ]),
        ]),
  ];
}

export function planJson(plan: PrintedDeployment): object {
  const { bucket, code, secret, stack, set } = plan;
  return {
    bucket,
    code,
    secret,
    stack,
    stackSet:
      set === undefined ? null : { step: set.set, missing: set.missing, broken: set.broken },
  };
}

export function statesJson(states: readonly AccountState[]): object {
  return states.map(({ account, name, state, reason, isGood }) => ({
    account,
    name,
    state,
    reason: reason ?? null,
    deployed: isGood,
  }));
}

export function stateTable(states: readonly AccountState[], style: Style): string {
  return textTable([
    ["ACCOUNT", "NAME", "STATE", ""].map((text) => ({ text, paint: style.heading })),
    ...states.map(({ account, name, state, reason }) => [
      account,
      name === account ? "" : name,
      state,
      reason ?? "",
    ]),
  ]);
}

/** Lines for a shell with the AWS CLI: they do what the command does. `policy`: of the bucket. */
export function deployCommands(
  request: DeploymentRequest,
  files: { readonly zipPath: string; readonly templatePath: string },
  target: { readonly units: readonly string[]; readonly callAs: CallAs } | undefined,
  policy: string,
): readonly string[] {
  const { region, account } = request;
  const bucket = codeBucket(request);
  const isDelegated = target?.callAs === "DELEGATED_ADMIN";
  const callAs = isDelegated ? ["--call-as", "DELEGATED_ADMIN"] : [];
  const filter = isDelegated ? `,Accounts=${account},AccountFilterType=DIFFERENCE` : "";
  const aws = (...typed: readonly string[]) => commandLine(["aws", ...typed, "--region", region]);
  const inRegion =
    region === "us-east-1" ? [] : ["--create-bucket-configuration", `LocationConstraint=${region}`];
  const pairs = (parameters: Readonly<Record<string, string>>) =>
    Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const cliParameters = (parameters: Readonly<Record<string, string>>) =>
    JSON.stringify(
      Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    );
  return [
    aws("s3api", "create-bucket", "--bucket", bucket, ...inRegion),
    aws(
      "s3api",
      "put-bucket-versioning",
      "--bucket",
      bucket,
      "--versioning-configuration",
      "Status=Enabled",
    ),
    aws("s3api", "put-bucket-policy", "--bucket", bucket, "--policy", policy),
    aws("s3", "cp", files.zipPath, `s3://${bucket}/${codeKey(request)}`),
    aws(
      ...["cloudformation", "deploy", "--stack-name", deploymentName],
      ...["--template-file", files.templatePath, "--capabilities", deploymentCapability],
      ...["--parameter-overrides", ...pairs(stackParameters(request))],
    ),
    ...(target === undefined
      ? []
      : [
          aws(
            ...["cloudformation", "create-stack-set", "--stack-set-name", deploymentName],
            ...["--permission-model", "SERVICE_MANAGED", ...callAs],
            ...["--auto-deployment", "Enabled=true,RetainStacksOnAccountRemoval=false"],
            ...["--template-body", `file://${files.templatePath}`],
            ...["--capabilities", deploymentCapability],
            ...["--parameters", cliParameters(stackSetParameters(request))],
          ),
          aws(
            ...["cloudformation", "create-stack-instances", "--stack-set-name", deploymentName],
            ...["--deployment-targets", `OrganizationalUnitIds=${target.units.join(",")}${filter}`],
            ...["--regions", region, ...callAs],
            ...[
              "--operation-preferences",
              "FailureTolerancePercentage=100,MaxConcurrentPercentage=100",
            ],
          ),
        ]),
  ];
}
