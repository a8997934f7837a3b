// What the system's keychain says when it refuses, by its text: the binding has no codes. `isNone`:
// there is no such keychain on this machine (`auto` may then choose the sealed file); anything else is
// a keychain that is there and can't be used now.

import type { ErrorCode } from "../errors.ts";

export interface StoreRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly isNone: boolean;
}

interface Row {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint?: string;
  readonly isNone?: true;
}

const noSession = "there is no D-Bus session here";
const useTheFile = "use the sealed file instead: AWST_KEYCHAIN=file";

// The first row that fits counts.
const rows: readonly Row[] = [
  {
    says: /longer than platform limit|too long|stub received bad data/i,
    code: "KEYCHAIN_TOO_LARGE",
    why: "takes no item of this size",
    hint: useTheFile,
  },
  {
    says: /user canceled|cancell?ed by the user|-128\b|auth(entication|orization)? (was )?(failed|denied)|accessdenied|access is denied|permission denied/i,
    code: "KEYCHAIN_REFUSED",
    why: "refused access",
    hint: "allow awst when the keychain asks, and try again",
  },
  {
    says: /interaction is not allowed|-25308\b|no ui possible|-25320\b|no such logon session|logon session does not exist/i,
    code: "KEYCHAIN_LOCKED",
    why: "is locked, and this session has no desktop to unlock it in",
    hint: "unlock it first (macOS: security unlock-keychain), or use the sealed file: AWST_KEYCHAIN=file",
  },
  {
    says: /prompt was dismissed|is locked|islocked|locked (collection|item)/i,
    code: "KEYCHAIN_LOCKED",
    why: "is locked",
    hint: "unlock it (log in to the desktop, or: gnome-keyring-daemon --unlock), then try again",
  },
  {
    says: /did not receive a reply|noreply|timed? ?out/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "does not answer",
    hint: "restart it: systemctl --user restart gnome-keyring-daemon",
  },
  {
    says: /autolaunch|dbus_session_bus_address|unable to autolaunch/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: `can't be reached: ${noSession}`,
    isNone: true,
  },
  {
    says: /serviceunknown|was not provided by any \.service files|spawn\.|activat\w+ .*(failed|not found)/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "is not there: no program on this machine answers for org.freedesktop.secrets",
    hint: useTheFile,
    isNone: true,
  },
  {
    says: /no result found|default keychain could not be found|-25307\b/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "has no default collection to keep anything in",
    hint: useTheFile,
    isNone: true,
  },
  {
    says: /failed to connect|connection (is |was )?(closed|refused|reset)|disconnected|broken pipe|dbus error/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "can't be reached over D-Bus",
    hint: useTheFile,
  },
];

/** `busPath`: the socket of the user's D-Bus, where there is one although no address is set. */
export function explainStoreError(text: string, busPath: string | undefined): StoreRefusal {
  const row = rows.find(({ says }) => says.test(text));
  if (row === undefined) {
    const message = `the system's keychain refused: ${firstLine(text)}`;
    return { code: "KEYCHAIN_REFUSED", message, isNone: false };
  }
  const message = `the system's keychain ${row.why}`;
  const isHidden = row.why.endsWith(noSession);
  if (isHidden && busPath !== undefined) {
    const hint = `export DBUS_SESSION_BUS_ADDRESS=unix:path=${busPath}`;
    return { code: row.code, message, hint, isNone: false };
  }
  return {
    code: row.code,
    message,
    hint: isHidden ? useTheFile : row.hint,
    isNone: row.isNone === true,
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim().slice(0, 200) || "no reason given";
}
