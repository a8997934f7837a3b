// The endpoint from which a program under `exec --server` gets its credentials.

import type { RoleSession } from "../model/session/session.ts";

export interface CredentialsServer {
  /** On 127.0.0.1, at a port of the system's choosing. FILE_UNWRITABLE, SERVER_FAILED. */
  start(how: {
    readonly region: string;
    /** Quick in every case: a request never prompts. */
    readonly answer: () => Promise<ServedAnswer>;
  }): Promise<ServedEndpoint>;
}

export type ServedAnswer =
  | { readonly session: RoleSession }
  | { readonly status: number; readonly code: string; readonly message: string };

export interface ServedEndpoint {
  readonly url: string;
  /** Contains the token that every request must have; mode 0600, deleted by `close`. */
  readonly tokenFile: string;
  /** AWS's two files for the program; neither contains keys. */
  readonly credentialsFile: string;
  readonly configFile: string;
  close(): Promise<void>;
}
