// SSM's parameter store, as far as it stores secrets: reading and writing one parameter. Names that begin with
// `aws` or `ssm` belong to AWS, and a SecureString is answered encrypted unless the caller asks for its text.

import type { Action, ActionRequest } from "../action.ts";
import { ServiceError, validationError } from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";
import { permitService } from "./permit.ts";

const nameShape: MemberShape = { required: true, min: 1, max: 2048 };

export const getParameter: Action = {
  input: { Name: nameShape, WithDecryption: { oneOf: ["true", "false"] } },
  run(request) {
    const { caller, parameters, region } = request;
    const name = nameOf(parameters.get("Name") ?? "");
    const arn = arnOf(request, name);
    permitService(request, "ssm:GetParameter", arn);
    const found = caller.account.parameters.get(`${region}${name}`);
    if (!found) throw new ServiceError(400, "ParameterNotFound", "");
    const isOpen = found.type !== "SecureString" || parameters.get("WithDecryption") === "true";
    const sealed = Buffer.from(`sealed ${found.value.length}`).toString("base64");
    return {
      Parameter: {
        Name: found.name,
        Type: found.type,
        Value: isOpen ? found.value : sealed,
        Version: found.version,
        LastModifiedDate: found.modifiedAt,
        ARN: arn,
        DataType: "text",
      },
    };
  },
};

export const putParameter: Action = {
  input: {
    Name: nameShape,
    Value: { required: true, min: 1 },
    Type: { oneOf: ["String", "StringList", "SecureString"] },
    Overwrite: { oneOf: ["true", "false"] },
    Description: { max: 1024 },
    Tier: { oneOf: ["Standard", "Advanced", "Intelligent-Tiering"] },
  },
  run(request) {
    const { caller, parameters, region, now } = request;
    const name = nameOf(parameters.get("Name") ?? "");
    permitService(request, "ssm:PutParameter", arnOf(request, name));
    const value = parameters.get("Value") ?? "";
    if (Buffer.byteLength(value) > 4096 && parameters.get("Tier") !== "Advanced") {
      throw validationError(
        "Standard tier parameters support a maximum parameter value of 4096 characters.",
      );
    }
    const key = `${region}${name}`;
    const old = caller.account.parameters.get(key);
    if (old && parameters.get("Overwrite") !== "true") {
      throw new ServiceError(
        400,
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const type = (parameters.get("Type") ?? old?.type) as "String" | undefined;
    if (type === undefined) {
      throw validationError("A parameter type is required when you create a parameter.");
    }
    const version = (old?.version ?? 0) + 1;
    const stored = { name: parameters.get("Name") ?? "", type, value, version, modifiedAt: now };
    caller.account.parameters.set(key, stored);
    return { Version: version, Tier: parameters.get("Tier") ?? "Standard" };
  },
};

/** With its slash. Throws for a name that AWS reserves or that is malformed. */
function nameOf(text: string): string {
  const name = text.startsWith("/") ? text : `/${text}`;
  if (!/^(\/[\w.-]+){1,15}$/.test(name)) {
    throw validationError(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (/^\/(aws|ssm)/i.test(name)) {
    throw new ServiceError(400, "AccessDeniedException", "No access to reserved parameter name.");
  }
  return name;
}

function arnOf({ caller, region }: ActionRequest, name: string): string {
  return caller.account.regionalArn("ssm", region, `parameter${name}`);
}
