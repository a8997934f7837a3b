// Translates errors of the system's keychain by their text, since the binding has no error codes. `isMissing`:
// this machine has no keychain, so `auto` may choose the sealed file. Every other error is about a keychain
// that exists and can't be used now.

import type { ErrorCode } from "../errors.ts";

export interface StoreError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly isMissing: boolean;
}

interface StoreErrorRow {
  readonly text: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint?: string;
  readonly isMissing?: true;
}

const noSession = "there is no D-Bus session";
const noConnection = "can't be reached over D-Bus";
const useTheFile = "use the sealed file instead: AWST_KEYCHAIN=file";

// The first matching row is used.
const rows: readonly StoreErrorRow[] = [
  {
    text: /longer than platform limit|too long|stub received bad data/i,
    code: "KEYCHAIN_TOO_LARGE",
    why: "does not accept items of this size",
    hint: useTheFile,
  },
  {
    text: /user canceled|cancell?ed by the user|-128\b|auth(entication|orization)? (was )?(failed|denied)|accessdenied|access is denied|permission denied/i,
    code: "KEYCHAIN_REFUSED",
    why: "refused access",
    hint: "try again, and allow access when the keychain asks",
  },
  {
    text: /interaction is not allowed|-25308\b|no ui possible|-25320\b|no such logon session|logon session does not exist/i,
    code: "KEYCHAIN_LOCKED",
    why: "is locked, and this session has no desktop to unlock it",
    hint: "unlock it first (macOS: security unlock-keychain), or use the sealed file: AWST_KEYCHAIN=file",
  },
  {
    text: /prompt was dismissed|is locked|islocked|locked (collection|item)/i,
    code: "KEYCHAIN_LOCKED",
    why: "is locked",
    hint: "unlock it (log in to the desktop, or: gnome-keyring-daemon --unlock), then try again",
  },
  {
    text: /did not receive a reply|noreply|timed? ?out/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "does not respond",
    hint: "restart it: systemctl --user restart gnome-keyring-daemon",
  },
  {
    text: /autolaunch|dbus_session_bus_address|unable to autolaunch/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: `can't be reached: ${noSession}`,
    isMissing: true,
  },
  {
    text: /serviceunknown|was not provided by any \.service files|spawn\.|activat\w+ .*(failed|not found)/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "is missing: no program on this machine provides org.freedesktop.secrets",
    hint: useTheFile,
    isMissing: true,
  },
  {
    text: /no result found|default keychain could not be found|-25307\b/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: "has no default collection",
    hint: useTheFile,
    isMissing: true,
  },
  {
    text: /failed to connect|connection (is |was )?(closed|refused|reset)|disconnected|broken pipe|dbus error/i,
    code: "KEYCHAIN_UNREACHABLE",
    why: noConnection,
    hint: useTheFile,
  },
];

/** `busPath`: the socket of the user's D-Bus, where it exists and the environment has no or another address. */
export function explainStoreError(text: string, busPath: string | undefined): StoreError {
  const row = rows.find((each) => each.text.test(text));
  if (row === undefined) {
    const message = `the system's keychain refused the call: ${firstLine(text)}`;
    return { code: "KEYCHAIN_REFUSED", message, isMissing: false };
  }
  const message = `the system's keychain ${row.why}`;
  const isHidden = row.why.endsWith(noSession);
  if ((isHidden || row.why === noConnection) && busPath !== undefined) {
    const hint = `export DBUS_SESSION_BUS_ADDRESS=unix:path=${busPath}`;
    return { code: row.code, message, hint, isMissing: false };
  }
  return {
    code: row.code,
    message,
    hint: isHidden ? useTheFile : row.hint,
    isMissing: row.isMissing === true,
  };
}

/** Returns the hint for a store that was chosen before: the key is in it, so another store is no help. */
export function forChosenStore(hint: string | undefined): string | undefined {
  const isOtherStore = hint?.includes("AWST_KEYCHAIN=file");
  return isOtherStore
    ? "awst's items are in it: log in to the desktop, or start its program"
    : hint;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim().slice(0, 200) || "no reason given";
}
