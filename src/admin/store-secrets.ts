// Where new secrets go: to the terminal, or into a file for each user (--out). Never in plain to stdout, into a log or
// the history. A file has mode 0600, is made before the secret, and only ever grows. Secrets that are sealed (--age) go
// to stdout or into a file, all of a user in one text.

import { AwstError, isAwstError } from "../model/errors.ts";
import { drawModules } from "../output/mfa/qr-drawing.ts";
import type { Needs } from "../ports.ts";
import type { Seal } from "./adapters/age-sealer.ts";
import { writeSealed } from "./adapters/sealed-output.ts";
import {
  appendSecret,
  checkSecretFiles,
  openSecretFolder,
  sealedFile,
  secretFileOf,
} from "./adapters/secret-files.ts";
import type { NewSecret, SecretStore } from "./flows/create-user.ts";
import { deviceLines, deviceUri, keyLines, passwordLines } from "./output/new-secrets.ts";

type SecretStoreNeeds = Needs<"terminal" | "qr" | "say">;

export interface SecretTarget {
  /** --out */
  readonly folder: string | undefined;
  /** --age; undefined: the secrets are stored or shown in plain. */
  readonly seal: Seal | undefined;
  /** --json: sealed secrets are part of the result. */
  readonly json: boolean;
  /** How many secrets each user gets. */
  readonly users: ReadonlyMap<string, number>;
  readonly accountId: string;
  /** What to type again, without --out. */
  readonly retry: string;
}

export interface OpenedStore extends SecretStore {
  /** By user: the sealed secrets that are part of the result. */
  readonly sealed: ReadonlyMap<string, string>;
  /** By user: the file that has secrets of this run (--out). */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Called before AWS is: a folder or a recipient that can't be used costs no code. Errors: FILE_UNWRITABLE; USAGE for a
 * recipient that is mistyped.
 */
export async function checkSecretOptions(
  { out, age }: { readonly out: string | undefined; readonly age: readonly string[] },
  users: readonly string[],
): Promise<Seal | undefined> {
  if (out !== undefined) checkSecretFiles(out, age.length > 0 ? [] : users);
  if (age.length === 0) return undefined;
  const { openSealer } = await import("./adapters/age-sealer.ts");
  return openSealer(age);
}

/** Errors: CONFIRMATION_NEEDED without a terminal, a folder and a recipient; FILE_UNWRITABLE. */
export async function openSecretStore(
  context: SecretStoreNeeds,
  target: SecretTarget,
): Promise<OpenedStore> {
  const { folder, seal, users, accountId, retry } = target;
  if (seal !== undefined) return openSealedStore(context, target, seal);
  const files = new Map<string, string>();
  const plain = { finish: async () => {}, sealed: new Map<string, string>(), files };
  if (folder !== undefined) {
    openSecretFolder(folder, [...users.keys()]);
    const put = async (user: string, secret: NewSecret) => {
      const lines = await linesOf(context, user, accountId, secret, 200);
      appendSecret(folder, user, `${lines.join("\n")}\n\n`);
      files.set(user, secretFileOf(folder, user));
    };
    return { put, ...plain };
  }
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = "no terminal to show the new secrets on";
    throw new AwstError("CONFIRMATION_NEEDED", message, { hint: `${retry} --out FOLDER` });
  }
  const put = async (user: string, secret: NewSecret) => {
    const lines = await linesOf(context, user, accountId, secret, 80);
    if (await terminal.show(() => ["", ...lines, ""])) return;
    throw new AwstError("INTERRUPTED", "the terminal was closed, and the secret was not shown");
  };
  return { put, ...plain };
}

/**
 * All secrets of a user are one text, since age opens one at a time. A file is written anew with each secret. To stdout a
 * text goes once: with the last secret, before it is used, or where the user's steps ended early.
 */
function openSealedStore(
  context: SecretStoreNeeds,
  { folder, json, users, accountId }: SecretTarget,
  seal: Seal,
): OpenedStore {
  const texts = new Map<string, string>();
  const counts = new Map<string, number>();
  const sealed = new Map<string, string>();
  const writers = new Map<string, (text: string) => void>();
  const files = new Map<string, string>();
  if (folder !== undefined) {
    openSecretFolder(folder, [...users.keys()], "age");
    for (const user of users.keys()) writers.set(user, sealedFile(folder, user));
  }
  const finish = async (user: string) => {
    const text = texts.get(user);
    if (text === undefined || folder !== undefined) return;
    const armor = await seal(text);
    if (json) sealed.set(user, armor);
    else {
      writeSealed(armor, user);
      context.say(`sealed the secrets of ${user}`);
    }
    texts.delete(user);
  };
  const put = async (user: string, secret: NewSecret) => {
    const lines = await linesOf(context, user, accountId, secret, 80);
    const text = `${texts.get(user) ?? ""}${lines.join("\n")}\n\n`;
    texts.set(user, text);
    const count = (counts.get(user) ?? 0) + 1;
    counts.set(user, count);
    writers.get(user)?.(await seal(text));
    if (folder !== undefined) files.set(user, secretFileOf(folder, user, "age"));
    if (count === users.get(user)) await finish(user);
  };
  return { put, finish, sealed, files };
}

/** Writes a result that has sealed secrets to stdout. Returns why it can't be written, as with a reader that is gone. */
export function deliverSealed(
  output: string,
  sealed: ReadonlyMap<string, string>,
): AwstError | undefined {
  try {
    writeSealed(output, [...sealed.keys()].join(", "));
    return undefined;
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return error;
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
