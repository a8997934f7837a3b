/** An access key as ListAccessKeys shows it. */
export interface ListedKey {
  readonly accessKeyId: string;
  readonly status: "Active" | "Inactive" | "Expired";
  readonly createdAt: Date;
}
