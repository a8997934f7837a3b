// Policy documents: the part of AWS's language that the sandbox supports. It refuses what it
// does not support when a policy is created, and does not ignore it when the policy is evaluated.

import { type ConditionBlock, isKnownOperator, type OneOrMany } from "./conditions.ts";

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Statement[] | Statement;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | { readonly [kind: string]: OneOrMany };
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: ConditionBlock;
}

export function statementsOf(document: PolicyDocument): readonly Statement[] {
  return many(document.Statement);
}

export function many<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

const members = new Set(
  "Sid Effect Principal Action NotAction Resource NotResource Condition".split(" "),
);

/** Throws a TypeError that names what is wrong. */
export function parsePolicy(text: string): PolicyDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TypeError("This policy contains invalid Json");
  }
  if (!isRecord(value)) throw new TypeError("Syntax errors in policy.");
  const statements = many(value["Statement"]);
  if (statements.length === 0) throw new TypeError("Syntax errors in policy.");
  for (const statement of statements) checkStatement(statement);
  return value as unknown as PolicyDocument;
}

function checkStatement(statement: unknown): void {
  if (!isRecord(statement)) throw new TypeError("Syntax errors in policy.");
  const unknown = Object.keys(statement).find((name) => !members.has(name));
  if (unknown) throw new TypeError(`Syntax errors in policy: ${unknown}`);
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") {
    throw new TypeError("Invalid effect.");
  }
  if ((statement["Action"] === undefined) === (statement["NotAction"] === undefined)) {
    throw new TypeError("Policy statement must contain actions.");
  }
  if ((statement["Resource"] === undefined) === (statement["NotResource"] === undefined)) {
    throw new TypeError("Policy statement must contain resources.");
  }
  const condition = statement["Condition"];
  for (const operator of isRecord(condition) ? Object.keys(condition) : []) {
    if (!isKnownOperator(operator)) throw new TypeError(`Invalid Condition type : ${operator}.`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
