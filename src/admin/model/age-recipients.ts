// What --age takes: X25519 recipients of age (age1…), which every version of age opens. A text that may be secret, as
// age's identities are, is in no message.

import { AwstError } from "../../model/errors.ts";

const supported = "supported: X25519 recipients (age1…), which age-keygen prints as the public key";

/** Other kinds of recipients, by what they begin with; none of them is secret. */
const otherKinds: readonly (readonly [RegExp, string])[] = [
  [/^age1pq1/, "a post-quantum recipient"],
  [/^age1tag(pq)?1/, "a recipient of a hardware key"],
  [/^age1[a-z0-9-]+1/, "a recipient of a plugin"],
  [/^(ssh-|ecdsa-|sk-)\S+ /, "an SSH key"],
];

/** Returns one recipient of --age. Its checksum is not read yet. Errors: USAGE. */
export function readRecipient(typed: string, name: string): string {
  const text = typed.trim();
  checkNoIdentity(text, name);
  if (text === "") throw refusal(`${name} is empty`, supported);
  if (/^age1[^,]*,/.test(text)) {
    const each = text.split(/[,\s]+/).filter((part) => part !== "");
    throw refusal(
      `${name} takes one recipient, and may be repeated`,
      each.map((part) => `${name} ${/^age1\w+$/.test(part) ? part : "age1…"}`).join(" "),
    );
  }
  // Bech32 has no 1, b, i and o behind the separator: what has a further 1 is another kind.
  const kind = otherKinds.find(([pattern]) => pattern.test(text))?.[1];
  if (kind !== undefined) throw refusal(`${name} is ${kind}`, supported);
  if (/^AGE1/.test(text)) throw refusal(`${name} is in capital letters`, "write it as age1…");
  if (!text.startsWith("age1")) throw refusal(`${name} is not an age recipient`, supported);
  if (!/^age1[a-z0-9]+$/.test(text) || text.length !== 62) throw mistypedRecipient(text, name);
  return text;
}

/** Errors: USAGE for a text with an identity of age, which opens what was sealed. */
export function checkNoIdentity(text: string, what: string): void {
  if (!/AGE-(SECRET-KEY|PLUGIN)-/i.test(text)) return;
  throw refusal(
    `${what} has an identity of age, which is secret, where its recipient belongs`,
    "age-keygen -y FILE prints the recipient; the typed identity is in the shell's history: make a new one",
  );
}

export function mistypedRecipient(text: string, name: string): AwstError {
  return refusal(
    `${name} ${JSON.stringify(text)} is mistyped or cut off`,
    "copy the public key that age-keygen prints: age1 and 58 characters",
  );
}

function refusal(message: string, hint: string): AwstError {
  return new AwstError("USAGE", message, { hint });
}
