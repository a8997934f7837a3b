// What the configuration file says, once it has been understood: every name resolved, every default
// filled in. `decode-configuration.ts` makes it from the file's values and lists what is wrong.

/** Who asks for a code, in the order tried; `none` asks nobody. */
export type PromptKind = "terminal" | "gui" | "none";
export type KeychainBackend = "auto" | "system" | "file";
export type WriteMode = "process" | "keys";

export interface Configuration {
  /** Absolute path of the file. */
  readonly path: string;
  readonly defaultRegion: string | undefined;
  readonly defaultIdentity: string;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** The roles of `[roles]`, or the two that are built in where the file has no `[roles]`. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Whether the file has `[roles]`; without it any well-formed role name is tried. */
  readonly rolesAreConfigured: boolean;
  readonly keychainBackend: KeychainBackend;
  readonly writeProfiles: readonly string[];
  readonly writeMode: WriteMode;
  /** Things worth saying that are no errors (a placeholder, a leftover key), each one line. */
  readonly remarks: readonly string[];
}

/** One IAM user. */
export interface Identity {
  readonly name: string;
  /** 12 digits of the home account, where the configuration tells it. */
  readonly accountId: string | undefined;
  /** The AWS profile whose two static lines hold the long-term key until it is imported. */
  readonly awsProfile: string;
  /** awstools' profile for the MFA session (`profiles.mainAccountMfaSession`); default identity only. */
  readonly mfaSessionProfile: string | undefined;
  readonly region: string | undefined;
  readonly device: string | undefined;
  /** A shell command that prints a code. */
  readonly command: string | undefined;
  readonly prompt: readonly PromptKind[];
  /** 0: never by itself. */
  readonly keyRotationIntervalMinutes: number;
}

export interface Account {
  readonly name: string;
  readonly id: string;
  readonly region: string | undefined;
  /** Role names offered here; undefined: all of `[roles]`. */
  readonly roles: readonly string[] | undefined;
  readonly externalId: string | undefined;
  /** Identity name; undefined: the default identity. */
  readonly identity: string | undefined;
}

export interface Role {
  /** As written, its path included: `audit/ReadOnly`. */
  readonly name: string;
  /** For how long after one code it may be worked in (with `single`: the session's own length). */
  readonly durationSeconds: number;
  readonly session: "renew" | "single";
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity: string | undefined;
  readonly sessionName: string | undefined;
  /** Role chaining: the role that assumes this one. */
  readonly via: { readonly account: string; readonly role: string } | undefined;
}

/** One mistake in the file. `path` leads to the key it is about; positions are added by the adapter. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** `key`: the key itself is wrong; `value`: what stands behind it. */
  readonly at: "key" | "value";
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface LocatedProblem {
  /** From 1, as `column`. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface CheckedConfiguration {
  /** undefined when there is any problem. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly LocatedProblem[];
}
