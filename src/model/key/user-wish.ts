// What a person asks to be done as an IAM user: who waits for it, how to say it again, a code if given.

import { Secret } from "../secret.ts";
import { commandLine } from "../text/command-line.ts";
import { textOption, type Words } from "../words.ts";

/** `path`: the verb's words. */
export function readUserWish(words: Words, path: readonly string[]) {
  const identity = words.identity === undefined ? [] : ["--identity", words.identity];
  const code = textOption(words, "mfa-code");
  return {
    purpose: path.join(" "),
    retry: commandLine(["awst", ...path, ...words.arguments, ...identity]),
    code: code === undefined ? undefined : new Secret(code),
  };
}
