// Both of AWS's files under change: sections are judged and edited as they were found, and the texts
// come out together at the end.

import type { AwsFileTexts } from "./aws-file-texts.ts";
import {
  appendSection,
  applyEdits,
  type LineEdit,
  type Pairs,
  removeSection,
  rewriteSection,
} from "./ini-edits.ts";
import {
  type AwsDocuments,
  type AwsFile,
  type FoundSection,
  findProfiles,
  parseAwsFiles,
} from "./profile-headers.ts";
import { hasOwnersLines, ownLines } from "./profile-ownership.ts";

export interface ProfileEdits {
  readonly found: readonly FoundSection[];
  /** The sections under which somebody finds this name. */
  named(name: string): readonly FoundSection[];
  isTouched(found: FoundSection): boolean;
  /** Whether anything changes by it. */
  rewrite(found: FoundSection, change: { set: Pairs; remove: readonly string[] }): boolean;
  append(file: AwsFile, header: string, pairs: Pairs): void;
  /** Takes out what awst and awstools write; with it the section, where nothing else is in it. */
  takeOut(found: FoundSection): void;
  texts(): AwsFileTexts;
}

export function openProfileEdits(texts: AwsFileTexts): ProfileEdits {
  const documents = parseAwsFiles(texts);
  const found = findProfiles(documents);
  const byName = new Map<string, FoundSection[]>();
  for (const each of found) {
    for (const name of each.names) {
      const others = byName.get(name);
      if (others === undefined) byName.set(name, [each]);
      else others.push(each);
    }
  }
  const edits: Record<AwsFile, LineEdit[]> = { config: [], credentials: [] };
  const touched = new Set<FoundSection>();
  const add = (each: FoundSection, more: readonly LineEdit[]) => {
    touched.add(each);
    edits[each.file].push(...more);
    return more.length > 0;
  };
  return {
    found,
    named: (name) => byName.get(name) ?? [],
    isTouched: (each) => touched.has(each),
    rewrite: (each, change) => add(each, rewriteSection(each.section, change)),
    append: (file, header, pairs) => {
      const edit = appendSection(documents[file], header, pairs);
      const isSecondInEmpty = documents[file].lines.length === 0 && edits[file].length > 0;
      edits[file].push(isSecondInEmpty ? { ...edit, insert: ["", ...edit.insert] } : edit);
    },
    takeOut: (each) => {
      const { section } = each;
      if (hasOwnersLines(section))
        add(each, rewriteSection(section, { set: [], remove: ownLines }));
      else add(each, removeSection(documents[each.file], section));
    },
    texts: () => ({
      config: print(texts, documents, edits, "config"),
      credentials: print(texts, documents, edits, "credentials"),
    }),
  };
}

function print(
  texts: AwsFileTexts,
  documents: AwsDocuments,
  edits: Record<AwsFile, LineEdit[]>,
  file: AwsFile,
): string | undefined {
  return edits[file].length === 0 ? texts[file] : applyEdits(documents[file], edits[file]);
}
