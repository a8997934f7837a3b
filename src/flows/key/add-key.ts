// `key add`: a long-term key from the console's CSV file, from stdin, or typed, into the keychain.

import { findIdentity } from "../../model/configuration/find-identity.ts";
import { AwstError } from "../../model/errors.ts";
import { checkTypedKey, type GivenKey, parseKeyText } from "../../model/key/parse-key-text.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { type StoredKey, type StoreNeeds, storeKey } from "./store-key.ts";

type AddNeeds = StoreNeeds & Needs<"configurationFile" | "readText" | "terminal">;

/** `csv`: a file's path; absent: stdin where it is piped, else a person. Errors: KEY_NEEDED with nobody
 *  to ask, FILE_*, USAGE, and those of `storeKey`. */
export async function addKey(
  world: AddNeeds,
  wanted: { readonly identity: string | undefined; readonly csv: string | undefined },
): Promise<StoredKey> {
  const configuration = await loadConfiguration(world);
  const identity = findIdentity(configuration, wanted.identity);
  const key = await obtainKey(world, identity.name, wanted.csv);
  return storeKey(world, configuration, identity, key, "key add");
}

async function obtainKey(
  world: AddNeeds,
  identity: string,
  csv: string | undefined,
): Promise<GivenKey> {
  if (csv !== undefined) return parseKeyText(await world.readText(csv), csv);
  const input = await world.readText("-");
  if (input.trim() !== "") return parseKeyText(input, "the input");
  const terminal = await world.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("KEY_NEEDED", "no access key was given, and there is nobody to ask", {
      hint: "awst key add --csv FILE, or two lines on stdin: the key id and its secret",
    });
  }
  const id = await terminal.askSecret({ text: `access key id of ${identity} (AKIA…)` });
  const secret = await terminal.askSecret({ text: "its secret access key" });
  return checkTypedKey(id, secret);
}
