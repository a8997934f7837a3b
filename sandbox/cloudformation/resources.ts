// The kinds of resources that the sandbox's CloudFormation can make, each with the properties that it takes. What has
// effects elsewhere (roles, functions, topics) is made in the account; what has a name is there once.

import type { Account } from "../cloud/account.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { newUniqueId } from "../cloud/ids.ts";
import type { StackResource } from "../cloud/stack-entities.ts";
import type { PolicyDocument } from "../policy/document.ts";
import { canRead } from "../storage/buckets.ts";
import type { Evaluated } from "./template.ts";

export interface ResourcePlan {
  readonly cloud: Cloud;
  readonly account: Account;
  readonly region: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [name: string]: Evaluated };
  /** The resource before an update. */
  readonly before: StackResource | undefined;
}

interface ResourceKind {
  readonly takes: string;
  readonly needs: string;
  make(plan: ResourcePlan): Omit<StackResource, "type">;
}

/** Throws an Error with AWS's reason. */
export function makeResource(plan: ResourcePlan): StackResource {
  const kind = kinds[plan.type];
  if (kind === undefined) throw new Error(`Unrecognized resource types: [${plan.type}]`);
  const unknown = Object.keys(plan.properties).find(
    (name) => !kind.takes.split(" ").includes(name),
  );
  if (unknown !== undefined) throw new Error(`Encountered unsupported property ${unknown}`);
  const missing = kind.needs
    .split(" ")
    .find((name) => name !== "" && !Object.hasOwn(plan.properties, name));
  if (missing !== undefined) throw new Error(`Property ${missing} cannot be empty.`);
  return { type: plan.type, ...kind.make(plan) };
}

const kinds: Readonly<Record<string, ResourceKind>> = {
  "AWS::IAM::Role": {
    takes: "Path AssumeRolePolicyDocument Policies",
    needs: "AssumeRolePolicyDocument",
    make({ account, stackName, logicalId, properties, before }) {
      const policies = (properties["Policies"] ?? []) as unknown as {
        PolicyName: string;
        PolicyDocument: PolicyDocument;
      }[];
      const named = policies.map(({ PolicyName, PolicyDocument }) => ({
        name: PolicyName,
        document: PolicyDocument,
      }));
      const name = before?.id ?? nameFor(stackName, logicalId);
      const trust = properties["AssumeRolePolicyDocument"] as unknown as PolicyDocument;
      const role =
        account.roles.get(name) ??
        account.addRole(name, { path: String(properties["Path"] ?? "/"), trust, policies: named });
      role.policies = named;
      role.trust = trust;
      return {
        id: name,
        attributes: new Map([["Arn", role.arn]]),
        remove: () => account.roles.delete(name),
      };
    },
  },
  "AWS::IAM::Policy": {
    takes: "PolicyName PolicyDocument Roles",
    needs: "PolicyName PolicyDocument",
    make({ account, logicalId, properties }) {
      const name = String(properties["PolicyName"]);
      const document = properties["PolicyDocument"] as unknown as PolicyDocument;
      const roles = ((properties["Roles"] ?? []) as string[]).map((each) => account.role(each));
      const drop = () => {
        for (const role of roles) {
          role.policies = role.policies.filter((policy) => policy.name !== name);
        }
      };
      drop();
      for (const role of roles) role.policies.push({ name, document });
      return { id: logicalId, attributes: new Map(), remove: drop };
    },
  },
  "AWS::Lambda::Function": {
    takes:
      "FunctionName Description Code Runtime Architectures Handler MemorySize Timeout Role RecursiveLoop DeadLetterConfig LoggingConfig Environment",
    needs: "Code Role Handler Runtime",
    make({ cloud, account, region, stackName, logicalId, properties, before }) {
      const name = String(properties["FunctionName"] ?? nameFor(stackName, logicalId));
      const { S3Bucket, S3Key } = properties["Code"] as Record<string, string>;
      const code = { bucket: S3Bucket ?? "", key: S3Key ?? "" };
      checkRuntime(properties);
      const problem = canRead(cloud, account, region, code);
      if (problem !== undefined) throw new Error(problem);
      const arn = account.regionalArn("lambda", region, `function:${name}`);
      const key = `${region}/${name}`;
      const old = account.functions.get(key);
      if (old && before?.id !== name) throw alreadyExists(`Function ${name}`);
      const roleArn = String(properties["Role"]);
      if (old) Object.assign(old, { code, roleArn, settings: properties });
      else
        account.functions.set(key, {
          name,
          region,
          arn,
          roleArn,
          code,
          settings: properties,
          events: [],
        });
      return {
        id: name,
        attributes: new Map([["Arn", arn]]),
        remove: () => account.functions.delete(key),
      };
    },
  },
  "AWS::Logs::LogGroup": {
    takes: "LogGroupName RetentionInDays",
    needs: "",
    make: (plan) => {
      const name = String(
        plan.properties["LogGroupName"] ?? nameFor(plan.stackName, plan.logicalId),
      );
      return once(plan, "logs", name, `log-group:${name}:*`);
    },
  },
  "AWS::SQS::Queue": {
    takes: "QueueName MessageRetentionPeriod SqsManagedSseEnabled",
    needs: "",
    make(plan) {
      const name = String(
        plan.properties["QueueName"] ??
          plan.before?.attributes.get("QueueName") ??
          nameFor(plan.stackName, plan.logicalId),
      );
      const made = once(plan, "sqs", name, name);
      const url = `https://sqs.${plan.region}.amazonaws.com/${plan.account.id}/${name}`;
      return { ...made, id: url, attributes: new Map([...made.attributes, ["QueueName", name]]) };
    },
  },
  "AWS::SNS::Topic": {
    takes: "TopicName",
    needs: "",
    make(plan) {
      const name = String(plan.properties["TopicName"] ?? nameFor(plan.stackName, plan.logicalId));
      const made = once(plan, "sns", name, name);
      const arn = made.attributes.get("Arn") ?? "";
      plan.account.topics.add(arn);
      return {
        ...made,
        id: arn,
        remove() {
          made.remove();
          plan.account.topics.delete(arn);
          plan.account.topicPolicies.delete(arn);
        },
      };
    },
  },
  "AWS::SNS::TopicPolicy": {
    takes: "Topics PolicyDocument",
    needs: "Topics PolicyDocument",
    make({ account, properties, logicalId }) {
      const topics = properties["Topics"] as string[];
      const document = properties["PolicyDocument"] as unknown as PolicyDocument;
      for (const arn of topics) account.topicPolicies.set(arn, document);
      return plainResource(logicalId);
    },
  },
  "AWS::SNS::Subscription": {
    takes: "TopicArn Protocol Endpoint",
    needs: "TopicArn Protocol",
    make: ({ logicalId, properties }) => plainResource(`${properties["TopicArn"]}:${logicalId}`),
  },
  "AWS::Lambda::Permission": {
    takes: "FunctionName Action Principal SourceArn",
    needs: "FunctionName Action Principal",
    make: ({ logicalId }) => plainResource(logicalId),
  },
  "AWS::Lambda::EventInvokeConfig": {
    takes: "FunctionName Qualifier MaximumRetryAttempts",
    needs: "FunctionName Qualifier",
    make: ({ logicalId }) => plainResource(logicalId),
  },
  "AWS::Scheduler::Schedule": {
    takes: "Name ScheduleExpression ScheduleExpressionTimezone FlexibleTimeWindow Target",
    needs: "ScheduleExpression FlexibleTimeWindow Target",
    make(plan) {
      const expression = String(plan.properties["ScheduleExpression"]);
      if (!/^(cron\((\S+ ){5}\S+\)|rate\(\d+ (minute|hour|day)s?\))$/.test(expression)) {
        throw new Error(`Invalid Schedule Expression ${expression}.`);
      }
      const name = String(plan.properties["Name"] ?? nameFor(plan.stackName, plan.logicalId));
      return once(plan, "scheduler", name, `schedule/default/${name}`);
    },
  },
  "AWS::CloudWatch::Alarm": {
    takes:
      "AlarmDescription Namespace MetricName Dimensions Statistic Period EvaluationPeriods Threshold ComparisonOperator TreatMissingData AlarmActions",
    needs: "ComparisonOperator EvaluationPeriods",
    make: (plan) =>
      once(plan, "cloudwatch", nameFor(plan.stackName, plan.logicalId), `alarm:${plan.logicalId}`),
  },
};

const runtimes = ["nodejs22.x", "nodejs24.x"];

function checkRuntime(properties: ResourcePlan["properties"]): void {
  const runtime = String(properties["Runtime"]);
  const timeout = Number(properties["Timeout"] ?? 3);
  if (!runtimes.includes(runtime))
    throw new Error(`Value ${runtime} at 'runtime' failed to satisfy constraint`);
  if (timeout < 1 || timeout > 900)
    throw new Error(`Value '${timeout}' at 'timeout' failed to satisfy constraint`);
}

/** A named thing of a service without effects of its own in the sandbox. */
function once(
  { account, region, before, type }: ResourcePlan,
  service: string,
  name: string,
  path: string,
) {
  const arn = account.regionalArn(service, region, path);
  const key = `${type} ${region} ${name}`;
  if (account.named.has(key) && before === undefined) throw alreadyExists(name);
  account.named.add(key);
  return {
    id: name,
    attributes: new Map([["Arn", arn]]),
    remove: () => account.named.delete(key) as unknown as undefined,
  };
}

function plainResource(id: string): Omit<StackResource, "type"> {
  return { id, attributes: new Map(), remove: () => {} };
}

/** `STACK-LOGICAL-RANDOM`, 64 characters at most. */
function nameFor(stackName: string, logicalId: string): string {
  return `${stackName.slice(0, 24)}-${logicalId.slice(0, 24)}-${newUniqueId("AIDA").slice(-12)}`;
}

function alreadyExists(what: string): Error {
  return new Error(`${what} already exists`);
}
