// What the parameter store, SNS and SES keep of an account, as plain data.

export interface StoredParameter {
  readonly name: string;
  readonly type: "String" | "StringList" | "SecureString";
  readonly value: string;
  readonly version: number;
  readonly modifiedAt: Date;
}

export interface MailAccount {
  /** In SES's own sandbox only verified addresses get mail. */
  isInSandbox: boolean;
  /** Addresses and domains, in lower case. */
  readonly verified: Set<string>;
  sendsPerDay: number;
}

export interface SentMessage {
  readonly service: "sns" | "ses";
  readonly region: string;
  /** A topic's ARN, or an address. */
  readonly to: string;
  /** Of a mail. */
  readonly from: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly at: Date;
}
