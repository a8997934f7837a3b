// The outside as the administrator's flows see it: IAM calls on any user of an account, and a context that a
// command line, a test and a scheduled function can all make.

import type { Clock } from "../model/clock.ts";
import type { Secret } from "../model/secret.ts";
import type { Iam, IamResponse } from "../ports/iam.ts";
import type {
  AccountDetails,
  AccountSummary,
  Certificate,
  IamUser,
  InlinePolicy,
  OnOff,
  PasswordRules,
  ServiceCredential,
  SshPublicKey,
  UserDetail,
} from "./model/account-facts.ts";
import type { AccountTarget, OrganizationAccount } from "./model/account-targets.ts";
import type { UserNotice } from "./model/notices.ts";

/** Calls of an administrator. A list has every page; a list that fails is an error, never an empty list.
 *  Errors: AWS_*, IAM_ABSENT, IAM_EXISTS, IAM_QUOTA, IAM_CONFLICT. */
export interface AdminIam extends Iam {
  listUsers(): Promise<IamResponse & { readonly users: readonly IamUser[] }>;
  getUser(userName: string): Promise<UserDetail>;
  /** Sent once. */
  createUser(request: {
    readonly userName: string;
    readonly path: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly boundary: string | undefined;
  }): Promise<IamUser>;
  deleteUser(userName: string): Promise<IamResponse>;
  accountDetails(): Promise<IamResponse & AccountDetails>;

  /** undefined: the user has no password. */
  findLoginProfile(userName: string): Promise<{ readonly createdAt: Date } | undefined>;
  /** The user must change the password at the first sign-in. */
  createLoginProfile(userName: string, password: Secret): Promise<IamResponse>;
  updateLoginProfile(userName: string, password: Secret): Promise<IamResponse>;
  deleteLoginProfile(userName: string): Promise<IamResponse>;
  /** undefined: AWS's default rules. */
  findPasswordRules(): Promise<PasswordRules | undefined>;

  listGroups(): Promise<readonly string[]>;
  createGroup(name: string): Promise<IamResponse>;
  listGroupsOf(userName: string): Promise<readonly string[]>;
  addToGroup(userName: string, group: string): Promise<IamResponse>;
  removeFromGroup(userName: string, group: string): Promise<IamResponse>;

  listUserPolicies(userName: string): Promise<readonly string[]>;
  getUserPolicy(userName: string, policy: string): Promise<InlinePolicy>;
  putUserPolicy(userName: string, policy: InlinePolicy): Promise<IamResponse>;
  deleteUserPolicy(userName: string, policy: string): Promise<IamResponse>;
  /** ARNs. */
  listAttachedPolicies(userName: string): Promise<readonly string[]>;
  attachPolicy(userName: string, policyArn: string): Promise<IamResponse>;
  detachPolicy(userName: string, policyArn: string): Promise<IamResponse>;
  putBoundary(userName: string, policyArn: string): Promise<IamResponse>;
  deleteBoundary(userName: string): Promise<IamResponse>;

  listSshKeys(userName: string): Promise<readonly SshPublicKey[]>;
  getSshKeyBody(userName: string, id: string): Promise<string>;
  uploadSshKey(userName: string, body: string): Promise<{ readonly id: string }>;
  setSshKeyStatus(userName: string, id: string, status: OnOff): Promise<IamResponse>;
  deleteSshKey(userName: string, id: string): Promise<IamResponse>;
  listCertificates(userName: string): Promise<readonly Certificate[]>;
  uploadCertificate(userName: string, body: string): Promise<{ readonly id: string }>;
  setCertificateStatus(userName: string, id: string, status: OnOff): Promise<IamResponse>;
  deleteCertificate(userName: string, id: string): Promise<IamResponse>;
  /** undefined: of all users, of every service. */
  listServiceCredentials(userName: string | undefined): Promise<readonly ServiceCredential[]>;
  setServiceCredentialStatus(userName: string, id: string, status: OnOff): Promise<IamResponse>;
  deleteServiceCredential(userName: string, id: string): Promise<IamResponse>;

  /** A policy of the account. Its ARN follows from its name: sent again, IAM_EXISTS. */
  createPolicy(policy: InlinePolicy): Promise<IamResponse & { readonly arn: string }>;
  /** When AWS made the first version of a policy of the account; undefined: there is no such policy. */
  findPolicyDate(policyArn: string): Promise<Date | undefined>;
  /** The first version of a policy of the account. */
  getPolicyDocument(policyArn: string): Promise<string>;
  /** IAM_CONFLICT while it is attached. */
  deletePolicy(policyArn: string): Promise<IamResponse>;

  listRoles(): Promise<readonly IamRole[]>;
  /** IAM_ABSENT. */
  getRole(roleName: string): Promise<IamRole>;
  getRolePolicy(roleName: string, policy: string): Promise<InlinePolicy>;
  listRolePolicies(roleName: string): Promise<readonly string[]>;
  putRolePolicy(roleName: string, policy: InlinePolicy): Promise<IamResponse>;
  deleteRolePolicy(roleName: string, policy: string): Promise<IamResponse>;

  accountSummary(): Promise<AccountSummary>;
  /** Asks for a new credential report, where the last one is too old. */
  generateReport(): Promise<IamResponse>;
  /** The report, or why there is none yet. */
  readReport(): Promise<
    | { readonly state: "ready"; readonly text: string; readonly madeAt: Date }
    | { readonly state: "absent" | "expired" | "in progress" }
  >;
}

/** Services besides IAM that notices and organization-wide runs need. Errors: AWS_*. */
export interface AdminServices {
  /** Decrypted. Errors: also SSM_ABSENT. */
  getParameter(name: string): Promise<Secret>;
  publish(message: {
    readonly topicArn: string;
    readonly subject: string;
    readonly text: string;
  }): Promise<void>;
  sendEmail(mail: {
    readonly from: string;
    readonly to: string;
    readonly subject: string;
    readonly text: string;
  }): Promise<void>;
  /** Whether SES sends mail to addresses that are not verified. */
  hasProductionAccess(): Promise<boolean>;
  /** Of the organization, every page, in every state. */
  listAccounts(): Promise<readonly OrganizationAccount[]>;
}

/** Sends notices about the access of users. */
export interface UserNotifier {
  /** How many users one notice may name. */
  readonly usersPerNotice: number;
  /** Whether a notice can only be sent to users with the tag `email`. */
  readonly needsEmail: boolean;
  /** Resolves when the receiver has accepted the notice. Errors: NOTICE_FAILED, AWS_*, SSM_ABSENT. */
  send(notice: UserNotice): Promise<void>;
}

/** The days of warnings, stored beside the users' tags. */
export interface NoticeRecords {
  /** undefined: no record. */
  read(accountId: string): Promise<string | undefined>;
  /** Errors: FILE_UNWRITABLE. */
  write(accountId: string, text: string): Promise<void>;
}

export interface IamRole {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  /** JSON text of the trust policy. */
  readonly trust: string;
  readonly maxSessionSeconds: number;
}

/** Who runs the command, and must not be cut off. */
export interface AdminCaller {
  readonly arn: string;
  readonly accountId: string;
  /** Name of the caller's role session, or of its user. */
  readonly name: string;
  /** The role that the calls are made with. */
  readonly roleName: string | undefined;
  /** The long-term key at the start, where awst made the session. */
  readonly keyId: string | undefined;
}

/** What a flow of the administrator may use of the outside. */
export interface AdminContext {
  readonly iam: AdminIam;
  /** undefined: no caller to protect, as in a scheduled function. */
  readonly caller: AdminCaller | undefined;
  readonly accountId: string;
  clock(): Clock;
  sleep(milliseconds: number): Promise<void>;
  /** Completes `work` also after Ctrl-C, where a stop between its calls would do harm. Errors: INTERRUPTED before it. */
  uninterrupted<T>(work: () => Promise<T>): Promise<T>;
  /** When the work must end, by this machine's clock, for a later run to continue; undefined: never. */
  readonly deadline: Date | undefined;
  /** One line for the user who waits. */
  say(line: string): void;
  debug(line: string): void;
  /** Appends to the history: never a secret. */
  record(event: string, facts: Readonly<Record<string, string | number | boolean>>): void;
  readonly records: UserRecords;
  /** undefined: nothing is stored beside the tags. */
  readonly notices?: NoticeRecords | undefined;
  readonly grantRecords: GrantRecords;
  readonly readings: ReadingStore;
}

/** Responses that a report stores, as text, until it is complete; of one account and one caller. */
export interface ReadingStore {
  /** undefined: nothing is stored. */
  read(): Promise<string | undefined>;
  /** Errors: FILE_UNWRITABLE. */
  append(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Why a grant was made: its policy cannot hold that. */
export interface GrantRecords {
  /** By the grant's id. A record that can't be read counts as absent. */
  read(accountId: string): Promise<ReadonlyMap<string, GrantRecord>>;
  /** Returns when the record is on disk. FILE_UNWRITABLE. */
  add(accountId: string, record: GrantRecord): Promise<void>;
}

export interface GrantRecord {
  readonly id: string;
  readonly user: string;
  readonly reason: string;
  /** ARN of who made it. */
  readonly by: string;
  readonly approvedBy: string | undefined;
}

/** The accounts of a run. */
export interface AdminAccounts {
  readonly targets: readonly AccountTarget[];
  /** Errors: those of a session, AWS_*. */
  open(target: AccountTarget): Promise<AdminContext>;
}

/** What is known of users that were off-boarded, for `restore`. */
export interface UserRecords {
  /** undefined: no record. JSON. Errors: ADMIN_REFUSED for a record that others can change. */
  read(accountId: string, userName: string): Promise<string | undefined>;
  /** The file of the record, for messages. */
  pathOf(accountId: string, userName: string): string;
  /** Returns when the record is on disk. FILE_UNWRITABLE. */
  write(accountId: string, userName: string, text: string): Promise<void>;
}
