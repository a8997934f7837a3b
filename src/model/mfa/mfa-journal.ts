// What was begun with an identity's MFA devices and is not finished: written down before each step that
// a kill could cut off, so that the next run goes on from there. Never a secret: a seed that is needed
// lies in the keychain meanwhile.

export interface MfaJournal {
  /** Of the IAM user; another one's journal is none. */
  readonly userName: string;
  readonly enrolment?: Enrolment | undefined;
  readonly replacement?: Replacement | undefined;
  /** Serial of a device that is being removed. */
  readonly removal?: string | undefined;
}

/** A device from before it is made until it is proved and its seed is where it belongs. */
export interface Enrolment {
  readonly name: string;
  /** undefined until AWS answered. */
  readonly serial?: string | undefined;
  readonly since: string;
  /** --store */
  readonly keepsSeed: boolean;
  readonly isProved: boolean;
}

export interface Replacement {
  readonly old: string;
  /** `same-name`: the policy allows one name, so the old one goes first. */
  readonly order: "new-first" | "same-name";
  /** Serial of the new one, once it works. */
  readonly fresh?: string | undefined;
  readonly since: string;
}

/** Whether anything of a replacement was done yet. */
export function isReplacing({ replacement, enrolment }: MfaJournal): boolean {
  if (replacement === undefined) return false;
  const { order, fresh } = replacement;
  return order === "same-name" || fresh !== undefined || enrolment !== undefined;
}

/** The state file's name. */
export function mfaJournalName(identity: string): string {
  return `mfa-${identity}`;
}

/** From what the state file holds, whatever it is; nothing for another user. */
export function decodeMfaJournal(value: unknown, userName: string): MfaJournal {
  const journal = value as Record<string, unknown> | null | undefined;
  if (typeof journal !== "object" || journal === null || journal["userName"] !== userName) {
    return { userName };
  }
  const { enrolment, replacement, removal } = journal;
  return {
    userName,
    ...(isEnrolment(enrolment) && { enrolment }),
    ...(isReplacement(replacement) && { replacement }),
    ...(typeof removal === "string" && { removal }),
  };
}

function isEnrolment(value: unknown): value is Enrolment {
  const it = value as Record<string, unknown> | null | undefined;
  return (
    typeof it === "object" &&
    it !== null &&
    typeof it["name"] === "string" &&
    (it["serial"] === undefined || typeof it["serial"] === "string") &&
    typeof it["since"] === "string" &&
    typeof it["keepsSeed"] === "boolean" &&
    typeof it["isProved"] === "boolean"
  );
}

function isReplacement(value: unknown): value is Replacement {
  const it = value as Record<string, unknown> | null | undefined;
  return (
    typeof it === "object" &&
    it !== null &&
    typeof it["old"] === "string" &&
    (it["order"] === "new-first" || it["order"] === "same-name") &&
    (it["fresh"] === undefined || typeof it["fresh"] === "string") &&
    typeof it["since"] === "string"
  );
}
