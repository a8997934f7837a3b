// What CloudFormation, Lambda and S3 keep of an account, as plain data.

import type { PolicyDocument } from "../policy/document.ts";

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly createdAt: Date;
  templateBody: string;
  /** As given. */
  parameters: ReadonlyMap<string, string>;
  /** How the change in progress ends, and after how many more looks at it. */
  status: string;
  reason: string | undefined;
  polls: number;
  outputs: ReadonlyMap<string, string>;
  /** By logical id, in the order in which they were made. */
  readonly resources: Map<string, StackResource>;
  readonly events: StackEvent[];
}

export interface StackResource {
  readonly type: string;
  /** What `Ref` gives. */
  readonly id: string;
  readonly attributes: ReadonlyMap<string, string>;
  remove(): void;
}

export interface StackEvent {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly at: Date;
}

export interface StackSet {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  templateBody: string;
  parameters: ReadonlyMap<string, string>;
  capabilities: readonly string[];
  /** By account and region. */
  readonly instances: Map<string, StackInstance>;
  readonly operations: Map<string, StackSetOperation>;
}

export interface StackInstance {
  readonly accountId: string;
  readonly region: string;
  readonly organizationalUnitId: string;
  status: "CURRENT" | "OUTDATED" | "INOPERABLE";
  detailedStatus: "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  reason: string | undefined;
}

export interface StackSetOperation {
  readonly id: string;
  readonly action: "CREATE" | "UPDATE" | "DELETE";
  /** How it ends, and after how many more looks at it. */
  status: "SUCCEEDED" | "FAILED";
  polls: number;
}

export interface LambdaFunction {
  readonly name: string;
  readonly region: string;
  readonly arn: string;
  roleArn: string;
  code: { readonly bucket: string; readonly key: string };
  settings: Readonly<Record<string, unknown>>;
  /** Events of asynchronous invocations that no run has taken. */
  readonly events: string[];
}

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  isVersioned: boolean;
  blocksPublicAccess: boolean;
  policy: PolicyDocument | undefined;
  /** By key, the newest version last. */
  readonly objects: Map<string, ObjectVersion[]>;
}

export interface ObjectVersion {
  readonly id: string;
  /** undefined: a marker of a deletion. */
  readonly body: Buffer | undefined;
}
