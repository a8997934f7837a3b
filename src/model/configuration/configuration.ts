// The configuration with every name resolved and every default filled in. `decode-configuration.ts` makes it
// from the file's values and reports problems.

/** How awst asks for a code, in this order; `none`: never. */
export type PromptKind = "terminal" | "gui" | "none";
export type KeychainBackend = "auto" | "system" | "file";
export type WriteMode = "process" | "keys";

/** What a `write` table of an account or a role sets (write-mode.ts). */
export interface WriteSettings {
  /** `process`: profiles call awst. `keys`: they hold temporary credentials in plain text. */
  readonly mode?: WriteMode;
  /** How long such credentials are valid. */
  readonly keysSeconds?: number;
}

export interface Configuration {
  /** Absolute path of the file. */
  readonly path: string;
  readonly defaultRegion: string | undefined;
  readonly defaultIdentity: string;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** By the alias: a name that is typed instead of account and role, and that is also a profile name. */
  readonly aliases: ReadonlyMap<string, Alias>;
  /** The roles of `[roles]`, or the two built-in roles where the file has no `[roles]`. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Whether the file has `[roles]`. Without it, every valid role name is allowed. */
  readonly rolesAreConfigured: boolean;
  readonly keychainBackend: KeychainBackend;
  /** How long the sealed store stays unlocked, in seconds; undefined: until logout. */
  readonly lockAfterSeconds: number | undefined;
  /** Hosts that may get credentials for the console's sign-in, besides AWS's own. */
  readonly signInHosts: readonly string[];
  readonly writeProfiles: readonly string[];
  /** Which of them is printed for AWS_PROFILE; undefined: the first one without a space. */
  readonly writePrint: string | undefined;
  /** Of [write]; accounts and roles can have their own: `writeSettingsOf`. */
  readonly writeMode: WriteMode;
  readonly writeKeysSeconds?: number | undefined;
  /** The table `[admin]` as the file has it; integers are bigint. src/admin decodes it. */
  readonly admin?: unknown;
  /** Remarks that are not errors (a setting without effect), each one line. */
  readonly remarks: readonly string[];
}

/** The role of an account that an alias names. */
export interface Alias {
  readonly account: string;
  readonly role: string;
}

/** One IAM user. */
export interface Identity {
  readonly name: string;
  /** The 12 digits of the user's account, where the configuration has them. */
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
  /** 0: no automatic rotation. */
  readonly keyRotationIntervalMinutes: number;
}

export interface Account {
  readonly name: string;
  readonly id: string;
  readonly region: string | undefined;
  /** The roles offered here; undefined for all of `[roles]`. */
  readonly roles: readonly string[] | undefined;
  /** By role: settings that replace those of `[roles]` in this account. */
  readonly roleSettings?: ReadonlyMap<string, RoleSettings> | undefined;
  readonly externalId: string | undefined;
  /** undefined for the default identity. */
  readonly identity: string | undefined;
  readonly write?: WriteSettings | undefined;
  /** Its name is marked, and awst asks before an administrative role (`model/session/production.ts`). */
  readonly production?: boolean | undefined;
}

export interface Role {
  /** As written, its path included: `audit/ReadOnly`. */
  readonly name: string;
  /** For how long the role can be used after one code (with `single`: the length of its session). */
  readonly durationSeconds: number;
  readonly session: "renew" | "single";
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity: string | undefined;
  readonly sessionName: string | undefined;
  /** Role chaining: the role that assumes this one. */
  readonly via: { readonly account: string; readonly role: string } | undefined;
  /** Whether awst asks before this role in a production account; undefined: by its name. */
  readonly confirm?: boolean | undefined;
  /** Of this role in one account; else the account's. */
  readonly externalId?: string | undefined;
  readonly region?: string | undefined;
  readonly write?: WriteSettings | undefined;
}

/** What `[accounts.NAME.roles.ROLE]` sets; absent settings are those of `[roles]`. */
export type RoleSettings = Partial<Omit<Role, "name">>;

/** A mistake in the file. `path`: of the key; the adapter adds its position. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** Whether the key itself is wrong, or its value. */
  readonly at: "key" | "value";
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface LocatedProblem {
  /** Counts from 1, like `column`. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface CheckedConfiguration {
  /** undefined when there is any problem outside `[admin]`, which users' commands don't read. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly LocatedProblem[];
  /** Of a valid configuration: what `checkNames` returned. */
  readonly nameRemarks?: readonly LocatedProblem[];
}
