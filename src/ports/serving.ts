// The endpoint that a program under `exec --server` takes its keys from.

import type { RoleSession } from "../model/session/session.ts";

export interface CredentialsServer {
  /** On 127.0.0.1, at a port of the system's choosing. FILE_UNWRITABLE, SERVER_FAILED. */
  start(how: {
    readonly region: string;
    /** Quick, whatever happens: nothing is asked of anybody inside a request. */
    readonly answer: () => Promise<ServedAnswer>;
  }): Promise<ServedEndpoint>;
}

export type ServedAnswer =
  | { readonly session: RoleSession }
  | { readonly status: number; readonly code: string; readonly message: string };

export interface ServedEndpoint {
  readonly url: string;
  /** Holds the token that every request has to bring; mode 0600, gone with `close`. */
  readonly tokenFile: string;
  /** AWS's two files as the program is to see them: no keys in either. */
  readonly credentialsFile: string;
  readonly configFile: string;
  close(): Promise<void>;
}
