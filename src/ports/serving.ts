// The endpoint from which a program under `exec --server` gets its credentials.

import type { CopiedFiles } from "../model/profile/copy-without-secrets.ts";
import type { Secret } from "../model/secret.ts";
import type { RoleSession } from "../model/session/session.ts";

/** An HTTP server that AWS SDKs read as a container's credentials endpoint. */
export interface CredentialsServer {
  /** Listens on 127.0.0.1, at a port that the system chooses. FILE_UNWRITABLE, SERVER_FAILED. */
  start(how: {
    /** The program's view of AWS's two files. */
    readonly files: CopiedFiles;
    /** Responds without a prompt. */
    readonly respond: () => Promise<ServedResponse>;
  }): Promise<ServedEndpoint>;
}

/** The credentials of a session, or the HTTP status and the error of the response. */
export type ServedResponse =
  | { readonly session: RoleSession }
  | { readonly status: number; readonly code: string; readonly message: string };

export interface ServedEndpoint {
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly url: string;
  /** Every request must have it. */
  readonly token: Secret;
  /** Of the listening socket: a program that inherits it keeps the port from others. undefined: unknown. */
  readonly descriptor: number | undefined;
  /** Contains the token; mode 0600, deleted by `close`. */
  readonly tokenFile: string;
  /** The copies of AWS's two files, without secrets; mode 0600, deleted by `close`. */
  readonly credentialsFile: string;
  readonly configFile: string;
  /** Returns which copies the program changed. What it wrote is lost with them. */
  changedCopies(): readonly (keyof CopiedFiles)[];
  /** Stops the server and deletes its three files. */
  close(): Promise<void>;
}
