// Which section of AWS's two files belongs to which profile name. AWS CLI, boto3, Go and JavaScript disagree on names with
// spaces, so a section counts for every name under which at least one of them finds it. Of tens of thousands of
// sections a command reads a few: the index knows them by number, and makes an object of a section that is asked for.

import { hasSpace } from "../configuration/profile-names.ts";
import { memoizeByObject } from "../text/memoize.ts";
import { type IniDocument, type IniSection, parseIni } from "./ini-document.ts";
import { stripForAny } from "./ini-spaces.ts";
import { splitArgs } from "./process-line.ts";

/** The texts of AWS's two files; undefined for a file that does not exist. */
export interface AwsFileTexts {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
  /** The files that are not UTF-8, which awst reads as Latin-1. */
  readonly notUtf8?: readonly AwsFile[];
}

export type AwsFile = "config" | "credentials";

/** Why a file can't be read or written, as a whole message: its sections stay as they are. */
export type FileProblems = Readonly<Partial<Record<AwsFile, string>>>;

export interface AwsDocuments {
  readonly config: IniDocument;
  readonly credentials: IniDocument;
}

export interface FoundSection {
  readonly file: AwsFile;
  /** Of the section in its file, from 0. */
  readonly number: number;
  readonly section: IniSection;
  /** Every profile name under which an AWS tool finds this section. */
  readonly names: readonly string[];
}

/** Returns the same object again for the same texts, so that their index is made once. */
export function parseAwsFiles(texts: AwsFileTexts): AwsDocuments {
  const config = parseIni(texts.config ?? "");
  return documentsBeside(config)(parseIni(texts.credentials ?? ""));
}

const documentsBeside = memoizeByObject((config: IniDocument) =>
  memoizeByObject((credentials: IniDocument): AwsDocuments => ({ config, credentials })),
);

/** The profiles of both files, those of the credentials file first. */
export interface ProfileIndex {
  /** Every section that an AWS tool reads as a profile. */
  all(): readonly FoundSection[];
  /** Those whose section contains this text below its header, and `isMeant`. */
  containing(
    text: string,
    isMeant: (file: AwsFile, number: number) => boolean,
  ): readonly FoundSection[];
  /** The sections that some AWS tool finds under this profile name. */
  named(name: string): readonly FoundSection[];
  /** Returns the numbers of the sections that have this profile name, in each file. */
  numbersOf(name: string): Readonly<Record<AwsFile, SectionNumbers>>;
}

/** Almost every name has one section in a file, so a list is made only for the others. */
export type SectionNumbers = number | readonly number[] | undefined;

/** Returns the index, which is made once for the same documents. */
export const indexProfiles = memoizeByObject((documents: AwsDocuments): ProfileIndex => {
  const credentials = new FileIndex("credentials", documents.credentials);
  const config = new FileIndex("config", documents.config);
  return {
    all: () => [...credentials.all(), ...config.all()],
    containing: (text, isMeant) => [
      ...credentials.containing(text, isMeant),
      ...config.containing(text, isMeant),
    ],
    named: (name) => [...credentials.named(name), ...config.named(name)],
    numbersOf: (name) => ({
      credentials: credentials.numbersOf(name),
      config: config.numbersOf(name),
    }),
  };
});

class FileIndex {
  readonly #file: AwsFile;
  readonly #document: IniDocument;
  readonly #found = new Map<number, FoundSection>();
  #numbers: ReadonlyMap<string, SectionNumbers> | undefined;

  constructor(file: AwsFile, document: IniDocument) {
    this.#file = file;
    this.#document = document;
  }

  all(): readonly FoundSection[] {
    return this.#profiles(this.#document.sections.map((_, number) => number));
  }

  containing(
    text: string,
    isMeant: (file: AwsFile, number: number) => boolean,
  ): readonly FoundSection[] {
    const numbers = this.#document.numbersWith(text);
    return this.#profiles(numbers.filter((number) => isMeant(this.#file, number)));
  }

  #profiles(numbers: readonly number[]): readonly FoundSection[] {
    return numbers.map((number) => this.#find(number)).filter(({ names }) => names.length > 0);
  }

  named(name: string): readonly FoundSection[] {
    const numbers = this.numbersOf(name) ?? [];
    return (typeof numbers === "number" ? [numbers] : numbers).map((each) => this.#find(each));
  }

  numbersOf(name: string): SectionNumbers {
    this.#numbers ??= this.#readNames();
    return this.#numbers.get(name);
  }

  #find(number: number): FoundSection {
    const known = this.#found.get(number);
    if (known !== undefined) return known;
    const section = this.#document.section(number);
    const names = namesOfSection(this.#file, section.header);
    const found = { file: this.#file, number, section, names };
    this.#found.set(number, found);
    return found;
  }

  #readNames(): ReadonlyMap<string, SectionNumbers> {
    const byName = new Map<string, number | number[]>();
    for (let number = 0; number < this.#document.sectionCount; number += 1) {
      for (const name of namesOfSection(this.#file, this.#document.headerOf(number))) {
        const others = byName.get(name);
        if (others === undefined) byName.set(name, number);
        else if (typeof others === "number") byName.set(name, [others, number]);
        else others.push(number);
      }
    }
    return byName;
  }
}

/**
 * Returns the profiles whose section contains this text below its header. The others need not be read. `isMeant`: of the
 * first name of each.
 */
export function profilesWith(
  documents: AwsDocuments,
  text: string,
  isMeant: (name: string) => boolean = () => true,
): readonly FoundSection[] {
  return indexProfiles(documents).containing(text, (file, number) => {
    const [name] = namesOfSection(file, documents[file].headerOf(number));
    return name !== undefined && isMeant(name);
  });
}

/**
 * Returns the sections of a profile of this name, the one with the most readers first. JavaScript v2, minio-go
 * and Java v1 find a process line in the credentials file only; Java v2, Rust and C++ in the config file only.
 * A name with a space has a section in the credentials file alone.
 */
export function sectionsFor(
  name: string,
  kind: "process" | "keys",
): readonly [SectionName, ...SectionName[]] {
  const inCredentials = { file: "credentials", header: name } as const;
  if (kind === "keys" || hasSpace(name)) return [inCredentials];
  const header = name === "default" ? name : `profile ${name}`;
  return [{ file: "config", header }, inCredentials];
}

export interface SectionName {
  readonly file: AwsFile;
  readonly header: string;
}

/** Returns the profile names under which at least one tool finds the section of this header. */
export function namesOfSection(file: AwsFile, header: string): readonly string[] {
  const trimmed = stripForAny(header);
  if (file === "credentials") return withSingleSpaces(trimmed);
  if (trimmed === "default") return ["default"];
  const rest = /^profile[ \t]+(.*)$/.exec(trimmed)?.[1];
  if (rest === undefined) return [];
  if (!/[\s"'\\]/.test(rest)) return [rest];
  // botocore wants quotes around a name with spaces, Go wants none, JavaScript finds neither.
  const args = splitArgs(trimmed);
  const quoted = args?.length === 2 ? [args[1] ?? ""] : [];
  return [...new Set([...quoted, rest, rest.replace(/[ \t]+/g, " ")])];
}

function withSingleSpaces(name: string): readonly string[] {
  if (!name.includes("  ") && !name.includes("\t")) return [name];
  const single = name.replace(/[ \t]+/g, " ");
  return single === name ? [name] : [name, single];
}
