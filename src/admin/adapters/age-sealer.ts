// Seals texts for recipients of age (age-encryption.org/v1), as ASCII armor. awst has no identity: it can't open what
// it sealed.

import { armor, Encrypter } from "age-encryption";
import { mistypedRecipient } from "../model/age-recipients.ts";

export type Seal = (text: string) => Promise<string>;

/** `recipients`: each is X25519; any of them opens what is sealed. Errors: USAGE for one that can't be sealed for. */
export async function openSealer(recipients: readonly string[]): Promise<Seal> {
  for (const recipient of recipients) {
    try {
      // Also finds a point that gives everybody the same key, which only sealing shows.
      await sealFor([recipient], "");
    } catch {
      throw mistypedRecipient(recipient, "--age");
    }
  }
  return (text) => sealFor(recipients, text);
}

async function sealFor(recipients: readonly string[], text: string): Promise<string> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}
