// One wish for a role session with everything that is known of it, and what the keychain holds for it.

import type { MfaSession, RoleSession } from "../../model/session/session.ts";
import type { Plan } from "../../model/session/session-plan.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import type { Target } from "../../model/session/target.ts";
import type { Caller } from "./open-caller.ts";

export interface Wish {
  readonly request: SessionRequest;
  readonly target: Target;
  readonly caller: Caller;
  readonly item: string;
  readonly scope: string | undefined;
  /** When a machine's patience ends. */
  readonly deadline: Date | undefined;
  /** `assume main-account DeveloperAccess`: for those that wait, and for the history. */
  readonly words: string;
  /** How long after a code the role may be worked in. */
  readonly workSeconds: number;
}

export interface Situation {
  readonly plan: Plan;
  readonly held: RoleSession | undefined;
  readonly mfa: MfaSession | undefined;
}
