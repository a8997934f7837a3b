// The key that awst works with is neither deactivated nor deleted by hand: rotation replaces it.

import { AwstError } from "../../model/errors.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { decodeKeyNotes, keyNotesName } from "../../model/session/warm-state.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Needs } from "../../ports.ts";
import type { Caller } from "../session/open-caller.ts";

/** Held by any identity, as far as is known. USAGE, with the line that does it safely. */
export async function refuseHeldKey(
  world: Needs<"state">,
  caller: Caller,
  accessKeyId: string,
  verb: string,
): Promise<void> {
  const { name } = caller.identity;
  const kept = decodeAccessKey(await caller.keychain.read(keyItem(name)));
  const notes = Object.entries(decodeKeyNotes(world.state.read(keyNotesName)));
  const isOwn = [caller.key.accessKeyId, kept?.accessKeyId].includes(accessKeyId);
  const holder = isOwn ? name : notes.find(([, note]) => note.accessKeyId === accessKeyId)?.[0];
  if (holder === undefined) return;
  throw new AwstError(
    "USAGE",
    `${accessKeyId} is the key that awst holds for "${holder}": it is not ${verb}`,
    {
      hint: `to replace it by a new one: ${commandLine(["awst", "key", "rotate", "--identity", holder])}`,
    },
  );
}
