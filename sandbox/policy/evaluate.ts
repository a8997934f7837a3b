// Evaluates policies for one request: a Deny overrides every Allow, and without an Allow it is refused.

import { conditionsMatch } from "./conditions.ts";
import { many, type PolicyDocument, type Statement, statementsOf } from "./document.ts";
import { type Context, fillIn, isLike } from "./matching.ts";

export type Verdict = "allowed" | "denied" | "not allowed";

export interface Ask {
  /** `sts:AssumeRole` */
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export function evaluate(documents: readonly PolicyDocument[], ask: Ask): Verdict {
  const fitting = documents
    .flatMap((document) => statementsOf(document))
    .filter((statement) => matchesAction(statement, ask) && matchesResource(statement, ask));
  return verdictOf(fitting);
}

/** The caller, in the forms in which a trust policy may name it. */
export interface Requester {
  readonly accountId: string;
  readonly partition: string;
  /** The caller's own ARNs: a user's; a session's and its role's. */
  readonly arns: readonly string[];
}

/** `byName`: allowed to the caller itself, and not only to its account. */
export function evaluateTrust(
  trust: PolicyDocument,
  requester: Requester,
  ask: Ask,
): { readonly verdict: Verdict; readonly byName: boolean } {
  const fitting = statementsOf(trust).filter(
    (statement) => matchesAction(statement, ask) && trusts(statement, requester) !== "none",
  );
  return {
    verdict: verdictOf(fitting),
    byName: fitting.some(
      (statement) => statement.Effect === "Allow" && trusts(statement, requester) === "caller",
    ),
  };
}

function verdictOf(statements: readonly Statement[]): Verdict {
  if (statements.some(({ Effect }) => Effect === "Deny")) return "denied";
  return statements.length > 0 ? "allowed" : "not allowed";
}

function matchesAction(statement: Statement, ask: Ask): boolean {
  const named = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => isLike(ask.action, pattern, { ignoreCase: true }));
  const isAction = statement.Action
    ? named(many(statement.Action))
    : !named(many(statement.NotAction));
  return isAction && conditionsMatch(statement.Condition, ask.context);
}

function matchesResource(statement: Statement, ask: Ask): boolean {
  const named = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => {
      const filled = fillIn(pattern, ask.context);
      return filled !== undefined && isLike(ask.resource, filled);
    });
  return statement.Resource ? named(many(statement.Resource)) : !named(many(statement.NotResource));
}

function trusts(statement: Statement, requester: Requester): "caller" | "account" | "none" {
  const { Principal } = statement;
  if (Principal === undefined) return "none";
  if (Principal === "*") return "account";
  const names = many(Principal["AWS"]);
  if (names.some((name) => requester.arns.includes(name))) return "caller";
  const root = `arn:${requester.partition}:iam::${requester.accountId}:root`;
  return names.some((name) => name === "*" || name === root || name === requester.accountId)
    ? "account"
    : "none";
}
