// What policies allow, as far as it can be known without a request: conditions of an Allow count as fulfilled, and a
// Deny with conditions counts as absent. So the answer "may" can be too wide, and never too narrow.

interface PolicyStatement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[];
  readonly notResources: readonly string[] | undefined;
  readonly principals: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Managed policies of AWS that decide who administers an account; others are read as allowing nothing of it. */
const managedByAws: Readonly<Record<string, string>> = {
  AdministratorAccess: allowing(["*"]),
  IAMFullAccess: allowing(["iam:*"]),
  PowerUserAccess: JSON.stringify({
    Statement: { Effect: "Allow", NotAction: ["iam:*", "organizations:*"], Resource: "*" },
  }),
  AWSDenyAll: JSON.stringify({ Statement: { Effect: "Deny", Action: "*", Resource: "*" } }),
};

/** JSON text of a managed policy; "" where it is not known. `own`: the account's own, by ARN. */
export function managedDocument(arn: string, own: ReadonlyMap<string, string>): string {
  const name = /^arn:[\w-]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (name === undefined) return own.get(arn) ?? "";
  return Object.hasOwn(managedByAws, name) ? (managedByAws[name] ?? "") : "";
}

/** Returns whether the policies allow the action on the resource. `documents`: JSON texts. */
export function mayDo(documents: readonly string[], action: string, resource: string): boolean {
  const statements = documents.flatMap(statementsOf);
  const fitting = statements.filter(
    (each) => meansAction(each, action) && meansResource(each, resource),
  );
  const isDenied = fitting.some(
    ({ effect, condition }) => effect === "Deny" && Object.keys(condition).length === 0,
  );
  return !isDenied && fitting.some(({ effect }) => effect === "Allow");
}

/** Whether the policy keeps a user without an MFA device from changing the first password. */
export function deniesFirstSignIn(document: string): boolean {
  return statementsOf(document).some(
    (each) =>
      each.effect === "Deny" &&
      meansAction(each, "iam:ChangePassword") &&
      (Object.keys(each.condition).length === 0 ||
        /multifactorauth/i.test(JSON.stringify(each.condition))),
  );
}

/** How a role's trust policy lets a user of its account in. */
export interface TrustOf {
  /** `name`: the user's own ARN; `account`: every user whose own policies allow it. */
  readonly by: "name" | "account" | undefined;
  /** The session's name must be the user's. */
  readonly forcesSessionName: boolean;
}

export function trustOf(trust: string, userArn: string): TrustOf {
  const accountId = userArn.split(":")[4] ?? "";
  const root = userArn.replace(/:user\/.*$/, ":root");
  const fitting = statementsOf(trust).filter(
    (each) => each.effect === "Allow" && meansAction(each, "sts:AssumeRole"),
  );
  const named = fitting.filter(({ principals }) => principals.includes(userArn));
  const wide = fitting.filter(({ principals }) =>
    principals.some((each) => each === "*" || each === root || each === accountId),
  );
  const open = [...named, ...wide];
  return {
    by: named.length > 0 ? "name" : wide.length > 0 ? "account" : undefined,
    forcesSessionName: open.length > 0 && open.every(comparesSessionName),
  };
}

function comparesSessionName({ condition }: PolicyStatement): boolean {
  return Object.entries(condition).some(
    ([operator, keys]) =>
      /^String(Equals|Like)$/.test(operator) &&
      Object.entries(keys).some(
        ([key, value]) =>
          key.toLowerCase() === "sts:rolesessionname" &&
          String(value).startsWith("$" + "{aws:username}"),
      ),
  );
}

/** Returns the statements; [] for text that is not a policy. */
function statementsOf(document: string): readonly PolicyStatement[] {
  const policy: unknown = parse(document);
  return many(Object(policy).Statement).map((statement) => {
    const fields = Object(statement);
    const principal: unknown = fields.Principal;
    return {
      effect: fields.Effect === "Deny" ? "Deny" : "Allow",
      actions: texts(fields.Action),
      notActions: fields.NotAction === undefined ? undefined : texts(fields.NotAction),
      resources: texts(fields.Resource),
      notResources: fields.NotResource === undefined ? undefined : texts(fields.NotResource),
      principals: typeof principal === "string" ? [principal] : texts(Object(principal).AWS),
      condition: Object(fields.Condition ?? {}),
    };
  });
}

function meansAction({ actions, notActions }: PolicyStatement, action: string): boolean {
  const named = (patterns: readonly string[]) =>
    patterns.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase()));
  return notActions === undefined ? named(actions) : !named(notActions);
}

function meansResource({ resources, notResources }: PolicyStatement, resource: string): boolean {
  const named = (patterns: readonly string[]) =>
    patterns.some((pattern) => isLike(resource, pattern.replace(/\$\{[^}]*\}/g, "*")));
  return notResources === undefined ? named(resources) : !named(notResources);
}

function isLike(text: string, pattern: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

function parse(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}

function many(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function texts(value: unknown): readonly string[] {
  return many(value).filter((each): each is string => typeof each === "string");
}

function allowing(actions: readonly string[]): string {
  return JSON.stringify({ Statement: { Effect: "Allow", Action: actions, Resource: "*" } });
}
