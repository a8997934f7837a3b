// The names of all locks between processes, and the order in which one process acquires them: a lock is acquired
// only while the process has none that is further down. docs/development.md says what each one protects.

/** Errors of a wrong name are found by the compiler, so the callers write the name where they acquire the lock. */
export type LockName =
  /** One run of a rotation per identity. */
  | `rotation-${string}`
  /** One `mfa` command that changes devices per identity. */
  | `mfa-${string}`
  /** What makes, rewrites or removes one role session; the name is that of its keychain item. */
  | `role-${string}`
  /** What needs a code of the identity, or replaces what a code is sent with. */
  | `code-${string}`
  /** The identity's long-term key in the keychain. */
  | `key-${string}`
  /** The identity's stored seeds. */
  | `seeds-${string}`
  /** Installed schedules. */
  | "schedule"
  /** AWS's two files. */
  | "aws-files"
  /** The first write, which chooses the keychain. */
  | "keychain-choice"
  /** The prompt for the sealed file's passphrase. */
  | "keychain-unlock"
  /** A write to the system's keychain. */
  | "keychain-system"
  /** A write to the sealed file. */
  | "keychain-sealed"
  /** One state file, by its name. */
  | `state-${string}`;
