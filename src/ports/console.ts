// The AWS console: its sign-in service, and the browser that opens it.

import type { Secret } from "../model/secret.ts";
import type { SessionKeys } from "../model/session/session.ts";

/** Called over the network as STS is. Errors: AWS_UNREACHABLE, AWS_RESPONSE_MALFORMED, AWS_THROTTLED. */
export interface SignIn {
  getToken(input: {
    readonly keys: SessionKeys;
    /** Chooses the host. */
    readonly region: string;
    /** undefined: as long as the keys are valid. */
    readonly durationSeconds: number | undefined;
    /** Hosts that may get the keys besides AWS's own: `[console] signInHosts`. */
    readonly allowedHosts: readonly string[];
  }): Promise<SignInResponse>;
}

export type SignInResponse =
  /** `service`: the address the token works at, without `/federation`. */
  | { readonly token: Secret; readonly service: string }
  /** HTTP 400: AWS refused the keys or the duration. */
  | { readonly refused: true };

export interface Browser {
  /** Whether there is a desktop to show something on. */
  isHere(): boolean;
  /** Shows a page of mode 0600 that redirects to the console, and deletes it a minute later. BROWSER_MISSING, FILE_UNWRITABLE. */
  open(page: Secret, start: BrowserStart): Promise<void>;
}

/** Returns the command that opens the page's address; undefined: the desktop's own browser. */
export type BrowserStart = ((page: string) => readonly string[]) | undefined;
