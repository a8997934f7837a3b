// Conditions of policy statements: every operator of every block must match. A key the request
// does not have fails an operator, unless that ends in IfExists, is negated, or is Null.

import { type Context, fillIn, isLike } from "./matching.ts";

export type OneOrMany = string | readonly string[];

export type ConditionBlock = {
  readonly [operator: string]: { readonly [key: string]: OneOrMany | boolean | number };
};

type Comparison = (actual: string, wanted: string) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => isLike(actual, wanted),
  ArnEquals: (actual, wanted) => isLike(actual, wanted),
  ArnLike: (actual, wanted) => isLike(actual, wanted),
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: (actual, wanted) => Number(actual) === Number(wanted),
  NumericLessThan: (actual, wanted) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (actual, wanted) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (actual, wanted) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (actual, wanted) => Number(actual) >= Number(wanted),
  DateEquals: (actual, wanted) => Date.parse(actual) === Date.parse(wanted),
  DateLessThan: (actual, wanted) => Date.parse(actual) < Date.parse(wanted),
  DateLessThanEquals: (actual, wanted) => Date.parse(actual) <= Date.parse(wanted),
  DateGreaterThan: (actual, wanted) => Date.parse(actual) > Date.parse(wanted),
  DateGreaterThanEquals: (actual, wanted) => Date.parse(actual) >= Date.parse(wanted),
};

const negated: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
};

export function isKnownOperator(operator: string): boolean {
  const { name } = parts(operator);
  return name === "Null" || name in comparisons || name in negated;
}

export function conditionsMatch(block: ConditionBlock | undefined, context: Context): boolean {
  return Object.entries(block ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holds(operator, context.get(key.toLowerCase()), texts(wanted), context),
    ),
  );
}

function holds(
  operator: string,
  actual: readonly string[] | undefined,
  wanted: readonly string[],
  context: Context,
): boolean {
  const { name, ifExists, quantifier } = parts(operator);
  if (name === "Null") return wanted.includes(String(actual === undefined));
  if (!isKnownOperator(operator)) return false;
  const positive = negated[name];
  if (actual === undefined || actual.length === 0) {
    return ifExists || positive !== undefined || quantifier === "ForAllValues";
  }
  const comparison = comparisons[positive ?? name] as Comparison;
  const filled = wanted.map((one) => fillIn(one, context)).filter((one) => one !== undefined);
  const fits = (value: string): boolean =>
    filled.some((one) => comparison(value, one)) !== (positive !== undefined);
  return quantifier === "ForAllValues" ? actual.every(fits) : actual.some(fits);
}

function parts(operator: string): { name: string; ifExists: boolean; quantifier: string } {
  const [quantifier = "", rest = ""] = operator.includes(":")
    ? operator.split(":", 2)
    : ["", operator];
  const ifExists = rest.endsWith("IfExists") && rest !== "NullIfExists";
  return { name: ifExists ? rest.slice(0, -"IfExists".length) : rest, ifExists, quantifier };
}

function texts(wanted: unknown): readonly string[] {
  return (Array.isArray(wanted) ? wanted : [wanted]).map(String);
}
