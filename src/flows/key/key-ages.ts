// When keys were made, as AWS once said: it never changes, so it is asked once per key.

import type { ListedKey } from "../../model/key/listed-key.ts";
import type { Needs } from "../../ports.ts";

const name = "key-ages";
const remembered = 50;

/** undefined: AWS was never asked. */
export async function readMadeAt(world: Needs<"state">, keyId: string): Promise<Date | undefined> {
  const text = decode(world.state.read(name))[keyId];
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

export async function noteAges(
  world: Needs<"state">,
  keys: readonly Pick<ListedKey, "accessKeyId" | "createdAt">[],
): Promise<void> {
  await world.state.update(name, (old) => {
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
