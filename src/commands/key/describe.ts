// `awst key describe ID TEXT`: sets or removes a key's description.

import { defineCommand } from "../../args/command.ts";
import { required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { describeKey } from "../../flows/key/manage-keys.ts";
import { descriptionLine } from "../../output/key/key-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key describe",
  group: "Keys",
  summary: "set the description of a key, as the AWS console shows it",
  details:
    "The description is a tag of the user, named by the key's id: up to 256 letters, digits, spaces and _.:/=+-@. Rotation copies it to the new key.",
  arguments: {
    id: required("ID", "the key's id, or the end of it if no other key ends the same"),
    text: required("TEXT", 'the description; "" removes it'),
  },
  options: {
    mfaCode,
  },
  examples: [
    { line: 'awst key describe AKIAIOSFODNN7EXAMPLE "laptop"', meaning: "`key list` shows it" },
    { line: 'awst key describe AMPLE ""', meaning: "remove the description" },
  ],
  json: [
    ["accessKeyId", "the key's id"],
    ["description", "the new description, or null"],
  ],
  async run(context: Context, args) {
    const { identity, id, text } = args;
    const request = readUserRequest(args);
    const { accessKeyId } = await describeKey(context, { identity, id, text }, request);
    return {
      json: { accessKeyId, description: text === "" ? null : text },
      notes: successNotes([descriptionLine(accessKeyId, text)]),
    };
  },
});
