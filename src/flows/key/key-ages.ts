// When keys were made, as AWS once said: it never changes, so it is asked once per key.

import { isAwstError } from "../../model/errors.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import { occurrencesOf } from "../../model/profile/long-term-keys.ts";
import type { Needs } from "../../ports.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";

const name = "key-ages";
const remembered = 50;

/** undefined: AWS was never asked. */
export async function readMadeAt(
  context: Needs<"state">,
  keyId: string,
): Promise<Date | undefined> {
  const text = decode(context.state.read(name))[keyId];
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

export async function noteAges(
  context: Needs<"state">,
  keys: readonly Pick<ListedKey, "accessKeyId" | "createdAt">[],
): Promise<void> {
  await context.state.update(name, (old) => {
    const known = decode(old);
    if (keys.every(({ accessKeyId }) => accessKeyId in known)) return undefined;
    const added = keys.map(({ accessKeyId, createdAt }) => [accessKeyId, createdAt.toISOString()]);
    const all = Object.entries({ ...known, ...Object.fromEntries(added) });
    return Object.fromEntries(all.slice(-remembered));
  });
}

function decode(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter(([, at]) => typeof at === "string");
  return Object.fromEntries(entries);
}

/** `words`: for those that wait. Not for questions: nobody should wait for a person here. */
export async function holdKey<T>(
  context: Needs<"locks" | "say" | "processId">,
  identityContext: IdentityContext,
  words: string,
  work: () => Promise<T>,
): Promise<T> {
  const how = {
    holder: `${words} (process ${context.processId})`,
    onWait: (holder: string | undefined) =>
      context.say(`waiting for ${holder ?? "another awst"} to finish`),
  };
  return (await context.locks()).hold(`key-${identityContext.identity.name}`, how, work);
}

/** One line each; none where the files can't be read: the key is replaced all the same. */
export async function nameSightings(
  context: Needs<"awsFiles" | "paths" | "debug">,
  accessKeyId: string,
): Promise<readonly string[]> {
  const read = (await context.awsFiles()).read();
  const texts = await read.catch((error: unknown) => {
    if (!isAwstError(error)) throw error;
    context.debug(error.message);
    return { config: undefined, credentials: undefined };
  });
  const { awsConfig, awsCredentials } = context.paths;
  return occurrencesOf(texts, accessKeyId).map(({ file, section, line }) => {
    const path = file === "config" ? awsConfig : awsCredentials;
    const where = section === undefined ? "" : ` [${section}]`;
    return `${path}:${line}${where} still contains ${accessKeyId}`;
  });
}
