// Reads a whole account in few calls: users, groups, tags and policies in pages, and the credential report where one
// call replaces thousands. What the report does not know is read live, user by user.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import {
  type AccountDetails,
  type AccountUser,
  type IamUser,
  isSameName,
  type ServiceCredential,
  type UserDetail,
} from "../model/account-facts.ts";
import { type DormantRules, matchesAny } from "../model/admin-settings.ts";
import { administratorsOf } from "../model/administrators.ts";
import { parseCredentialReport, type ReportRow, rowOf } from "../model/credential-report.ts";
import {
  type AccessFacts,
  isSurelyActive,
  type JudgedUser,
  judgeUser,
  unreadUser,
} from "../model/dormant-verdict.ts";
import type { AdminContext } from "../ports.ts";
import { isProtected } from "./guard-users.ts";
import { liveReads, type UserReads } from "./store-readings.ts";

export interface AccountPicture {
  readonly details: AccountDetails;
  /** By user name. */
  readonly users: ReadonlyMap<string, IamUser>;
  readonly report:
    | { readonly rows: ReadonlyMap<string, ReportRow>; readonly madeAt: Date }
    | undefined;
  readonly services: readonly ServiceCredential[];
  /** What could not be read, one line each. */
  readonly notes: readonly string[];
}

/** Errors: AWS_*. A list that fails is an error; only the report may be missing. */
export async function readAccount(admin: AdminContext): Promise<AccountPicture> {
  const { iam } = admin;
  const [details, listed, report, services] = await Promise.all([
    iam.accountDetails(),
    iam.listUsers(),
    readReport(admin),
    iam.listServiceCredentials(undefined),
  ]);
  return {
    details,
    users: new Map(listed.users.map((user) => [user.name, user])),
    report: "rows" in report ? report : undefined,
    services,
    notes: "rows" in report ? [] : [report.why],
  };
}

const pollMs = 2_000;
const maxPolls = 60;

/** Asks for a new report where there is none or an old one, and waits up to two minutes. */
async function readReport(
  admin: AdminContext,
): Promise<
  | { readonly rows: ReadonlyMap<string, ReportRow>; readonly madeAt: Date }
  | { readonly why: string }
> {
  const { iam } = admin;
  try {
    for (let polls = 0; polls < maxPolls; polls++) {
      const found = await iam.readReport();
      if (found.state === "ready") {
        const rows = parseCredentialReport(found.text);
        if (rows !== undefined) return { rows, madeAt: found.madeAt };
        return { why: "the credential report can't be read: every user is read live" };
      }
      if (found.state !== "in progress") await iam.generateReport();
      await admin.sleep(pollMs);
    }
    return { why: "IAM made no credential report within two minutes: every user is read live" };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return { why: `${error.message}: every user is read live` };
  }
}

export interface PicturedUser {
  readonly user: AccountUser;
  readonly judged: JudgedUser;
  /** undefined: unknown, since only the report says it for all users. */
  readonly hasMfa: boolean | undefined;
  /** Only the report knows; undefined: unknown, or the password does not expire. */
  readonly passwordExpiresAt: Date | undefined;
  /** Whether the accesses were read live: with ids, and with the true age of each key. */
  readonly isLive: boolean;
  /** For a user who was not read live: when each active key was created, or last switched on or off. */
  readonly keysChangedAt: readonly (Date | undefined)[];
  /** The error of a call about this user alone; undefined: all was read. */
  readonly failure?: AwstError | undefined;
}

/**
 * `reads`: for reports only, responses that an earlier run stored. In the order of the names. A user about whom a
 * call fails is unknown, and the others are judged. Errors: AWS_*, where calls fail for no reason of one user.
 */
export async function judgeAccount(
  admin: AdminContext,
  picture: AccountPicture,
  rules: DormantRules,
  protectedNames: readonly string[],
  reads: UserReads = liveReads(admin),
): Promise<readonly PicturedUser[]> {
  const { details } = picture;
  const administrators = administratorsOf(details);
  const last = administrators.length === 1 ? administrators[0] : undefined;
  const { awsNow } = admin.clock();
  const sorted = [...details.users].sort((a, b) => (a.name < b.name ? -1 : 1));
  const failures = new UserFailures();
  return Promise.all(
    sorted.map(async (user): Promise<PicturedUser> => {
      const listed = picture.users.get(user.name);
      const row = listed && picture.report && rowOf(picture.report.rows, listed);
      const isLive = row === undefined || !isSurelyActive(row, user.createdAt, rules, awsNow);
      const access = isLive
        ? await failures.catch(() => readAccess(reads, user, listed?.passwordLastUsed, row))
        : accessOfRow(row, user.createdAt);
      if (isAwstError(access)) {
        const judged = unreadUser(user.name, access.message);
        const unknown = { hasMfa: undefined, passwordExpiresAt: undefined, keysChangedAt: [] };
        return { user, judged, isLive, ...unknown, failure: access };
      }
      const facts = {
        name: user.name,
        tags: user.tags,
        groups: user.groups,
        access: [...access, ...servicesOf(picture, user.name)],
        guard: guardOf(admin, user, last, protectedNames),
      };
      return {
        user,
        judged: judgeUser(facts, rules, awsNow),
        hasMfa: row?.hasMfa,
        passwordExpiresAt: row?.passwordExpiresAt,
        isLive,
        keysChangedAt: isLive ? [] : row.keysChangedAt,
      };
    }),
  );
}

/**
 * Completes whether the users with a password have MFA. Only the credential report says it for all users: of those who
 * are not in it, AWS is asked.
 */
export async function readMissingMfa(
  reads: UserReads,
  users: readonly PicturedUser[],
): Promise<readonly PicturedUser[]> {
  const failures = new UserFailures();
  return Promise.all(
    users.map(async (each) => {
      if (each.hasMfa !== undefined || !hasPassword(each)) return each;
      const hasMfa = await failures.catch(() => reads.hasMfa(each.user));
      return isAwstError(hasMfa) ? { ...each, failure: hasMfa } : { ...each, hasMfa };
    }),
  );
}

export function hasPassword({ judged }: PicturedUser): boolean {
  return judged.access.some(({ kind, isOn }) => kind === "console" && isOn);
}

/** Errors of a call about one user: no permission for this one, a user who is gone, a call that failed. */
const ofOneUser = [
  ...(["AWS_DENIED", "IAM_ABSENT"] as const),
  ...(["AWS_THROTTLED", "AWS_UNREACHABLE", "AWS_RESPONSE_MALFORMED", "AWS_FAILED"] as const),
] as const;

/** Each of them costs minutes of retries: where the network or AWS is down, the run ends. */
const maxSlowFailures = 10;

/** The failures of a run over all users. */
class UserFailures {
  #slow = 0;

  /** Returns the error of a call about one user. Errors: the others, and one of too many. */
  async catch<T>(work: () => Promise<T>): Promise<T | AwstError> {
    try {
      return await work();
    } catch (error) {
      if (!isAwstError(error, ...ofOneUser)) throw error;
      if (!isAwstError(error, "AWS_DENIED", "IAM_ABSENT")) this.#slow += 1;
      if (this.#slow > maxSlowFailures) throw error;
      return error;
    }
  }
}

/** Judges one user again, from live calls alone. `fresh`: the user as IAM has it now. */
export async function judgeOne(
  admin: AdminContext,
  { user, judged }: PicturedUser,
  fresh: UserDetail,
  rules: DormantRules,
  protectedNames: readonly string[],
): Promise<JudgedUser> {
  const services = judged.access.filter(({ kind }) => kind === "service");
  const access = await readAccess(liveReads(admin), fresh, fresh.passwordLastUsed, undefined);
  const facts = {
    name: fresh.name,
    tags: fresh.tags,
    groups: await groupsNow(admin, fresh.name, user.groups, rules),
    access: [...access, ...services],
    guard: guardOf(admin, { ...user, tags: fresh.tags }, undefined, protectedNames),
  };
  return judgeUser(facts, rules, admin.clock().awsNow);
}

/** Read again only where a group can make an exception. */
async function groupsNow(
  { iam }: AdminContext,
  userName: string,
  known: readonly string[],
  { except }: DormantRules,
): Promise<readonly string[]> {
  return except.some((each) => /^group:/i.test(each)) ? iam.listGroupsOf(userName) : known;
}

/**
 * The password and the keys, from live calls; a password's change is known to the report alone. Errors: AWS_*,
 * IAM_ABSENT.
 */
async function readAccess(
  reads: UserReads,
  user: { readonly id: string; readonly name: string },
  passwordLastUsed: Date | undefined,
  row: ReportRow | undefined,
): Promise<readonly AccessFacts[]> {
  const [profile, keys] = await Promise.all([reads.passwordOf(user), reads.keysOf(user)]);
  const access: AccessFacts[] = [];
  if (profile !== undefined) {
    const changed = row?.passwordEnabled === true ? row.passwordChangedAt : undefined;
    access.push({
      kind: "console",
      id: undefined,
      isOn: true,
      createdAt: changed !== undefined && changed > profile.createdAt ? changed : profile.createdAt,
      lastUsed: passwordLastUsed,
    });
  }
  for (const { id, status, createdAt } of keys) {
    const isOn = status === "Active";
    const lastUsed = isOn ? await reads.lastUseOf(id) : "unknown";
    access.push({ kind: "key", id, isOn, createdAt, lastUsed });
  }
  return access;
}

/** What the report says of a user who is surely not dormant. Ids of keys are not in it. */
function accessOfRow(row: ReportRow, userCreatedAt: Date): readonly AccessFacts[] {
  const keys = row.keysLastUsed.map((lastUsed) => ({
    kind: "key" as const,
    id: undefined,
    isOn: true,
    createdAt: userCreatedAt,
    lastUsed,
  }));
  if (!row.passwordEnabled) return keys;
  const createdAt = row.passwordChangedAt ?? userCreatedAt;
  const lastUsed = row.passwordLastUsed;
  return [{ kind: "console", id: undefined, isOn: true, createdAt, lastUsed }, ...keys];
}

function servicesOf({ services }: AccountPicture, userName: string): readonly AccessFacts[] {
  return services
    .filter((each) => isSameName(each.userName, userName))
    .map(({ id, status, createdAt }) => ({
      kind: "service",
      id,
      isOn: status === "Active",
      createdAt,
      lastUsed: "unknown",
    }));
}

function guardOf(
  { caller }: AdminContext,
  user: AccountUser,
  lastAdministrator: AccountUser | undefined,
  protectedNames: readonly string[],
): string | undefined {
  if (caller !== undefined && isSameName(caller.name, user.name)) return "runs this command";
  if (matchesAny(protectedNames, user.name)) return "is in [admin] protected";
  if (isProtected(user)) return "has the tag awst:protected=true";
  return lastAdministrator?.id === user.id ? "is the last user who can administer IAM" : undefined;
}
