// `awst key describe ID TEXT`

import { defineCommand } from "../../args/command.ts";
import { required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { describeKey } from "../../flows/key/manage-keys.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key describe",
  group: "Keys",
  summary: "describe a key, as the AWS console does",
  details:
    "The description is a tag of the user, named by the key's id: up to 256 letters, digits, spaces and _.:/=+-@. Rotation carries it over to the new key.",
  arguments: {
    id: required("ID", "the key's id, or its last letters where no other key ends so"),
    text: required("TEXT", 'the description; "" takes it away'),
  },
  options: {
    mfaCode,
  },
  examples: [
    { line: 'awst key describe AKIAIOSFODNN7EXAMPLE "laptop"', meaning: "shown by `key list`" },
    { line: 'awst key describe AMPLE ""', meaning: "no description any more" },
  ],
  json: [
    ["accessKeyId", "the key's id"],
    ["description", "what it is now, or null"],
  ],
  async run(context: Context, args) {
    const { id, text } = args;
    const wish = readUserRequest(args);
    const { accessKeyId } = await describeKey(context, { identity: args.identity, id, text }, wish);
    const description = text === "" ? null : text;
    if (args.json)
      await context.out(`${JSON.stringify({ version: 1, accessKeyId, description })}\n`);
    context.say(text === "" ? `${accessKeyId} has no description now` : `${accessKeyId}: ${text}`);
    return {};
  },
});
