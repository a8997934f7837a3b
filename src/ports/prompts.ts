// Prompts, at the terminal or in a window of the desktop, and QR codes: drawn at the terminal for a phone to
// scan, or read from a saved picture.

import type { QrModules } from "../model/mfa/otpauth-uri.ts";
import type { Secret } from "../model/secret.ts";

/** The terminal device itself, whatever stdin and stdout are. Ends: INTERRUPTED, ANSWER_TIMED_OUT. */
export interface Terminal {
  /** Returns whether the device opens and this process is in its foreground group. */
  isHere(): boolean;
  askCode(question: Question): Promise<Secret>;
  askSecret(question: Question): Promise<Secret>;
  askText(question: Question): Promise<string>;
  confirm(question: Question): Promise<boolean>;
  /** Type to filter; answers with the chosen value. */
  choose<T>(question: Question, options: readonly Choice<T>[]): Promise<T>;
  /**
   * Shows lines only on the device: programs that read stdout or stderr do not get them. Returns whether there was a
   * device. Errors: INTERRUPTED.
   */
  show(draw: (size: TerminalSize) => readonly string[]): Promise<boolean>;
  /** Shows `text` with the seconds left until `until`; Ctrl-C ends it with INTERRUPTED. */
  countDown(text: string, until: Date): Promise<void>;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Question {
  readonly text: string;
  /** Ends the question with ANSWER_TIMED_OUT. */
  readonly timeoutMs?: number | undefined;
}

export interface Choice<T> {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Shown in red where there are colors. */
  readonly isAlert?: boolean | undefined;
  readonly value: T;
}

/** A window of the desktop: osascript, zenity, kdialog, PowerShell. */
export interface Dialog {
  isHere(): boolean;
  askCode(question: Question): Promise<Secret>;
}

export interface Qr {
  /** The modules contain the text, so they are shown on the terminal device only. */
  encode(text: Secret): QrModules;
  /** The text of the code in a PNG file; undefined: no readable code. FILE_UNREADABLE, FILE_MALFORMED. */
  read(path: string): Promise<Secret | undefined>;
}
