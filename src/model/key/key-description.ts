// The description of an access key: a tag of its user, named by the key's id, as in the AWS console. AWS
// ignores case in tag names. The tag stays when the key is deleted.

import { AwstError } from "../errors.ts";

export type Tags = Readonly<Record<string, string>>;

export interface TagChanges {
  readonly set: Tags;
  readonly remove: readonly string[];
}

const maxLength = 256;

/** Returns what is wrong with the text, to follow "the description"; undefined if AWS accepts it. */
export function descriptionProblem(text: string): string | undefined {
  const characters = [...text];
  if (characters.length > maxLength) {
    return `has ${characters.length} characters; AWS allows ${maxLength}`;
  }
  const invalid = characters.find((each) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]$/u.test(each));
  if (invalid !== undefined) {
    return `contains ${nameOfCharacter(invalid)}; AWS allows letters, digits, spaces and _.:/=+-@`;
  }
  return /^aws:/i.test(text) ? "starts with aws:, which AWS reserves" : undefined;
}

/** Errors: USAGE for a text that AWS does not accept. */
export function checkDescription(text: string): void {
  const problem = descriptionProblem(text);
  if (problem !== undefined) throw new AwstError("USAGE", `the description ${problem}`);
}

/** Returns undefined if the key has none. An empty tag counts as none. */
export function descriptionOf(tags: Tags, keyId: string): string | undefined {
  return namesOf(tags, keyId)
    .map((name) => tags[name])
    .find((text) => text !== "");
}

/** Returns the changes that move the description to another key. A description of that key stays. */
export function moveDescription(tags: Tags, from: string, to: string): TagChanges {
  const text = descriptionOf(tags, from);
  const isThere = descriptionOf(tags, to) !== undefined;
  return {
    set: text === undefined || isThere ? {} : { [to]: text },
    remove: namesOf(tags, from),
  };
}

export function changesNothing({ set, remove }: TagChanges): boolean {
  return Object.keys(set).length === 0 && remove.length === 0;
}

function namesOf(tags: Tags, keyId: string): readonly string[] {
  return Object.keys(tags).filter((name) => name.toLowerCase() === keyId.toLowerCase());
}

function nameOfCharacter(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const known = { "\n": "a line break", "\r": "a line break", "\t": "a tab" }[character];
  if (known !== undefined) return `${known} (${code})`;
  return /\p{C}/u.test(character) ? `a character (${code})` : `"${character}" (${code})`;
}
