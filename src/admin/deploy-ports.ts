// CloudFormation, S3 and the organization, as the flows of a deployment see them.

import type { Secret } from "../model/secret.ts";
import type { OrganizationAccount } from "./model/account-targets.ts";
import type { CallAs, FoundStack, FoundStackSet, StackParameters } from "./model/deployment.ts";

/** A StackSet of the organization, and with which rights the account uses it. */
export interface StackSetName {
  readonly name: string;
  readonly callAs: CallAs;
}

export interface StackRequest {
  readonly template: string;
  readonly parameters: StackParameters;
}

/** One region of the account that deploys. A list has every page. Errors: AWS_*. */
export interface DeployServices {
  /** undefined: the account is in no organization. */
  findOrganization(): Promise<
    { readonly id: string; readonly managementAccount: string } | undefined
  >;
  /** Whether the account may deploy StackSets for the management account. */
  isStackSetsAdministrator(account: string): Promise<boolean>;
  /** Ids of the organization's roots. */
  listRoots(): Promise<readonly string[]>;
  /** Accounts of the root or unit and of the units below, in every state. Errors: also ORGANIZATIONS_ABSENT. */
  listAccountsUnder(parent: string): Promise<readonly OrganizationAccount[]>;

  hasBucket(name: string): Promise<boolean>;
  /** Versioned and closed to the public. An own bucket of this name is completed. */
  makeBucket(name: string): Promise<void>;
  putBucketPolicy(name: string, policy: string): Promise<void>;
  hasObject(bucket: string, key: string): Promise<boolean>;
  putObject(bucket: string, key: string, contents: Uint8Array): Promise<void>;
  /** With every version in it. */
  deleteBucket(name: string): Promise<void>;
  /** A SecureString; an older value is replaced. */
  putSecret(name: string, value: Secret): Promise<void>;
  hasParameter(name: string): Promise<boolean>;
  /** Whether SES sends mail to addresses that are not verified. */
  canMailEveryUser(): Promise<boolean>;

  findStack(name: string): Promise<FoundStack | undefined>;
  /** Errors: also CLOUDFORMATION_EXISTS. */
  createStack(name: string, request: StackRequest): Promise<void>;
  /**
   * Returns false where there was nothing to change. Errors: also CLOUDFORMATION_CONFLICT while another change is in
   * progress.
   */
  updateStack(name: string, request: StackRequest): Promise<boolean>;
  deleteStack(name: string): Promise<void>;
  /** Why resources could not be made, changed or deleted by the last operation, the first cause first. */
  stackFailures(name: string): Promise<readonly string[]>;

  findStackSet(set: StackSetName): Promise<FoundStackSet | undefined>;
  /** Errors: also CLOUDFORMATION_EXISTS. */
  createStackSet(set: StackSetName, request: StackRequest): Promise<void>;
  /** These start an operation and return its id. An operation that is in progress is CLOUDFORMATION_CONFLICT, also below. */
  updateStackSet(set: StackSetName, request: StackRequest): Promise<string>;
  /** `except`: an account below the units that gets no stack. */
  createInstances(
    set: StackSetName,
    units: readonly string[],
    except: string | undefined,
  ): Promise<string>;
  deleteInstances(set: StackSetName, units: readonly string[]): Promise<string>;
  /**
   * `RUNNING`, `QUEUED`, `STOPPING`, or how it ended. Errors: also CLOUDFORMATION_ABSENT where another run deleted the
   * StackSet.
   */
  operationStatus(set: StackSetName, operation: string): Promise<string>;
  /** Errors: as above. */
  deleteStackSet(set: StackSetName): Promise<void>;
}
