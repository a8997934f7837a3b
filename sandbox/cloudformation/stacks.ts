// CloudFormation's stacks, as far as one template in one account needs them.

import type { Action, ActionRequest } from "../action.ts";
import type { Stack } from "../cloud/stack-entities.ts";
import { permitService } from "../messages/permit.ts";
import { validationError } from "../wire/service-error.ts";
import { listEntries, type Parameters, type Shape, textList } from "../wire/shapes.ts";
import {
  updateStack as changeStack,
  createStack as makeStack,
  deleteStack as removeStack,
  stackKey,
} from "./run-stack.ts";
import { checkCapabilities, parseTemplate } from "./template.ts";

const nameShape = {
  required: true,
  min: 1,
  max: 128,
  pattern: /[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*/,
};

export const parametersShape: Shape = {
  TemplateBody: { required: true, min: 1, max: 51_200 },
  Parameters: { list: { ParameterKey: { required: true }, ParameterValue: { required: true } } },
  Capabilities: {
    list: { oneOf: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"] },
  },
};

export const createStack: Action = {
  input: {
    StackName: nameShape,
    ...parametersShape,
    OnFailure: { oneOf: ["ROLLBACK", "DELETE", "DO_NOTHING"] },
  },
  run(request) {
    const { parameters, settings, caller } = request;
    const name = parameters.get("StackName") ?? "";
    permitStack(request, "CreateStack", name);
    if (caller.account.stacks.has(stackKey(request.region, name))) {
      throw alreadyExists(name);
    }
    const plan = planOf(request, name);
    checkCapabilities(parseTemplate(plan.templateBody), textList(parameters, "Capabilities"));
    const stack = makeStack({ ...plan, polls: settings.stackPolls });
    return { StackId: stack.id };
  },
};

export const updateStack: Action = {
  input: { StackName: nameShape, ...parametersShape },
  run(request) {
    const { parameters, settings } = request;
    const name = parameters.get("StackName") ?? "";
    permitStack(request, "UpdateStack", name);
    const stack = requireStack(request, name);
    const status = statusOf(stack);
    if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(status)) {
      throw validationError(`Stack:${stack.id} is in ${status} state and can not be updated.`);
    }
    const plan = planOf(request, name);
    checkCapabilities(parseTemplate(plan.templateBody), textList(parameters, "Capabilities"));
    if (!changeStack(stack, { ...plan, polls: settings.stackPolls })) {
      throw validationError("No updates are to be performed.");
    }
    return { StackId: stack.id };
  },
};

export const deleteStack: Action = {
  input: { StackName: nameShape },
  run(request) {
    const name = request.parameters.get("StackName") ?? "";
    permitStack(request, "DeleteStack", name);
    const stack = findStack(request, name);
    if (stack) removeStack(request.caller.account, stack);
    return undefined;
  },
};

export const describeStacks: Action = {
  input: { StackName: nameShape },
  run(request) {
    const name = request.parameters.get("StackName") ?? "";
    permitStack(request, "DescribeStacks", name);
    const stack = requireStack(request, name);
    const status = statusOf(stack);
    const shown = {
      StackId: stack.id,
      StackName: stack.name,
      CreationTime: stack.createdAt,
      StackStatus: status,
      StackStatusReason: stack.polls > 0 ? undefined : stack.reason,
      Parameters: [...stack.parameters].map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Outputs: [...stack.outputs].map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    };
    if (stack.polls > 0) stack.polls--;
    return { Stacks: [shown] };
  },
};

export const describeStackEvents: Action = {
  input: { StackName: nameShape, NextToken: { max: 1024 } },
  run(request) {
    const name = request.parameters.get("StackName") ?? "";
    permitStack(request, "DescribeStackEvents", name);
    const stack = requireStack(request, name);
    return {
      StackEvents: stack.events.map(({ logicalId, type, status, reason, at }, index) => ({
        EventId: `${logicalId}-${index}`,
        StackId: stack.id,
        StackName: stack.name,
        LogicalResourceId: logicalId,
        ResourceType: type,
        ResourceStatus: status,
        ResourceStatusReason: reason,
        Timestamp: at,
      })),
    };
  },
};

export const getTemplate: Action = {
  input: { StackName: nameShape, TemplateStage: { oneOf: ["Original", "Processed"] } },
  run(request) {
    const name = request.parameters.get("StackName") ?? "";
    permitStack(request, "GetTemplate", name);
    return { TemplateBody: requireStack(request, name).templateBody };
  },
};

export function givenParameters(parameters: Parameters): ReadonlyMap<string, string> {
  return new Map(
    listEntries(parameters, "Parameters").map((entry) => [
      entry.get("ParameterKey") ?? "",
      entry.get("ParameterValue") ?? "",
    ]),
  );
}

function planOf({ cloud, caller, region, parameters, now }: ActionRequest, name: string) {
  const templateBody = parameters.get("TemplateBody") ?? "";
  return {
    cloud,
    account: caller.account,
    region,
    name,
    templateBody,
    parameters: givenParameters(parameters),
    now,
  };
}

/** While a change is in progress it shows as such. */
function statusOf({ status, polls }: Stack): string {
  if (polls === 0) return status;
  return status.startsWith("UPDATE") ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS";
}

function permitStack(request: ActionRequest, action: string, name: string): void {
  const { caller, region } = request;
  const arn = caller.account.regionalArn("cloudformation", region, `stack/${name}/*`);
  permitService(request, `cloudformation:${action}`, arn);
}

function findStack({ caller, region }: ActionRequest, name: string): Stack | undefined {
  return caller.account.stacks.get(stackKey(region, name));
}

function requireStack(request: ActionRequest, name: string): Stack {
  const stack = findStack(request, name);
  if (!stack) throw validationError(`Stack with id ${name} does not exist`);
  return stack;
}

function alreadyExists(name: string): Error {
  return Object.assign(validationError(`Stack [${name}] already exists`), {
    code: "AlreadyExistsException",
  });
}
