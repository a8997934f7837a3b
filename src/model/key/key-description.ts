// The description of an access key: a tag of its user, named by the key's id, as the AWS console has it.
// AWS compares the names of a user's tags without case. A tag outlives its key unless it is taken away.

import { AwstError } from "../errors.ts";

export type Tags = Readonly<Record<string, string>>;

export interface TagChanges {
  readonly set: Tags;
  readonly remove: readonly string[];
}

const longest = 256;
const nothing: TagChanges = { set: {}, remove: [] };

/** What is wrong with the text, in words that follow "the description"; undefined: AWS takes it. */
export function descriptionComplaint(text: string): string | undefined {
  const characters = [...text];
  if (characters.length > longest) {
    return `has ${characters.length} characters: AWS takes ${longest}`;
  }
  const odd = characters.find((each) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]$/u.test(each));
  if (odd !== undefined) {
    return `has ${nameOfCharacter(odd)}, which AWS does not take: letters, digits, spaces and _.:/=+-@ only`;
  }
  return /^aws:/i.test(text) ? "begins with aws:, which is AWS's own" : undefined;
}

/** USAGE for a text that AWS would not take. */
export function checkDescription(text: string): void {
  const complaint = descriptionComplaint(text);
  if (complaint !== undefined) throw new AwstError("USAGE", `the description ${complaint}`);
}

/** undefined: it has none. An empty tag is none. */
export function descriptionOf(tags: Tags, keyId: string): string | undefined {
  return namesOf(tags, keyId)
    .map((name) => tags[name])
    .find((text) => text !== "");
}

/** An empty text takes it away. */
export function describeKey(tags: Tags, keyId: string, text: string): TagChanges {
  if (text === "") return { set: {}, remove: namesOf(tags, keyId) };
  return descriptionOf(tags, keyId) === text ? nothing : { set: { [keyId]: text }, remove: [] };
}

/** From the key that goes to the one that takes its place; a description that is there already stays. */
export function moveDescription(tags: Tags, from: string, to: string): TagChanges {
  const text = descriptionOf(tags, from);
  const isThere = descriptionOf(tags, to) !== undefined;
  return {
    set: text === undefined || isThere ? {} : { [to]: text },
    remove: namesOf(tags, from),
  };
}

/** The tags as they are after the changes. */
export function withChanges(tags: Tags, { set, remove }: TagChanges): Tags {
  const gone = [...remove, ...Object.keys(set)].map((name) => name.toLowerCase());
  const kept = Object.entries(tags).filter(([name]) => !gone.includes(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...set };
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
