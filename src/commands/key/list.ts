// `awst key list`: lists the access keys of the IAM user.

import { defineCommand } from "../../args/command.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { listKeys } from "../../flows/key/manage-keys.ts";
import { keyListingJson, keyTable, keyTableNotes } from "../../output/key/key-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key list",
  group: "Keys",
  summary: "list your access keys: state, age, last use, description, and which one awst uses",
  details:
    "Calls AWS in the MFA session. Last use and descriptions need permissions of their own; without them the command leaves them out and prints a note. AWS reports a use after about 15 minutes or later.",
  options: {
    mfaCode,
  },
  examples: [
    { line: "awst key list", meaning: "a table" },
    { line: "awst key list --json", meaning: "the same as JSON" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["userName", "the IAM user's name at AWS"],
    ["keys[].accessKeyId", "the key's id"],
    ["keys[].status", "active, inactive or expired"],
    ["keys[].createdAt", "RFC 3339, UTC"],
    ["keys[].ageSeconds", "seconds since then, by AWS's clock"],
    ["keys[].lastUsedAt", "RFC 3339, UTC, or null: never, or unknown"],
    ["keys[].lastUsedService, .lastUsedRegion", "service and region of the last use, or null"],
    ["keys[].description", "the user's tag named by the key's id, or null"],
    ["keys[].storedIn", "keychain or profile for the key that awst uses, else null"],
    ["lastUseIsKnown", "whether iam:GetAccessKeyLastUsed is allowed"],
    ["descriptionsAreKnown", "whether iam:ListUserTags is allowed"],
    ["rotation", "the rotation that is under way, or null"],
    ["rotation.state", "creating, created, switched, undoing (unfinished), grace or overdue"],
    ["rotation.oldKeyId, .newKeyId", "the two access keys of the rotation; null if unknown"],
    ["rotation.deletedAfter", "after which time the old key is deleted, RFC 3339, or null"],
  ],
  async run(context: Context, args) {
    const listing = await listKeys(context, args.identity, readUserRequest(args));
    return {
      json: keyListingJson(listing),
      text: (style) => keyTable(listing, style),
      notes: keyTableNotes(listing),
    };
  },
});
