// CloudFormation's stacks and StackSets, and the organization's units, by signed calls. What CloudFormation says in a
// ValidationError ("does not exist", "No updates") becomes a value.

import type { IamOptions } from "../../adapters/aws/aws-iam-call.ts";
import { AwstError } from "../../model/errors.ts";
import type { Keys } from "../../model/session/session.ts";
import type { DeployServices, StackRequest, StackSetName } from "../deploy-ports.ts";
import { type OrganizationAccount, readOrganizationPage } from "../model/account-targets.ts";
import { deploymentCapability, type FoundInstance, stackSetsService } from "../model/deployment.ts";
import { childOf, childrenOf, readXml, textOf, type XmlElement } from "../model/read-xml.ts";
import { bucketCalls } from "./deploy-storage.ts";
import { missingValueError, openSignedCalls, type SendSigned, undefinedIf } from "./signed-call.ts";

export function openDeployServices(
  keys: Keys,
  region: string,
  options: IamOptions,
): DeployServices {
  return deployServices(openSignedCalls(keys, region, options), region);
}

/** The same on requests that `send` makes. */
export function deployServices(send: SendSigned, region: string): DeployServices {
  return {
    ...organizationCalls(send),
    ...bucketCalls(send, region),
    ...stackCalls(send),
    ...stackSetCalls(send, region),
  };
}

/** A parameter: a text, a list of texts, a list of structures. */
type FormValue = string | readonly (string | Readonly<Record<string, string>>)[];

function cloudFormation(send: SendSigned) {
  return async (
    action: string,
    parameters: Readonly<Record<string, FormValue>>,
    isRepeatable = true,
  ): Promise<XmlElement> => {
    const form = new URLSearchParams({ Action: action, Version: "2010-05-15" });
    for (const [name, value] of Object.entries(parameters)) {
      if (typeof value === "string") form.set(name, value);
      else {
        for (const [at, one] of value.entries()) {
          const start = `${name}.member.${at + 1}`;
          if (typeof one === "string") form.set(start, one);
          else for (const [key, text] of Object.entries(one)) form.set(`${start}.${key}`, text);
        }
      }
    }
    const response = await send({
      service: "cloudformation",
      action,
      method: "POST",
      path: "/",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      responseFormat: "xml",
      isRepeatable,
    });
    const root = readXml(String(response));
    const result = childOf(root, `${action}Result`);
    if (root === undefined) throw missingValueError(action);
    return result ?? root;
  };
}

function stackCalls(
  send: SendSigned,
): Pick<
  DeployServices,
  "findStack" | "createStack" | "updateStack" | "deleteStack" | "stackFailures"
> {
  const call = cloudFormation(send);
  return {
    async findStack(StackName) {
      const found = await undefinedIf(/does not exist/, call("DescribeStacks", { StackName }));
      const stack = childOf(found, "Stacks", "member");
      if (stack === undefined) return undefined;
      const status = textOf(stack, "StackStatus");
      if (status === undefined) throw missingValueError("DescribeStacks");
      const template = await call("GetTemplate", { StackName, TemplateStage: "Original" });
      return {
        status,
        reason: textOf(stack, "StackStatusReason"),
        template: childOf(template, "TemplateBody")?.text ?? "",
        parameters: parametersOf(stack),
      };
    },
    async createStack(StackName, request) {
      const sent = call("CreateStack", { StackName, ...formOf(request) }, false);
      if ((await undefinedIf(/^AlreadyExists/, sent)) !== undefined) return;
      throw new AwstError("CLOUDFORMATION_EXISTS", `the stack ${StackName} exists already`);
    },
    async updateStack(StackName, request) {
      const form = { StackName, ...formOf(request) };
      const sent = undefinedIf(
        /No updates are to be performed/,
        call("UpdateStack", form, false).then(() => "updated" as const),
      );
      const busy = /_IN_PROGRESS state and can ?not be updated/;
      const done = await undefinedIf(
        busy,
        sent.then((how) => how ?? "unchanged"),
      );
      if (done !== undefined) return done === "updated";
      throw new AwstError(
        "CLOUDFORMATION_CONFLICT",
        `another change of the stack ${StackName} is in progress`,
      );
    },
    async deleteStack(StackName) {
      await call("DeleteStack", { StackName });
    },
    async stackFailures(StackName) {
      const events = await undefinedIf(
        /does not exist/,
        call("DescribeStackEvents", { StackName }),
      );
      // The newest first, over the whole life of the stack: an operation begins with an event of the stack itself.
      const all = childrenOf(childOf(events, "StackEvents"), "member");
      const start = all.findIndex(
        (event) =>
          textOf(event, "LogicalResourceId") === StackName &&
          /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(textOf(event, "ResourceStatus") ?? ""),
      );
      return all
        .slice(0, start < 0 ? undefined : start)
        .filter((event) => textOf(event, "ResourceStatus")?.endsWith("_FAILED"))
        .map(
          (event) =>
            `${textOf(event, "LogicalResourceId")}: ${textOf(event, "ResourceStatusReason") ?? "failed"}`,
        )
        .filter((line) => !line.endsWith("Resource creation cancelled"))
        .reverse();
    },
  };
}

/** One account that fails stops no other. */
const preferences = {
  "OperationPreferences.FailureTolerancePercentage": "100",
  "OperationPreferences.MaxConcurrentPercentage": "100",
};

function stackSetCalls(
  send: SendSigned,
  region: string,
): Pick<
  DeployServices,
  | "findStackSet"
  | "createStackSet"
  | "updateStackSet"
  | "createInstances"
  | "deleteInstances"
  | "operationStatus"
  | "deleteStackSet"
> {
  const call = cloudFormation(send);
  const start = async (action: string, form: Readonly<Record<string, FormValue>>) => {
    const id = textOf(await refused(call(action, form, false)), "OperationId");
    if (id === undefined) throw missingValueError(action);
    return id;
  };
  const targets = (units: readonly string[], except: string | undefined) => ({
    "DeploymentTargets.OrganizationalUnitIds": units,
    ...(except !== undefined && {
      "DeploymentTargets.Accounts": [except],
      "DeploymentTargets.AccountFilterType": "DIFFERENCE",
    }),
    Regions: [region],
    ...preferences,
  });
  const listInstances = async (set: StackSetName) => {
    const instances: FoundInstance[] = [];
    for (let token = ""; ; ) {
      const form = { ...nameOf(set), ...(token !== "" && { NextToken: token }) };
      const page = await call("ListStackInstances", form);
      instances.push(...childrenOf(childOf(page, "Summaries"), "member").map(toInstance));
      const next = textOf(page, "NextToken") ?? "";
      if (next === "") return instances;
      if (next === token) throw missingValueError("ListStackInstances");
      token = next;
    }
  };
  return {
    async findStackSet(set) {
      const response = await undefinedIf(
        /^StackSetNotFoundException/,
        call("DescribeStackSet", nameOf(set)),
      );
      const found = childOf(response, "StackSet");
      if (found === undefined || textOf(found, "Status") === "DELETED") return undefined;
      return {
        template: childOf(found, "TemplateBody")?.text ?? "",
        parameters: parametersOf(found),
        instances: await listInstances(set),
      };
    },
    async createStackSet(set, request) {
      const form = {
        ...nameOf(set),
        ...formOf(request),
        PermissionModel: "SERVICE_MANAGED",
        "AutoDeployment.Enabled": "true",
        "AutoDeployment.RetainStacksOnAccountRemoval": "false",
      };
      const sent = call("CreateStackSet", form, false);
      if ((await undefinedIf(/^NameAlreadyExists/, sent)) !== undefined) return;
      throw new AwstError("CLOUDFORMATION_EXISTS", `the StackSet ${set.name} exists already`);
    },
    updateStackSet: (set, request) =>
      start("UpdateStackSet", { ...nameOf(set), ...formOf(request), ...preferences }),
    createInstances: (set, units, except) =>
      start("CreateStackInstances", { ...nameOf(set), ...targets(units, except) }),
    deleteInstances: (set, units) =>
      start("DeleteStackInstances", {
        ...nameOf(set),
        ...targets(units, undefined),
        RetainStacks: "false",
      }),
    async operationStatus(set, OperationId) {
      const form = { ...nameOf(set), OperationId };
      const found = await refused(call("DescribeStackSetOperation", form));
      const status = textOf(found, "StackSetOperation", "Status");
      if (status === undefined) throw missingValueError("DescribeStackSetOperation");
      return status;
    },
    async deleteStackSet(set) {
      await refused(call("DeleteStackSet", nameOf(set)));
    },
  };
}

/** SELF is AWS's default, and not sent. */
function nameOf({ name, callAs }: StackSetName): Readonly<Record<string, string>> {
  return { StackSetName: name, ...(callAs !== "SELF" && { CallAs: callAs }) };
}

function formOf({ template, parameters }: StackRequest) {
  return {
    TemplateBody: template,
    Capabilities: [deploymentCapability],
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
  };
}

function parametersOf(element: XmlElement): ReadonlyMap<string, string> {
  const listed = childrenOf(childOf(element, "Parameters"), "member");
  return new Map(
    listed.map((each) => [
      textOf(each, "ParameterKey") ?? "",
      childOf(each, "ParameterValue")?.text ?? "",
    ]),
  );
}

function toInstance(element: XmlElement): FoundInstance {
  return {
    account: textOf(element, "Account") ?? "",
    region: textOf(element, "Region") ?? "",
    unit: textOf(element, "OrganizationalUnitId"),
    status: textOf(element, "Status") ?? "",
    detail: textOf(element, "StackInstanceStatus", "DetailedStatus"),
    reason: textOf(element, "StatusReason"),
  };
}

function organizationCalls(
  send: SendSigned,
): Pick<
  DeployServices,
  "findOrganization" | "isStackSetsAdministrator" | "listRoots" | "listAccountsUnder"
> {
  const call = (action: string, body: object) =>
    send({
      service: "organizations",
      action,
      method: "POST",
      path: "/",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSOrganizationsV20161128.${action}`,
      },
      body: JSON.stringify(body),
      responseFormat: "json",
      isRepeatable: true,
    }) as Promise<Readonly<Record<string, unknown>>>;
  const pages = async (action: string, body: object) => {
    const found: Readonly<Record<string, unknown>>[] = [];
    for (let token: unknown; ; ) {
      const page = await call(action, {
        ...body,
        ...(token !== undefined && { NextToken: token }),
      });
      found.push(page);
      const next = page["NextToken"];
      if (next === undefined || next === null || next === "") return found;
      if (next === token) throw missingValueError(action);
      token = next;
    }
  };
  const idsIn = (found: readonly Readonly<Record<string, unknown>>[], name: string) =>
    found.flatMap((page) => (page[name] as { Id: string }[] | undefined) ?? []).map(({ Id }) => Id);
  const accountsUnder = async (ParentId: string): Promise<readonly OrganizationAccount[]> => {
    const accounts = (await pages("ListAccountsForParent", { ParentId })).flatMap((page) => {
      const read = readOrganizationPage(page);
      if (read === undefined) throw missingValueError("ListAccountsForParent");
      return read.accounts;
    });
    const units = idsIn(
      await pages("ListOrganizationalUnitsForParent", { ParentId }),
      "OrganizationalUnits",
    );
    const below = await Promise.all(units.map(accountsUnder));
    return [...accounts, ...below.flat()];
  };
  return {
    async findOrganization() {
      const found = await undefinedIf(
        /^AWSOrganizationsNotInUseException/,
        call("DescribeOrganization", {}),
      );
      if (found === undefined) return undefined;
      const { Id, MasterAccountId } = Object(found["Organization"]) as Record<string, unknown>;
      if (typeof Id !== "string" || typeof MasterAccountId !== "string") {
        throw missingValueError("DescribeOrganization");
      }
      return { id: Id, managementAccount: MasterAccountId };
    },
    async isStackSetsAdministrator(account) {
      const found = await pages("ListDelegatedAdministrators", {
        ServicePrincipal: stackSetsService,
      });
      return idsIn(found, "DelegatedAdministrators").includes(account);
    },
    listRoots: async () => idsIn(await pages("ListRoots", {}), "Roots"),
    async listAccountsUnder(parent) {
      const found = await undefinedIf(/^ParentNotFoundException/, accountsUnder(parent));
      if (found !== undefined) return found;
      throw new AwstError("ORGANIZATIONS_ABSENT", `the organization has no unit ${parent}`, {
        hint: "aws organizations list-organizational-units-for-parent --parent-id ROOT",
      });
    },
  };
}

/**
 * Errors: CLOUDFORMATION_CONFLICT while another operation is in progress, CLOUDFORMATION_ABSENT where another run deleted
 * the StackSet.
 */
async function refused<T>(response: Promise<T>): Promise<T> {
  const known = undefinedIf(/^StackSetNotFoundException/, response).then((done) => {
    if (done !== undefined) return done;
    throw new AwstError("CLOUDFORMATION_ABSENT", "the StackSet was deleted meanwhile");
  });
  const done = await undefinedIf(/^OperationInProgressException/, known);
  if (done !== undefined) return done;
  throw new AwstError(
    "CLOUDFORMATION_CONFLICT",
    "another operation of the StackSet is in progress",
  );
}
