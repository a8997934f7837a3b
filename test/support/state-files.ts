// State files as tests read and write them: the JSON that is on disk, through the code that adds and checks
// the version.

import { decodeStored, encodeStored } from "../../src/adapters/file/state.ts";
import { clockAt } from "../../src/model/clock.ts";
import type { StateFile } from "../../src/model/state-file.ts";

/** Returns the value of a file with this JSON. */
export function fromJson<T>(file: StateFile<T>, json: unknown): T {
  return decodeStored(file, json, () => clockAt(new Date(0), 0));
}

/** Returns the JSON that is written for a value. */
export function toJson<T>(file: StateFile<T>, value: T): unknown {
  return JSON.parse(JSON.stringify(encodeStored(file, value)));
}
