// Makes, changes and deletes the resources of a stack. The end is reckoned at once; describing the stack shows it after
// as many looks as the settings say. A stack that fails leaves nothing behind, as with AWS's default.

import type { Account } from "../cloud/account.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { newUniqueId } from "../cloud/ids.ts";
import type { Stack, StackResource } from "../cloud/stack-entities.ts";
import { makeResource } from "./resources.ts";
import {
  evaluate,
  isTrue,
  mapOf,
  parameterValues,
  parseTemplate,
  type Scope,
  type Template,
} from "./template.ts";

export interface StackPlan {
  readonly cloud: Cloud;
  readonly account: Account;
  readonly region: string;
  readonly name: string;
  readonly templateBody: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly polls: number;
}

export function stackKey(region: string, name: string): string {
  return `${region}/${name}`;
}

/** Throws AWS's ValidationError for what is wrong with template and parameters; nothing is made then. */
export function createStack(plan: StackPlan): Stack {
  const { account, region, name, now } = plan;
  const id = account.regionalArn("cloudformation", region, `stack/${name}/${newUniqueId("AIDA")}`);
  const stack: Stack = {
    name,
    id,
    region,
    createdAt: now,
    templateBody: plan.templateBody,
    parameters: plan.parameters,
    status: "CREATE_COMPLETE",
    reason: undefined,
    polls: plan.polls,
    outputs: new Map(),
    resources: new Map(),
    events: [],
  };
  const template = parseTemplate(plan.templateBody);
  const values = parameterValues(template, plan.parameters);
  account.stacks.set(stackKey(region, name), stack);
  const problem = apply(stack, template, values, plan);
  if (problem !== undefined) {
    for (const resource of [...stack.resources.values()].reverse()) resource.remove();
    stack.resources.clear();
    stack.status = "ROLLBACK_COMPLETE";
    stack.reason = problem;
  }
  return stack;
}

/** Returns whether there was something to change. Throws as above. */
export function updateStack(stack: Stack, plan: StackPlan): boolean {
  const template = parseTemplate(plan.templateBody);
  const values = parameterValues(template, plan.parameters);
  const before = parameterValues(parseTemplate(stack.templateBody), stack.parameters);
  const isSame =
    stack.templateBody === plan.templateBody &&
    [...values].every(([name, value]) => before.get(name) === value);
  if (isSame) return false;
  stack.polls = plan.polls;
  const problem = apply(stack, template, values, plan);
  stack.status = problem === undefined ? "UPDATE_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE";
  stack.reason = problem;
  if (problem !== undefined) {
    apply(stack, parseTemplate(stack.templateBody), before, plan);
    return true;
  }
  stack.templateBody = plan.templateBody;
  stack.parameters = plan.parameters;
  return true;
}

export function deleteStack(account: Account, stack: Stack): void {
  for (const resource of [...stack.resources.values()].reverse()) resource.remove();
  account.stacks.delete(stackKey(stack.region, stack.name));
}

/** Returns AWS's reason where a resource could not be made. */
function apply(
  stack: Stack,
  template: Template,
  parameters: ReadonlyMap<string, string>,
  { cloud, account, region, name, now }: StackPlan,
): string | undefined {
  const before = new Map(stack.resources);
  const made = new Map<string, StackResource>();
  const values = new Map([
    ...parameters,
    ["AWS::AccountId", account.id],
    ["AWS::Partition", account.partition],
    ["AWS::Region", region],
    ["AWS::StackName", name],
    ["AWS::StackId", stack.id],
  ]);
  const beginning = new Set<string>();
  const scope: Scope = {
    conditions: template.conditions,
    values,
    resource(id, attribute) {
      const resource = made.get(id) ?? make(id);
      const value = attribute === undefined ? resource.id : resource.attributes.get(attribute);
      if (value === undefined)
        throw new Error(
          `Requested attribute ${attribute} must be a readonly property in schema for ${resource.type}`,
        );
      return value;
    },
  };
  const event = (logicalId: string, type: string, status: string, reason?: string) =>
    stack.events.unshift({ logicalId, type, status, reason, at: now });
  const make = (logicalId: string): StackResource => {
    const definition = template.resources[logicalId];
    if (definition === undefined)
      throw new Error(`Unresolved resource dependencies [${logicalId}]`);
    if (beginning.has(logicalId))
      throw new Error(`Circular dependency between resources: [${logicalId}]`);
    beginning.add(logicalId);
    const { Type, Properties } = mapOf(definition);
    const type = String(Type);
    const old = before.get(logicalId);
    try {
      const properties = (evaluate(Properties ?? {}, scope) ?? {}) as never;
      const resource = makeResource({
        cloud,
        account,
        region,
        stackName: name,
        logicalId,
        type,
        properties,
        before: old,
      });
      made.set(logicalId, resource);
      stack.resources.set(logicalId, resource);
      event(logicalId, type, old ? "UPDATE_COMPLETE" : "CREATE_COMPLETE");
      return resource;
    } catch (error) {
      event(logicalId, type, old ? "UPDATE_FAILED" : "CREATE_FAILED", (error as Error).message);
      throw error;
    }
  };
  try {
    for (const [logicalId, definition] of Object.entries(template.resources)) {
      const { Condition } = mapOf(definition);
      if (Condition !== undefined && !isTrue(String(Condition), scope)) continue;
      if (!made.has(logicalId)) make(logicalId);
    }
    for (const [logicalId, resource] of before) {
      if (made.has(logicalId)) continue;
      resource.remove();
      stack.resources.delete(logicalId);
    }
    const outputs = Object.entries(template.outputs).flatMap(([output, definition]) => {
      const { Condition, Value } = mapOf(definition);
      if (Condition !== undefined && !isTrue(String(Condition), scope)) return [];
      return [[output, String(evaluate(Value ?? null, scope))] as const];
    });
    Object.assign(stack, { outputs: new Map(outputs) });
    return undefined;
  } catch (error) {
    return `The following resource(s) failed: ${(error as Error).message}`;
  }
}
