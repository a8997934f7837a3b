// What policies say to one request: a Deny wins over every Allow, and silence is a refusal.

import { conditionsHold } from "./conditions.ts";
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
    .filter((statement) => speaksOf(statement, ask) && namesResource(statement, ask));
  return verdictOf(fitting);
}

/** Who asks, as a trust policy may name it. */
export interface Asker {
  readonly accountId: string;
  readonly partition: string;
  /** The caller's own ARNs: a user's; a session's and its role's. */
  readonly arns: readonly string[];
}

/** `byName`: allowed to this very caller, and not only to its account. */
export function evaluateTrust(
  trust: PolicyDocument,
  asker: Asker,
  ask: Ask,
): { readonly verdict: Verdict; readonly byName: boolean } {
  const fitting = statementsOf(trust).filter(
    (statement) => speaksOf(statement, ask) && trusts(statement, asker) !== "nobody",
  );
  return {
    verdict: verdictOf(fitting),
    byName: fitting.some(
      (statement) => statement.Effect === "Allow" && trusts(statement, asker) === "caller",
    ),
  };
}

function verdictOf(statements: readonly Statement[]): Verdict {
  if (statements.some(({ Effect }) => Effect === "Deny")) return "denied";
  return statements.length > 0 ? "allowed" : "not allowed";
}

function speaksOf(statement: Statement, ask: Ask): boolean {
  const named = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => isLike(ask.action, pattern, { ignoreCase: true }));
  const isAction = statement.Action
    ? named(many(statement.Action))
    : !named(many(statement.NotAction));
  return isAction && conditionsHold(statement.Condition, ask.context);
}

function namesResource(statement: Statement, ask: Ask): boolean {
  const named = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => {
      const filled = fillIn(pattern, ask.context);
      return filled !== undefined && isLike(ask.resource, filled);
    });
  return statement.Resource ? named(many(statement.Resource)) : !named(many(statement.NotResource));
}

function trusts(statement: Statement, asker: Asker): "caller" | "account" | "nobody" {
  const { Principal } = statement;
  if (Principal === undefined) return "nobody";
  if (Principal === "*") return "account";
  const names = many(Principal["AWS"]);
  if (names.some((name) => asker.arns.includes(name))) return "caller";
  const root = `arn:${asker.partition}:iam::${asker.accountId}:root`;
  return names.some((name) => name === "*" || name === root || name === asker.accountId)
    ? "account"
    : "nobody";
}
