// Where new secrets go: to the terminal, or into a file for each user (--out). Never to stdout, into a log or the
// history. A file has mode 0600, is made before the secret, and only ever grows.

import { dropClosedTerminal } from "../adapters/terminal/closed-terminal.ts";
import { AwstError } from "../model/errors.ts";
import { drawModules } from "../output/mfa/qr-drawing.ts";
import type { Needs } from "../ports.ts";
import { appendSecret, checkSecretFiles, openSecretFolder } from "./adapters/secret-files.ts";
import type { NewSecret, StoreSecret } from "./flows/create-user.ts";
import { deviceLines, deviceUri, keyLines, passwordLines } from "./output/new-secrets.ts";

type SecretStoreNeeds = Needs<"terminal" | "qr" | "env">;

export interface SecretTarget {
  /** --out */
  readonly folder: string | undefined;
  readonly users: readonly string[];
  readonly accountId: string;
  /** What to type again, without --out. */
  readonly retry: string;
}

/** Called before AWS is: a folder that can't be used costs no code. Errors: FILE_UNWRITABLE. */
export function checkSecretFolder(folder: string, users: readonly string[]): void {
  checkSecretFiles(folder, users);
}

/** Errors: CONFIRMATION_NEEDED without a terminal and without a folder; FILE_UNWRITABLE. */
export async function openSecretStore(
  context: SecretStoreNeeds,
  { folder, users, accountId, retry }: SecretTarget,
): Promise<StoreSecret> {
  if (folder !== undefined) {
    openSecretFolder(folder, users);
    return async (user, secret) => {
      const lines = await linesOf(context, user, accountId, secret, 200);
      appendSecret(folder, user, `${lines.join("\n")}\n\n`);
    };
  }
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = "no terminal to show the new secrets on";
    throw new AwstError("CONFIRMATION_NEEDED", message, { hint: `${retry} --out FOLDER` });
  }
  return async (user, secret) => {
    const lines = await linesOf(context, user, accountId, secret, 80);
    if (await terminal.show(() => ["", ...lines, ""])) return;
    throw new AwstError("INTERRUPTED", "the terminal was closed, and the secret was not shown");
  };
}

async function linesOf(
  context: SecretStoreNeeds,
  user: string,
  accountId: string,
  secret: NewSecret,
  columns: number,
): Promise<readonly string[]> {
  if (secret.kind === "password") return passwordLines(user, accountId, secret.password);
  if (secret.kind === "key") return keyLines(secret.accessKeyId, secret.secretAccessKey);
  const modules = (await context.qr()).encode(deviceUri(user, accountId, secret.seed));
  const drawing = drawModules(modules, { columns, dark: true, color: false });
  return deviceLines(secret.serial, secret.seed, "lines" in drawing ? drawing.lines : []);
}

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * After Ctrl-C, kill or the end of the terminal, the step that runs is completed, so that no secret is lost between
 * AWS's answer and where it is stored. `work` starts no other step then. A second signal ends the process.
 */
export async function stopBetweenSteps<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const note = () => stop.abort();
  for (const signal of stopSignals) process.once(signal, note);
  try {
    return await work(stop.signal);
  } finally {
    if (stop.signal.aborted) dropClosedTerminal();
    for (const signal of stopSignals) process.off(signal, note);
  }
}
