// Where new secrets go: to the terminal, or into a file for each user (--out). Never to stdout, into a log or the
// history. A file has mode 0600, is made before the secret, and only ever grows.

import { appendFile, chmod, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { AwstError } from "../model/errors.ts";
import { systemErrorText } from "../model/text/system-error-text.ts";
import { drawModules } from "../output/mfa/qr-drawing.ts";
import type { Needs } from "../ports.ts";
import type { NewSecret, StoreSecret } from "./flows/create-user.ts";
import { deviceLines, deviceUri, keyLines, passwordLines } from "./output/new-secrets.ts";

type SecretStoreNeeds = Needs<"terminal" | "qr" | "env">;

/** Errors: CONFIRMATION_NEEDED without a terminal and without a folder; FILE_UNWRITABLE. */
export async function openSecretStore(
  context: SecretStoreNeeds,
  folder: string | undefined,
  accountId: string,
  retry: string,
): Promise<StoreSecret> {
  if (folder !== undefined) {
    await inFile(folder, () => makeFolder(folder));
    return async (user, secret) => {
      const lines = await linesOf(context, user, accountId, secret, 200);
      await appendPrivate(join(folder, `${user}.txt`), `${lines.join("\n")}\n\n`);
    };
  }
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = "no terminal to show the new secrets on";
    throw new AwstError("CONFIRMATION_NEEDED", message, { hint: `${retry} --out FOLDER` });
  }
  return async (user, secret) => {
    const lines = await linesOf(context, user, accountId, secret, 80);
    await terminal.show(() => ["", ...lines, ""]);
  };
}

/** One folder, not those above it: a mistyped path makes none, and Node's recursive form never ends under /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
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

async function appendPrivate(path: string, text: string): Promise<void> {
  await inFile(path, async () => {
    const file = await open(path, "a", 0o600);
    try {
      await chmod(path, 0o600);
      await appendFile(file, text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

async function inFile(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const message = `${path} cannot be written (${systemErrorText(cause)})`;
    throw new AwstError("FILE_UNWRITABLE", message, { cause });
  }
}
