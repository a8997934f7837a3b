// `awst key list`: the user's own access keys.

import { defineCommand } from "../../args/command.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { listKeys } from "../../flows/key/manage-keys.ts";
import { keyListingJson, keyTable } from "../../output/key/key-listing.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key list",
  group: "Keys",
  summary: "own keys: id, state, age, last use, description, which one awst holds",
  details:
    "Asks AWS, inside the MFA session. Last use and descriptions need rights of their own; what is not allowed is left out, and said. AWS notes uses with a delay of about 15 minutes and more.",
  options: {
    mfaCode,
  },
  examples: [
    { line: "awst key list", meaning: "a table" },
    { line: "awst key list --json", meaning: "the same for a program" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["userName", "the IAM user's name at AWS"],
    ["keys[].accessKeyId", "the key's id"],
    ["keys[].status", "active, inactive or expired"],
    ["keys[].createdAt", "RFC 3339, UTC"],
    ["keys[].ageSeconds", "since then, by AWS's clock"],
    ["keys[].lastUsedAt", "RFC 3339, UTC, or null: never, or not known"],
    ["keys[].lastUsedService, .lastUsedRegion", "where that was, or null"],
    ["keys[].description", "the user's tag named by the key's id, or null"],
    ["keys[].heldIn", "keychain or profile for the key awst works with, else null"],
    ["lastUseIsKnown", "whether iam:GetAccessKeyLastUsed is allowed"],
    ["descriptionsAreKnown", "whether iam:ListUserTags is allowed"],
  ],
  async run(context: Context, args) {
    const listing = await listKeys(context, args.identity, readUserRequest(args));
    const json = `${JSON.stringify(keyListingJson(listing), null, 2)}\n`;
    await context.out(args.json ? json : keyTable(listing));
    if (listing.lastUseIsDenied) {
      context.say("when a key was last used is not told: iam:GetAccessKeyLastUsed is not allowed");
    }
    if (listing.descriptionsAreDenied) {
      context.say("descriptions are not told: iam:ListUserTags is not allowed");
    }
    if (!listing.keys.some((key) => key.heldIn !== undefined)) {
      context.say(`warning: the key that awst holds for "${listing.identity}" is not among these`);
    }
    return {};
  },
});
