// What `obtainSession` takes, and what it returns.

import type { Secret } from "../secret.ts";
import type { RoleSession } from "./session.ts";
import type { SessionFlags, Target } from "./target.ts";

export interface SessionRequest {
  readonly account: string;
  readonly role: string;
  /** --identity */
  readonly identity: string | undefined;
  readonly flags: SessionFlags;
  /** --mfa-code */
  readonly code: Secret | undefined;
  /** --device: the name or serial of the device whose code is asked for. */
  readonly device?: string | undefined;
  /** --refresh: a new code is asked for; the old session stays if that fails. */
  readonly refresh: boolean;
  /** --yes: an administrative role in a production account needs no question. */
  readonly isConfirmed?: boolean | undefined;
  /** `user`: typed just now; names may be guessed, a refusal shared by others is asked again.
   *  `machine`: credential-process; questions and waits end after 50 s. */
  readonly requester: "user" | "machine";
  /** The keys can't renew where they go (exec, env, --format, mode = "keys"): renewed in silence first
   *  when under half of the session is left. */
  readonly keysAreFixed: boolean;
}

export interface ObtainedSession {
  readonly session: RoleSession;
  readonly identity: string;
  /** The account's full name, where a part of it was typed. */
  readonly account: string;
  readonly role: string;
  /** `cached`: from the keychain, no call. `renewed`: made without a question. `new`: a code was used. */
  readonly how: "cached" | "renewed" | "new";
  /** undefined on the warm path, where the configuration is not parsed. */
  readonly target: Target | undefined;
}

/** Returns when a machine stops waiting: Go's SDK kills a credential process after 60 s. Both times are those of
 *  `context.monotonic`. */
export function machineDeadline(now: number): number {
  return now + 50_000;
}
