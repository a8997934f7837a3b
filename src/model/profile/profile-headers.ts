// Under which names the sections of AWS's two files are found. The readers differ where a name holds a
// blank (botocore wants quotes in the config file, Go wants none, JavaScript finds neither): a section
// counts for every name under which at least one of them finds it.

import { hasBlank } from "../configuration/profile-names.ts";
import type { AwsFileTexts } from "./aws-file-texts.ts";
import { type IniDocument, type IniSection, parseIni } from "./ini-document.ts";
import { splitWords } from "./process-line.ts";

export type AwsFile = "config" | "credentials";

export interface AwsDocuments {
  readonly config: IniDocument;
  readonly credentials: IniDocument;
}

export interface FoundSection {
  readonly file: AwsFile;
  readonly section: IniSection;
  readonly names: readonly string[];
}

export function parseAwsFiles(texts: AwsFileTexts): AwsDocuments {
  return { config: parseIni(texts.config ?? ""), credentials: parseIni(texts.credentials ?? "") };
}

/** Every section that somebody finds as a profile, the credentials file's first. */
export function findProfiles(documents: AwsDocuments): readonly FoundSection[] {
  const files = ["credentials", "config"] as const;
  return files.flatMap((file) =>
    documents[file].sections.flatMap((section) => {
      const names = namesOf(file, section.header);
      return names.length === 0 ? [] : [{ file, section, names }];
    }),
  );
}

/** The one place where every reader that can finds a name with these contents. */
export function homeOf(name: string, kind: "process" | "keys"): { file: AwsFile; header: string } {
  if (kind === "keys" || hasBlank(name)) return { file: "credentials", header: name };
  return { file: "config", header: name === "default" ? name : `profile ${name}` };
}

function namesOf(file: AwsFile, header: string): readonly string[] {
  const trimmed = header.trim();
  const single = trimmed.replace(/[ \t]+/g, " ");
  if (file === "credentials") return [...new Set([trimmed, single])];
  if (trimmed === "default") return ["default"];
  const rest = /^profile[ \t]+(.*)$/.exec(trimmed)?.[1];
  if (rest === undefined) return [];
  const words = splitWords(trimmed);
  const quoted = words?.length === 2 ? [words[1] ?? ""] : [];
  return [...new Set([...quoted, rest, rest.replace(/[ \t]+/g, " ")])];
}
