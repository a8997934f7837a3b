// StackSets with service-managed permissions: one template in every active account of some organizational units, never
// in the management account. An operation ends when more accounts failed than its tolerance; the rest is cancelled.

import type { Action, ActionRequest } from "../action.ts";
import type { Account } from "../cloud/account.ts";
import { newUniqueId } from "../cloud/ids.ts";
import { accountsUnder, type Organization } from "../cloud/organization.ts";
import type { StackInstance, StackSet, StackSetOperation } from "../cloud/stack-entities.ts";
import { permitService } from "../messages/permit.ts";
import { ServiceError, validationError } from "../wire/service-error.ts";
import { textList } from "../wire/shapes.ts";
import { createStack, deleteStack, stackKey, updateStack } from "./run-stack.ts";
import { givenParameters, parametersShape } from "./stacks.ts";
import { checkCapabilities, parameterValues, parseTemplate } from "./template.ts";

const setShape = {
  StackSetName: { required: true, min: 1, max: 128, pattern: /[a-zA-Z][-a-zA-Z0-9]*/ },
  CallAs: { oneOf: ["SELF", "DELEGATED_ADMIN"] },
};
const targetShape = {
  "DeploymentTargets.OrganizationalUnitIds": {
    list: { pattern: /ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}/ },
  },
  "DeploymentTargets.Accounts": { list: { pattern: /\d{12}/ } },
  "DeploymentTargets.AccountFilterType": { oneOf: ["NONE", "INTERSECTION", "DIFFERENCE", "UNION"] },
  Regions: { required: true, list: { pattern: /[a-z0-9-]+/ } },
};
const preferencesShape = {
  "OperationPreferences.FailureTolerancePercentage": { number: true, min: 0, max: 100 },
  "OperationPreferences.MaxConcurrentPercentage": { number: true, min: 1, max: 100 },
};

export const createStackSet: Action = {
  input: {
    ...setShape,
    ...parametersShape,
    PermissionModel: { oneOf: ["SERVICE_MANAGED", "SELF_MANAGED"] },
    "AutoDeployment.Enabled": { oneOf: ["true", "false"] },
    "AutoDeployment.RetainStacksOnAccountRemoval": { oneOf: ["true", "false"] },
    Description: { max: 1024 },
  },
  run(request) {
    const { parameters, region } = request;
    const name = parameters.get("StackSetName") ?? "";
    permitSet(request, "CreateStackSet", name);
    requireOrganization(request);
    if (parameters.get("PermissionModel") !== "SERVICE_MANAGED") {
      throw validationError(
        "the sandbox knows stack sets with PermissionModel SERVICE_MANAGED alone",
      );
    }
    if (parameters.get("AutoDeployment.Enabled") === undefined) {
      throw validationError(
        "AutoDeployment must be specified when PermissionModel is SERVICE_MANAGED",
      );
    }
    const key = stackKey(region, name);
    const owner = ownerOf(request);
    if (owner.stackSets.has(key)) {
      throw new ServiceError(
        409,
        "NameAlreadyExistsException",
        `StackSet with name ${name} already exists.`,
      );
    }
    const set: StackSet = {
      name,
      id: `${name}:${newUniqueId("AIDA")}`,
      region,
      ...changedParts(request),
      instances: new Map(),
      operations: new Map(),
    };
    owner.stackSets.set(key, set);
    return { StackSetId: set.id };
  },
};

export const describeStackSet: Action = {
  input: setShape,
  run(request) {
    const name = request.parameters.get("StackSetName") ?? "";
    permitSet(request, "DescribeStackSet", name);
    const set = requireSet(request);
    return {
      StackSet: {
        StackSetName: set.name,
        StackSetId: set.id,
        Status: "ACTIVE",
        TemplateBody: set.templateBody,
        PermissionModel: "SERVICE_MANAGED",
        Parameters: [...set.parameters].map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Capabilities: set.capabilities,
      },
    };
  },
};

export const updateStackSet: Action = {
  input: { ...setShape, ...parametersShape, ...preferencesShape },
  run(request) {
    const set = permittedSet(request, "UpdateStackSet");
    Object.assign(set, changedParts(request));
    return start(request, set, "UPDATE", [...set.instances.values()], (instance) =>
      deploy(request, set, instance),
    );
  },
};

export const createStackInstances: Action = {
  input: { ...setShape, ...targetShape, ...preferencesShape },
  run(request) {
    const set = permittedSet(request, "CreateStackInstances");
    const found = targetsOf(request).map(({ accountId, region, unit }) => {
      const key = `${accountId}/${region}`;
      const instance: StackInstance = set.instances.get(key) ?? {
        accountId,
        region,
        organizationalUnitId: unit,
        status: "OUTDATED",
        detailedStatus: "PENDING",
        reason: undefined,
      };
      set.instances.set(key, instance);
      return instance;
    });
    return start(request, set, "CREATE", found, (instance) => deploy(request, set, instance));
  },
};

export const deleteStackInstances: Action = {
  input: {
    ...setShape,
    ...targetShape,
    ...preferencesShape,
    RetainStacks: { required: true, oneOf: ["true", "false"] },
  },
  run(request) {
    const set = permittedSet(request, "DeleteStackInstances");
    const keys = targetsOf(request).map(({ accountId, region }) => `${accountId}/${region}`);
    const found = keys.flatMap((key) => set.instances.get(key) ?? []);
    return start(request, set, "DELETE", found, (instance) => {
      const account = request.cloud.account(instance.accountId);
      const stack = account.stacks.get(stackKey(instance.region, stackNameOf(set)));
      if (stack && request.parameters.get("RetainStacks") !== "true") deleteStack(account, stack);
      set.instances.delete(`${instance.accountId}/${instance.region}`);
      return undefined;
    });
  },
};

export const listStackInstances: Action = {
  input: {
    ...setShape,
    NextToken: { max: 1024 },
    MaxResults: { number: true, min: 1, max: 100 },
  },
  run(request) {
    const { parameters, settings } = request;
    const set = permittedSet(request, "ListStackInstances", { whileRunning: true });
    const all = [...set.instances.values()];
    const size = settings.pageSize || Number(parameters.get("MaxResults") ?? 100);
    const from = Number(parameters.get("NextToken") ?? 0);
    const isRunning = runningOf(set) !== undefined;
    return {
      Summaries: all.slice(from, from + size).map((instance) => ({
        StackSetId: set.id,
        Account: instance.accountId,
        Region: instance.region,
        OrganizationalUnitId: instance.organizationalUnitId,
        Status: isRunning ? "OUTDATED" : instance.status,
        StatusReason: isRunning ? undefined : instance.reason,
        StackInstanceStatus: { DetailedStatus: isRunning ? "RUNNING" : instance.detailedStatus },
      })),
      NextToken: from + size < all.length ? String(from + size) : undefined,
    };
  },
};

export const describeStackSetOperation: Action = {
  input: { ...setShape, OperationId: { required: true, min: 1, max: 128 } },
  run(request) {
    const set = permittedSet(request, "DescribeStackSetOperation", { whileRunning: true });
    const operation = set.operations.get(request.parameters.get("OperationId") ?? "");
    if (!operation)
      throw new ServiceError(404, "OperationNotFoundException", "Operation not found.");
    const Status = operation.polls > 0 ? "RUNNING" : operation.status;
    if (operation.polls > 0) operation.polls--;
    return { StackSetOperation: { OperationId: operation.id, Action: operation.action, Status } };
  },
};

export const deleteStackSet: Action = {
  input: setShape,
  run(request) {
    const set = permittedSet(request, "DeleteStackSet");
    if (set.instances.size > 0) {
      throw new ServiceError(409, "StackSetNotEmptyException", "StackSet is not empty");
    }
    ownerOf(request).stackSets.delete(stackKey(request.region, set.name));
    return undefined;
  },
};

function changedParts({ parameters }: ActionRequest) {
  const templateBody = parameters.get("TemplateBody") ?? "";
  const given = givenParameters(parameters);
  const capabilities = textList(parameters, "Capabilities");
  const template = parseTemplate(templateBody);
  checkCapabilities(template, capabilities);
  parameterValues(template, given);
  return { templateBody, parameters: given, capabilities };
}

function start(
  request: ActionRequest,
  set: StackSet,
  action: StackSetOperation["action"],
  instances: readonly StackInstance[],
  work: (instance: StackInstance) => string | undefined,
) {
  const percentage = Number(
    request.parameters.get("OperationPreferences.FailureTolerancePercentage") ?? 0,
  );
  const tolerated = Math.floor((instances.length * percentage) / 100);
  let failed = 0;
  for (const instance of instances) {
    if (failed > tolerated) {
      Object.assign(instance, {
        detailedStatus: "CANCELLED",
        reason: "Cancelled since failure tolerance has exceeded",
      });
      continue;
    }
    const problem = work(instance);
    if (problem === undefined) {
      Object.assign(instance, {
        status: "CURRENT",
        detailedStatus: "SUCCEEDED",
        reason: undefined,
      });
    } else {
      failed++;
      Object.assign(instance, { status: "OUTDATED", detailedStatus: "FAILED", reason: problem });
    }
  }
  const operation: StackSetOperation = {
    id: newUniqueId("AIDA"),
    action,
    status: failed > tolerated ? "FAILED" : "SUCCEEDED",
    polls: request.settings.stackPolls,
  };
  set.operations.set(operation.id, operation);
  return { OperationId: operation.id };
}

function deploy(
  { cloud, now }: ActionRequest,
  set: StackSet,
  { accountId, region }: StackInstance,
): string | undefined {
  const account = cloud.account(accountId);
  const { templateBody, parameters } = set;
  const plan = {
    cloud,
    account,
    region,
    name: stackNameOf(set),
    templateBody,
    parameters,
    now,
    polls: 0,
  };
  const old = account.stacks.get(stackKey(region, plan.name));
  const isBroken = old?.status === "ROLLBACK_COMPLETE";
  if (old && isBroken) deleteStack(account, old);
  if (old && !isBroken) {
    updateStack(old, plan);
    return old.status === "UPDATE_ROLLBACK_COMPLETE"
      ? reasonOf(plan.name, account.id, old.reason)
      : undefined;
  }
  const made = createStack(plan);
  return made.status === "ROLLBACK_COMPLETE"
    ? reasonOf(plan.name, account.id, made.reason)
    : undefined;
}

function reasonOf(name: string, accountId: string, reason: string | undefined): string {
  return `ResourceLogicalId:${name}, Account:${accountId}, ResourceStatusReason:${reason ?? ""}`;
}

function stackNameOf({ id, name }: StackSet): string {
  return `StackSet-${name}-${id.split(":")[1] ?? ""}`;
}

function targetsOf(request: ActionRequest) {
  const { parameters } = request;
  const organization = requireOrganization(request);
  const units = textList(parameters, "DeploymentTargets.OrganizationalUnitIds");
  if (units.length === 0) {
    throw validationError("DeploymentTargets is required for a service managed stack set");
  }
  const filtered = textList(parameters, "DeploymentTargets.Accounts");
  const filter = parameters.get("DeploymentTargets.AccountFilterType") ?? "NONE";
  if (filter === "UNION" || filtered.length > 0 !== (filter !== "NONE")) {
    throw validationError("Accounts and AccountFilterType INTERSECTION or DIFFERENCE go together");
  }
  const isWanted = (id: string) =>
    filter === "NONE" || filtered.includes(id) === (filter === "INTERSECTION");
  const regions = textList(parameters, "Regions");
  return units.flatMap((unit) => {
    const accounts = accountsUnder(organization, unit);
    if (accounts === undefined) throw validationError(`OrganizationalUnit ${unit} does not exist`);
    return accounts
      .filter(({ state }) => state === "ACTIVE")
      .filter(({ accountId }) => accountId !== organization.managementAccountId)
      .filter(({ accountId }) => isWanted(accountId))
      .flatMap(({ accountId }) => regions.map((region) => ({ accountId, region, unit })));
  });
}

/** StackSets with service-managed permissions belong to the management account, also those that another account made. */
function ownerOf(request: ActionRequest): Account {
  const { cloud, caller, parameters } = request;
  const isDelegated = parameters.get("CallAs") === "DELEGATED_ADMIN";
  return isDelegated
    ? cloud.account(requireOrganization(request).managementAccountId)
    : caller.account;
}

function requireOrganization({ cloud, caller, parameters }: ActionRequest): Organization {
  const { organization } = cloud;
  const isDelegated = parameters.get("CallAs") === "DELEGATED_ADMIN";
  if (isDelegated && !organization?.stackSetsAdministrators?.has(caller.account.id)) {
    throw validationError("Account used is not a delegated administrator");
  }
  if (!organization || (!isDelegated && organization.managementAccountId !== caller.account.id)) {
    throw validationError(
      "You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set",
    );
  }
  if (!organization.hasStackSetsAccess) {
    throw validationError(
      "You must enable organizations access to operate a service managed stack set",
    );
  }
  return organization;
}

function permittedSet(
  request: ActionRequest,
  action: string,
  how = { whileRunning: false },
): StackSet {
  permitSet(request, action, request.parameters.get("StackSetName") ?? "");
  const set = requireSet(request);
  const running = runningOf(set);
  if (!how.whileRunning && running !== undefined) {
    // A client that waits comes again: an operation that has no watcher ends too.
    running.polls--;
    throw new ServiceError(
      409,
      "OperationInProgressException",
      `Another Operation on StackSet ${set.id} is in progress`,
    );
  }
  return set;
}

function runningOf({ operations }: StackSet): StackSetOperation | undefined {
  return [...operations.values()].find(({ polls }) => polls > 0);
}

function permitSet(request: ActionRequest, action: string, name: string): void {
  const arn = request.caller.account.regionalArn(
    "cloudformation",
    request.region,
    `stackset/${name}:*`,
  );
  permitService(request, `cloudformation:${action}`, arn);
}

function requireSet(request: ActionRequest): StackSet {
  const name = request.parameters.get("StackSetName") ?? "";
  const set = ownerOf(request).stackSets.get(stackKey(request.region, name));
  if (!set) throw new ServiceError(404, "StackSetNotFoundException", `StackSet ${name} not found`);
  return set;
}
