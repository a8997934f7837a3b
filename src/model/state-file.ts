// What one state file contains: its name, and how its JSON becomes a value and back. Reading and writing
// is the work of `context.state`; a file that is missing, damaged or unknown reads like an empty one, a foreign one is an error.

import type { Clock } from "./clock.ts";

export interface StateFile<T> {
  /** `NAME.json` in the state folder. */
  readonly name: string;
  /** Set for a file that has the member `version`: only `context.state` adds and checks it. */
  readonly version?: 1;
  /** All configurations share it: it is about this machine, or about a device. */
  readonly isShared?: true;
  /**
   * Returns the value. Never throws. `stored`: the parsed JSON without its version; undefined for no file,
   * for text that is not JSON, and for a version that this program does not know. A number is checked with
   * `Number.isFinite`: JSON can hold 1e999.
   */
  decode(stored: unknown, clock: () => Clock): T;
  /** Returns what is written as JSON; by default the value as it is. */
  encode?(value: T): unknown;
}
