// A template: its parameters checked as CloudFormation checks them, its conditions and functions evaluated.

import { ServiceError, validationError } from "../wire/service-error.ts";
import { readYaml, type YamlValue } from "./read-yaml.ts";

const largestBody = 51_200;

type YamlMap = { readonly [key: string]: YamlValue };

export interface Template {
  readonly parameters: YamlMap;
  readonly conditions: YamlMap;
  readonly resources: YamlMap;
  readonly outputs: YamlMap;
}

/** Throws AWS's ValidationError. */
export function parseTemplate(body: string): Template {
  if (Buffer.byteLength(body) > largestBody) {
    throw validationError(
      `1 validation error detected: Value '…' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${largestBody}`,
    );
  }
  let value: YamlValue;
  try {
    value = readYaml(body);
  } catch (error) {
    throw validationError(
      `Template format error: YAML not well-formed. (${(error as Error).message})`,
    );
  }
  const top = mapOf(value);
  const sections =
    "AWSTemplateFormatVersion Description Metadata Parameters Conditions Resources Outputs";
  const unknown = Object.keys(top).filter((key) => !sections.split(" ").includes(key));
  if (unknown.length > 0) {
    throw validationError(`Invalid template property or properties [${unknown.join(", ")}]`);
  }
  const resources = mapOf(top["Resources"] ?? null);
  if (Object.keys(resources).length === 0) {
    throw validationError("At least one Resources member must be defined.");
  }
  return {
    resources,
    parameters: mapOf(top["Parameters"] ?? null),
    conditions: mapOf(top["Conditions"] ?? null),
    outputs: mapOf(top["Outputs"] ?? null),
  };
}

/** Returns the values of all parameters. Throws AWS's ValidationError. */
export function parameterValues(
  { parameters }: Template,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(parameters, name));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  }
  const values = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, definition] of Object.entries(parameters)) {
    const rules = mapOf(definition);
    const value =
      given.get(name) ?? (rules["Default"] === undefined ? undefined : String(rules["Default"]));
    if (value === undefined) missing.push(name);
    else values.set(name, checkedParameter(name, value, rules));
  }
  if (missing.length > 0)
    throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  return values;
}

function checkedParameter(name: string, value: string, rules: YamlMap): string {
  const { AllowedValues, AllowedPattern, MinValue, MaxValue, Type } = rules;
  if (Array.isArray(AllowedValues) && !AllowedValues.map(String).includes(value)) {
    throw validationError(`Parameter '${name}' must be one of AllowedValues`);
  }
  if (typeof AllowedPattern === "string" && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
    throw validationError(`Parameter '${name}' must match pattern ${AllowedPattern}`);
  }
  if (Type !== "Number") return value;
  const number = Number(value);
  if (value.trim() === "" || Number.isNaN(number)) {
    throw validationError(`Parameter '${name}' must be a number`);
  }
  if (typeof MinValue === "number" && number < MinValue) {
    throw validationError(`Parameter '${name}' must be a number not less than ${MinValue}`);
  }
  if (typeof MaxValue === "number" && number > MaxValue) {
    throw validationError(`Parameter '${name}' must be a number not greater than ${MaxValue}`);
  }
  return value;
}

export interface Scope {
  readonly conditions: YamlMap;
  /** Of parameters and pseudo parameters. */
  readonly values: ReadonlyMap<string, string>;
  /** Ref and attributes of a resource, which is made first where it has to be. `attribute` undefined: Ref. */
  resource(id: string, attribute: string | undefined): string;
}

export type Evaluated =
  | string
  | number
  | boolean
  | readonly Evaluated[]
  | { readonly [key: string]: Evaluated };

/** undefined: AWS::NoValue. Throws for a function that refers to nothing. */
export function evaluate(value: YamlValue, scope: Scope): Evaluated | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    return value.map((one) => evaluate(one, scope)).filter((one) => one !== undefined);
  }
  const [[name, argument] = ["", null], ...others] = Object.entries(value);
  if (others.length === 0) {
    if (name === "Ref") return refOf(String(argument), scope);
    if (name.startsWith("Fn::")) return call(name.slice(4), argument, scope);
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      const evaluated = evaluate(one, scope);
      return evaluated === undefined ? [] : [[key, evaluated]];
    }),
  );
}

function refOf(name: string, { values, resource }: Scope): string | undefined {
  if (name === "AWS::NoValue") return undefined;
  return values.get(name) ?? resource(name, undefined);
}

function call(name: string, argument: YamlValue, scope: Scope): Evaluated | undefined {
  const list = Array.isArray(argument) ? argument : [];
  switch (name) {
    case "GetAtt":
      return scope.resource(String(list[0]), String(list[1]));
    case "Sub":
      return String(argument).replace(/\$\{([^}!]+)\}/g, (_whole, inner: string) => {
        const [id = "", attribute] = inner.split(".");
        return (attribute === undefined ? refOf(id, scope) : scope.resource(id, attribute)) ?? "";
      });
    case "If":
      return evaluate((isTrue(String(list[0]), scope) ? list[1] : list[2]) ?? null, scope);
    default:
      throw validationError(`Template error: Fn::${name} is not known to the sandbox`);
  }
}

export function isTrue(condition: string, scope: Scope): boolean {
  const definition = scope.conditions[condition];
  if (definition === undefined) {
    throw validationError(`Template format error: Unresolved condition dependency ${condition}`);
  }
  return holds(definition, scope);
}

function holds(value: YamlValue, scope: Scope): boolean {
  const [[name, argument] = ["", null]] = Object.entries(mapOf(value));
  const list = Array.isArray(argument) ? argument : [];
  if (name === "Condition") return isTrue(String(argument), scope);
  if (name === "Fn::Not") return !holds(list[0] ?? null, scope);
  if (name === "Fn::And") return list.every((one) => holds(one, scope));
  if (name === "Fn::Or") return list.some((one) => holds(one, scope));
  if (name === "Fn::Equals") {
    return evaluate(list[0] ?? null, scope) === evaluate(list[1] ?? null, scope);
  }
  throw validationError(`Template error: ${name} is no condition`);
}

/** Throws AWS's InsufficientCapabilitiesException. */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const kinds = Object.values(template.resources).map((one) => mapOf(one));
  const roles = kinds.filter((one) => String(one["Type"]).startsWith("AWS::IAM::"));
  const isNamed = roles.some((one) => Object.hasOwn(mapOf(one["Properties"] ?? null), "RoleName"));
  const enough = isNamed ? ["CAPABILITY_NAMED_IAM"] : ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"];
  if (roles.length === 0 || given.some((one) => enough.includes(one))) return;
  throw new ServiceError(
    400,
    "InsufficientCapabilitiesException",
    `Requires capabilities : [${enough[0]}]`,
  );
}

export function mapOf(value: YamlValue): YamlMap {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw validationError("Template format error: a map was expected");
  }
  return value as YamlMap;
}
