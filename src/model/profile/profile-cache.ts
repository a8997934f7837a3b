// What `assume` remembers of the profiles it saw to: while files and program are the same, nothing needs
// to be looked at again. State file `profiles`; no secret in it.

import type { AwsFile } from "./aws-profiles.ts";

export const profilesName = "profiles";

export interface ProfileObstacle {
  readonly name: string;
  readonly file: AwsFile;
  readonly why: string;
}

export interface EnsuredProfiles {
  /** Those that stand, in the order of the templates. */
  readonly names: readonly string[];
  /** The first of them: what to set AWS_PROFILE to. */
  readonly usable: string | undefined;
  /** Names held by sections awst leaves alone. */
  readonly inTheWay: readonly ProfileObstacle[];
  readonly unwritable: readonly { readonly name: string; readonly why: string }[];
}

export interface RememberedProfiles extends EnsuredProfiles {
  readonly identity: string;
  readonly region: string;
  /** The process line; "" where the profiles hold keys. */
  readonly line: string;
  /** Id of the temporary key that was written, with `mode = "keys"`. */
  readonly accessKeyId?: string | undefined;
  readonly program: string;
  /** Stamps of the configuration and of AWS's two files when all was found well. */
  readonly stamps: readonly (string | null)[];
}

export interface ProfileMemory {
  /** Whether it was said that others can read the credentials file. */
  readonly openIsSaid: boolean;
  readonly roles: Readonly<Record<string, RememberedProfiles>>;
}

export interface ProfilesNow extends Pick<RememberedProfiles, "stamps"> {
  readonly identity?: string | undefined;
  readonly region?: string | undefined;
  readonly line?: string | undefined;
  readonly accessKeyId?: string | undefined;
}

/** What `now` does not tell is not compared; where keys are written, the key must be told. */
export function isSameAsRemembered(
  kept: RememberedProfiles,
  now: ProfilesNow,
  program: readonly string[],
): boolean {
  return (
    kept.program === program.join("\0") &&
    kept.stamps.every((stamp, index) => stamp === now.stamps[index]) &&
    kept.accessKeyId === (kept.accessKeyId && now.accessKeyId) &&
    (["identity", "region", "line"] as const).every(
      (part) => now[part] === undefined || now[part] === kept[part],
    )
  );
}

export function ensuredOf(kept: RememberedProfiles): EnsuredProfiles {
  const { names, usable, inTheWay, unwritable } = kept;
  return { names, usable, inTheWay, unwritable };
}

const most = 300;

export function profileKey(
  configuration: string,
  account: string,
  role: string,
  scope?: string,
): string {
  return JSON.stringify([configuration, account, role, ...(scope === undefined ? [] : [scope])]);
}

/** Whose profile an entry is; undefined for a key that is none. */
export function ownerOfKey(
  key: string,
): { readonly account: string; readonly role: string } | undefined {
  try {
    const [, account, role]: unknown[] = JSON.parse(key);
    return typeof account === "string" && typeof role === "string" ? { account, role } : undefined;
  } catch {
    return undefined;
  }
}

export function decodeProfileMemory(value: unknown): ProfileMemory {
  const nothing = { openIsSaid: false, roles: {} };
  if (typeof value !== "object" || value === null) return nothing;
  const { version, openIsSaid, roles } = value as Record<string, unknown>;
  if (version !== 1 || typeof roles !== "object" || roles === null) return nothing;
  const whole = Object.entries(roles).filter(([, each]) => isWhole(each));
  return { openIsSaid: openIsSaid === true, roles: Object.fromEntries(whole) };
}

/** The newest stand last; the oldest are forgotten. */
export function encodeProfileMemory(memory: ProfileMemory): unknown {
  const roles = Object.fromEntries(Object.entries(memory.roles).slice(-most));
  return { version: 1, openIsSaid: memory.openIsSaid, roles };
}

export function withRemembered(
  memory: ProfileMemory,
  key: string,
  remembered: RememberedProfiles,
): ProfileMemory {
  const { [key]: _, ...others } = memory.roles;
  return { ...memory, roles: { ...others, [key]: remembered } };
}

function isWhole(value: unknown): value is RememberedProfiles {
  if (typeof value !== "object" || value === null) return false;
  const { names, inTheWay, unwritable, stamps, line, program, region } = value as Record<
    string,
    unknown
  >;
  const texts = [line, program, region];
  return (
    [names, inTheWay, unwritable, stamps].every(Array.isArray) &&
    texts.every((text) => typeof text === "string")
  );
}
