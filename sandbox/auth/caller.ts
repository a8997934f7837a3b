// Who signed a request: a long-term key's user or root, or a session and its identity.

import type { Account } from "../cloud/account.ts";
import type { AccessKey, Role, Session, User } from "../cloud/entities.ts";
import type { PolicyDocument } from "../policy/document.ts";
import { findManaged } from "../policy/managed.ts";

export interface Caller {
  readonly kind: "root" | "user" | "role" | "federated";
  readonly account: Account;
  readonly accessKeyId: string;
  /** As AWS prints it. */
  readonly arn: string;
  /** `AIDA…`, `AROA…:session`, the account's number of root. */
  readonly userId: string;
  readonly user: User | undefined;
  readonly role: Role | undefined;
  /** undefined: a long-term key. */
  readonly session: Session | undefined;
  /** The long-term key at the beginning of the chain. */
  readonly madeWithKeyId: string;
}

export function callerOfKey(key: AccessKey, account: Account): Caller | undefined {
  const user = key.userName === undefined ? undefined : account.users.get(key.userName);
  if (key.userName !== undefined && !user) return undefined;
  return {
    kind: user ? "user" : "root",
    account,
    accessKeyId: key.id,
    arn: user?.arn ?? account.arn("root"),
    userId: user?.id ?? account.id,
    user,
    role: undefined,
    session: undefined,
    madeWithKeyId: key.id,
  };
}

/** undefined: the identity of the session has been deleted. */
export function callerOfSession(session: Session, account: Account): Caller | undefined {
  const base = {
    account,
    accessKeyId: session.accessKeyId,
    session,
    madeWithKeyId: session.madeWithKeyId,
    role: undefined,
    user: undefined,
  };
  const name = session.sessionName ?? "";
  if (session.kind === "federated") {
    const user = session.userName ? account.users.get(session.userName) : undefined;
    const arn = account.arn(`federated-user/${name}`, "sts");
    return { ...base, kind: "federated", arn, userId: `${account.id}:${name}`, user };
  }
  if (session.kind === "role") {
    const role = account.roles.get(session.roleName ?? "");
    if (!role) return undefined;
    const arn = account.arn(`assumed-role/${role.name}/${name}`, "sts");
    return { ...base, kind: "role", arn, userId: `${role.id}:${name}`, role };
  }
  if (session.isRoot) {
    return { ...base, kind: "root", arn: account.arn("root"), userId: account.id };
  }
  const user = account.users.get(session.userName ?? "");
  return user && { ...base, kind: "user", arn: user.arn, userId: user.id, user };
}

export function isTemporary(caller: Caller): boolean {
  return caller.session !== undefined;
}

/** Every ARN by which a trust policy may name this caller. */
export function namesOf(caller: Caller): string[] {
  return caller.role ? [caller.arn, caller.role.arn] : [caller.arn];
}

/** What the caller's own side grants; undefined: everything (root). */
export function identityPoliciesOf(caller: Caller): readonly PolicyDocument[] | undefined {
  if (caller.kind === "root") return undefined;
  const { account, user, role } = caller;
  const groups = (user?.groups ?? []).flatMap((name) => account.groups.get(name) ?? []);
  const owners = [user, role, ...groups].filter((owner) => owner !== undefined);
  return owners.flatMap(({ policies, attached }) => [
    ...policies.map(({ document }) => document),
    ...attached.flatMap((arn) => findManaged(account, arn) ?? []),
  ]);
}

/** The permissions boundary of a user's own calls; undefined: none. */
export function boundaryOf({ account, user, kind }: Caller): readonly PolicyDocument[] | undefined {
  if (kind !== "user" || user?.boundary === undefined) return undefined;
  const document = findManaged(account, user.boundary);
  return document === undefined ? [] : [document];
}
