// The target of a session request: every input that shapes a role session, and nothing else. Targets with the same
// fingerprint have the same session.

import type { Account, Identity, Role } from "../configuration/configuration.ts";

/** The flags of `assume`, `exec`, `env` and `credential-process` that shape a session. */
export interface SessionFlags {
  readonly durationSeconds?: number | undefined;
  readonly single?: boolean | undefined;
  readonly sessionName?: string | undefined;
  readonly policyArns?: readonly string[] | undefined;
  /** The policy's JSON text, already read from --policy-file. */
  readonly policy?: string | undefined;
  /** Its absolute path, for the process line; the text alone shapes the session. */
  readonly policyFile?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly sourceIdentity?: string | undefined;
}

/** One AssumeRole call, without its caller. */
export interface RoleInputs {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly policyArns: readonly string[];
  readonly policy: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity: string | undefined;
  /** undefined: the IAM user's name. */
  readonly sessionName: string | undefined;
}

export interface Target {
  readonly identity: Identity;
  readonly account: Account;
  readonly role: Role;
  readonly inputs: RoleInputs;
  /** The hops before `inputs`, first one first: [] unless the role has `via`. */
  readonly chain: readonly RoleInputs[];
  readonly durationSeconds: number;
  /** `renew`: 1 h at most each, renewed until `durationSeconds` after the code. `single`: one AssumeRole
   *  with the code for all of it. `once`: a scoped session of up to 1 h that is not renewed. */
  readonly mode: "renew" | "single" | "once";
  /** How long each session lasts: 1 h at most with `renew`, less where it is written as plain keys. */
  readonly sessionSeconds: number;
  /** Whether its profiles hold credentials (`write.mode`). */
  readonly writesKeys: boolean;
  /** Whether flags made it differ from the configuration: it then has a profile and an item of its own. */
  readonly scoped: boolean;
  readonly flags: SessionFlags;
  /** Where this identity's STS and IAM calls go. */
  readonly callRegion: string;
  /** The region written into profiles and environments. */
  readonly profileRegion: string;
  /** The configuration names no region, so `profileRegion` comes from the environment. */
  readonly isRegionAmbient: boolean;
  readonly partition: string;
  /** Hex of a hash over everything above that shapes the session, environment included. */
  readonly fingerprint: string;
}
