// What an action takes, checked as AWS's services check it: every member that breaks its model's
// length, range, pattern or set is reported in one ValidationError.

import { validationError } from "./service-error.ts";

export interface MemberShape {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
  /** The value is a whole number, and min and max its bounds. */
  readonly number?: boolean;
  /** A list of texts, of structures with these members; min and max then count its entries. */
  readonly list?: MemberShape | Shape;
}

export type Shape = { readonly [name: string]: MemberShape };

/** Parameters by their name on the wire, `Tags.member.1.Key` and so on. */
export type Parameters = ReadonlyMap<string, string>;

/** Throws one ValidationError that names every violation. */
export function checkShape(parameters: Parameters, shape: Shape): void {
  const problems = problemsIn(parameters, shape, "", "");
  if (problems.length === 0) return;
  const errors = problems.length === 1 ? "error" : "errors";
  throw validationError(`${problems.length} validation ${errors} detected: ${problems.join("; ")}`);
}

/** The entries of a list, each with its parameters cut to what follows `Name.member.N`. */
export function listEntries(parameters: Parameters, name: string): Parameters[] {
  const entries = new Map<number, Map<string, string>>();
  for (const [key, value] of parameters) {
    const match = key.startsWith(`${name}.member.`)
      ? /^(\d+)(?:\.(.+))?$/.exec(key.slice(name.length + 8))
      : null;
    if (!match) continue;
    const position = Number(match[1]);
    const entry = entries.get(position) ?? new Map<string, string>();
    entry.set(match[2] ?? "", value);
    entries.set(position, entry);
  }
  return [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}

export function textList(parameters: Parameters, name: string): string[] {
  return listEntries(parameters, name).map((entry) => entry.get("") ?? "");
}

function problemsIn(parameters: Parameters, shape: Shape, wire: string, parent: string): string[] {
  return Object.entries(shape).flatMap(([name, member]) => {
    const path = parent === "" ? lowerFirst(name) : `${parent}.${lowerFirst(name)}`;
    if (member.list) return listProblems(parameters, wire + name, path, member);
    return textProblems(parameters.get(wire + name), path, member);
  });
}

function listProblems(
  parameters: Parameters,
  name: string,
  path: string,
  member: MemberShape,
): string[] {
  const entries = listEntries(parameters, name);
  const list = `Value '[${entries.map((entry) => entry.get("") ?? "…").join(", ")}]' at '${path}'`;
  if (member.required && entries.length === 0) return [notNull(path)];
  if (member.max !== undefined && entries.length > member.max) {
    return [constraint(list, `Member must have length less than or equal to ${member.max}`)];
  }
  const shape = member.list as MemberShape | Shape;
  return entries.flatMap((entry, index) => {
    const at = `${path}.${index + 1}.member`;
    return isStructure(shape)
      ? problemsIn(entry, shape, "", at)
      : textProblems(entry.get(""), at, shape);
  });
}

function textProblems(value: string | undefined, path: string, member: MemberShape): string[] {
  if (value === undefined) return member.required ? [notNull(path)] : [];
  const subject = `Value '${value}' at '${path}'`;
  const { min, max, pattern, oneOf } = member;
  const found: string[] = [];
  if (member.number) {
    if (!/^-?\d{1,10}$/.test(value)) return [constraint(subject, "Member must be a whole number")];
    if (min !== undefined && Number(value) < min) {
      found.push(`Member must have value greater than or equal to ${min}`);
    }
    if (max !== undefined && Number(value) > max) {
      found.push(`Member must have value less than or equal to ${max}`);
    }
  } else {
    if (min !== undefined && value.length < min) {
      found.push(`Member must have length greater than or equal to ${min}`);
    }
    if (max !== undefined && value.length > max) {
      found.push(`Member must have length less than or equal to ${max}`);
    }
  }
  if (pattern && !new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(value)) {
    found.push(`Member must satisfy regular expression pattern: ${pattern.source}`);
  }
  if (oneOf && !oneOf.includes(value)) {
    found.push(`Member must satisfy enum value set: [${oneOf.join(", ")}]`);
  }
  return found.map((must) => constraint(subject, must));
}

function isStructure(shape: MemberShape | Shape): shape is Shape {
  const first: unknown = Object.values(shape)[0];
  return typeof first === "object" && first !== null && !(first instanceof RegExp);
}

function notNull(path: string): string {
  return constraint(`Value null at '${path}'`, "Member must not be null");
}

function constraint(subject: string, must: string): string {
  return `${subject} failed to satisfy constraint: ${must}`;
}

function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
