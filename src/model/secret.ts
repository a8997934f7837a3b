// A string that does not print itself. Only `reveal()` returns its value; it is called in few places: where AWS is called, where the keychain is written, where keys are printed or served.

import type { InspectOptions } from "node:util";

const hidden = "[secret]";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Every call is a place to look at in a review. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, _options: InspectOptions): string {
    return hidden;
  }
}
