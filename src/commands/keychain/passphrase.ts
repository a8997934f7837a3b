// `awst keychain passphrase`: changes the passphrase of the sealed file.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { changePassphrase } from "../../flows/setup/change-passphrase.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "keychain passphrase",
  group: "Set-up",
  summary: "change the passphrase of the sealed file",
  details:
    "Asks for the current passphrase, even if the sealed file is unlocked, and twice for the new one. Everything is encrypted again, with the current scrypt cost; sessions stay. A sealed file that a key file opened has a passphrase afterwards. Older copies of the sealed file still open with the old passphrase or key file.",
  options: {
    newFile: text("FILE", "read the new passphrase from a file"),
  },
  examples: [
    { line: "awst keychain passphrase", meaning: "type both passphrases" },
    { line: "awst keychain passphrase --new-file ~/new", meaning: "without a terminal" },
  ],
  json: [["keyFile", "the key file that opened the sealed file before, or null"]],
  async run(context: Context, { newFile }) {
    const { keyFile, variable } = await changePassphrase(context, newFile);
    const lines = ["changed the passphrase of the sealed keychain"];
    if (variable !== undefined) lines.push(`${variable} still has the old passphrase: update it`);
    if (keyFile !== undefined) {
      lines.push(`the key file opens older copies only; to delete it: rm ${keyFile}`);
    }
    return { json: { keyFile: keyFile ?? null }, notes: successNotes(lines) };
  },
});
