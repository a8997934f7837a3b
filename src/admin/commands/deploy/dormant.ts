// `awst admin deploy dormant`: enforcement by a function in AWS, in one account or in an organization.

import { defineCommand } from "../../../args/command.ts";
import { flag, list, text, value } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { Secret } from "../../../model/secret.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { countText } from "../../../model/text/count-text.ts";
import type { Context } from "../../../ports.ts";
import {
  carryOutDeployment,
  type DeploymentPlan,
  findOrganizationTarget,
  isNothingToDo,
  type OrganizationTarget,
  parameterOf,
  planDeployment,
} from "../../flows/deploy-function.ts";
import { takeSteps } from "../../flows/expected-errors.ts";
import { readSchedule, readTimezone, readTopic } from "../../model/deploy-options.ts";
import { bucketPolicy, type DeploymentRequest, isWebhookUrl } from "../../model/deployment.ts";
import { asOptions, confirmPlan, planOptions } from "../../open-command.ts";
import { deploymentRequest, openDeployment } from "../../open-deploy.ts";
import {
  deployCommands,
  planJson,
  planLines,
  statesJson,
  stateTable,
} from "../../output/deployment-report.ts";
import { stoppedFailure, stoppedJson, stoppedNotes } from "../../output/stopped-report.ts";
import { carryOut } from "../../stop-calls.ts";

export const command = defineCommand({
  name: "admin deploy dormant",
  group: "Administration",
  summary:
    "run dormant enforce in AWS: a function on a schedule, in one account or an organization",
  details: `Creates or updates a CloudFormation stack (function, schedule, alarms, log) with the settings of [admin.dormant]. With --organization a StackSet deploys it to every active account of the organization or its units, and to accounts that join later; an account that fails stops no other. It runs in the management account, or in a delegated administrator of StackSets. The code goes to a bucket that only accounts of the organization can read. With slack or webhook only this account knows the URL: the other accounts send their notices to a topic here. Running the command again continues or updates. Needs cloudformation:*, s3:* on the bucket, iam:CreateRole and what the template makes (iam, lambda, logs, sqs, sns, scheduler, cloudwatch), ssm:PutParameter, organizations:Describe* and List*.`,
  options: {
    ...asOptions,
    ...planOptions,
    organization: list("UNIT", "deploy to this unit of the organization (ou-…); all: to the whole"),
    region: text("REGION", "region of the function (default: that of the session)"),
    schedule: value(
      "TEXT",
      "when it runs: rate(…), cron(…) or at(…); default cron(0 6 * * ? *)",
      readSchedule,
    ),
    timezone: value("NAME", "time zone of the schedule, default UTC", readTimezone),
    alarmTopic: value("ARN", "SNS topic for the alarms, in the same region", readTopic),
    secretFile: text("FILE", "file with the webhook's URL; - for stdin"),
    reportOnly: flag("the function only writes into its log what it would do"),
    print: flag("print the files and the commands of the AWS CLI that do the same"),
  },
  conflicts: { print: ["dryRun", "yes", "secretFile"] },
  examples: [
    { line: "awst admin deploy dormant --dry-run", meaning: "what would be deployed" },
    { line: "awst admin deploy dormant --organization all", meaning: "in every account" },
    { line: "awst admin deploy dormant --print", meaning: "the commands, to run by other means" },
  ],
  json: [
    ["plan.bucket, .code, .secret, .stack", "what is done: create, upload, write, update, keep …"],
    ["plan.stackSet", "null for one account; else step, missing and broken: accounts"],
    ["accounts[].account, .name", "12 digits, name"],
    ["accounts[].state, .reason", "CURRENT, FAILED, MISSING …; why, or null"],
    ["accounts[].deployed", "whether the function is there as wanted"],
    ["state", "planned, unchanged, deployed, or stopped; deployed also where accounts failed"],
    ["done[]", "what was done, in order, also before an error"],
    ["error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const opened = await openDeployment(context, { ...args, code: args.mfaCode }, args.region);
    const target = await targetOf(opened, args.organization);
    const { request, files } = await deploymentRequest(context, opened, target?.id, args);
    const callerArn = opened.session.arn;
    if (args.print) {
      const policy = bucketPolicy(request, callerArn);
      const commands = deployCommands(request, files, target, policy);
      return { text: commands.map((line) => `${line}\n`).join("") };
    }
    const given = await readSecret(context, args.secretFile);
    const plan = await planDeployment(opened, request, target, given !== undefined);
    const lines = planLines(printed(plan, request, target), request);
    const json = planJson(printed(plan, request, target));
    const isIdle = isNothingToDo(plan) && given === undefined;
    if (args.dryRun || isIdle) {
      const state = isIdle ? "unchanged" : "planned";
      return {
        json: { plan: json, accounts: [], state, done: [], error: null },
        text: lines.map((line) => `${line}\n`).join(""),
      };
    }
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: "Deploy this?",
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const secret =
      given ?? (plan.secret === "write" ? await askSecret(context, request) : undefined);
    return carryOut(async () => {
      const {
        value: states = [],
        done,
        error,
      } = await takeSteps((each) =>
        carryOutDeployment({ ...opened, done: each }, request, target, { callerArn, secret }),
      );
      const state = { ...stoppedJson(error, "deployed"), done };
      const result = { plan: json, accounts: statesJson(states), ...state };
      if (error !== undefined) {
        const failure = stoppedFailure(error, commandLine(args.fullLine));
        return { json: result, notes: stoppedNotes("the deployment", done), failure };
      }
      const failed = states.filter(({ isGood }) => !isGood).length;
      return {
        json: result,
        text: (style) => stateTable(states, style),
        notes: [`deployed to ${states.length - failed} of ${countText(states.length, "account")}`],
        ...(failed > 0 && {
          failure: new AwstError(
            "ADMIN_INCOMPLETE",
            `accounts without a working function: ${failed}`,
            {
              hint: "repair the cause and run the command again: it continues with them",
            },
          ),
        }),
      };
    });
  },
});

async function targetOf(
  opened: Awaited<ReturnType<typeof openDeployment>>,
  named: readonly string[],
): Promise<OrganizationTarget | undefined> {
  if (named.length === 0) return undefined;
  const unit = named.find((each) => each !== "all" && !/^(ou-[a-z0-9-]+|r-[a-z0-9]+)$/.test(each));
  if (unit !== undefined) {
    throw new AwstError("USAGE", `--organization ${JSON.stringify(unit)} is not the id of a unit`, {
      hint: "--organization ou-abcd-12345678, or --organization all",
    });
  }
  return findOrganizationTarget(
    opened,
    opened.session.accountId,
    named.includes("all") ? [] : named,
  );
}

function printed(
  plan: DeploymentPlan,
  request: DeploymentRequest,
  target: OrganizationTarget | undefined,
) {
  const names = new Map((target?.accounts ?? []).map(({ id, name }) => [id, name]));
  const isOwn = target?.managementAccount === request.account;
  return {
    ...plan,
    parameter: parameterOf(request),
    leftOut: isOwn ? undefined : target?.managementAccount,
    names,
  };
}

async function readSecret(context: Context, file: string | undefined): Promise<Secret | undefined> {
  return file === undefined
    ? undefined
    : checkedUrl(new Secret((await context.readText(file)).trim()));
}

/** Errors: CONFIRMATION_NEEDED without a terminal. */
async function askSecret(context: Context, request: DeploymentRequest): Promise<Secret> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    throw new AwstError(
      "CONFIRMATION_NEEDED",
      `the parameter ${parameterOf(request)} does not exist, and there is no terminal to ask for the webhook's URL`,
      { hint: "--secret-file FILE" },
    );
  }
  return checkedUrl(await terminal.askSecret({ text: "URL of the webhook" }));
}

/** Errors: USAGE; the message has nothing of the text. */
function checkedUrl(secret: Secret): Secret {
  if (isWebhookUrl(secret)) return secret;
  throw new AwstError("USAGE", "the webhook's URL is not an https URL", {
    hint: "copy the whole URL, as Slack shows it",
  });
}
