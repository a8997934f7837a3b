// Files with one problem each, and what the model says of it. The unit test checks the model; the client test checks
// that boto3 and the AWS SDK for JavaScript do as the model says.

import type { AwsFile } from "../../src/model/profile/profile-sections.ts";
import type { ReaderProblem } from "../../src/model/profile/reader-problems.ts";

export interface ReaderCase {
  readonly name: string;
  readonly file: AwsFile;
  readonly text: string;
  /** The line of the only problem, from 1; undefined for a file that every tool reads. */
  readonly line: number | undefined;
  readonly spoils?: ReaderProblem["spoils"];
  /** A part of the message. */
  readonly says?: string;
}

export const exampleId = "AKIAIOSFODNN7EXAMPLE";
export const exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const id = `aws_access_key_id = ${exampleId}`;
const secret = `aws_secret_access_key = ${exampleSecret}`;
const key = `${id}\n${secret}\n`;

function credentials(name: string, text: string, ...expected: Expected): ReaderCase {
  const [line, spoils, says] = expected;
  return {
    name,
    file: "credentials",
    text,
    line,
    ...(spoils && { spoils }),
    ...(says && { says }),
  };
}

function config(name: string, text: string, ...expected: Expected): ReaderCase {
  return { ...credentials(name, text, ...expected), file: "config" };
}

type Expected = readonly [line?: number, spoils?: ReaderProblem["spoils"], says?: string];

/** The profile in question is `p`. */
export const readerCases: readonly ReaderCase[] = [
  credentials("a plain key", `[p]\n${key}`),
  credentials("CRLF", `[p]\n${key}`.replaceAll("\n", "\r\n")),
  credentials("comments on their own lines", `# a\n[p]\n; b\n${key}`),
  credentials("indented settings", `[p]\n  ${id}\n  ${secret}\n`),
  credentials("an indented first section", `  [p]\n  ${id}\n  ${secret}\n`),
  credentials("a comment after a section", `[p] # mine\n${key}`),
  credentials(
    "a no-break space before a value",
    `[p]\naws_access_key_id =\u00a0${exampleId}\n${secret}\n`,
  ),
  credentials("a percent sign in a value", `[p]\n${id}\naws_secret_access_key = a%b(c)s\n`),
  config("a nested table", "[profile p]\ns3 =\n  max_queue_size = 1\nregion = eu-west-1\n"),
  config("a comment in a nested table", "[profile p]\ns3 =\n  # a\n  x = 1\n"),
  config(
    "other sections",
    "[plugins]\nx = 1\n[sso-session s]\nsso_region = eu-west-1\n[profile p]\noutput = json\n",
  ),

  credentials("a byte order mark", `\uFEFF[p]\n${key}`, 1, "file", "byte order mark"),
  credentials(
    "a byte order mark before a comment",
    `\uFEFF# a\n[p]\n${key}`,
    1,
    "file",
    "byte order mark",
  ),
  credentials(
    "a setting above every section",
    `region = x\n[p]\n${key}`,
    1,
    "file",
    "above the first section",
  ),
  credentials(
    "a word above every section",
    `hello\n[p]\n${key}`,
    1,
    "file",
    "above the first section",
  ),
  credentials("a section twice", `[p]\n${key}[q]\n[p]\nregion = x\n`, 5, "file", "on line 1 too"),
  credentials("a key twice", `[p]\n${key}${id}\n`, 4, "file", "on line 2 too"),
  credentials(
    "a key twice, once in capitals",
    `[p]\n${key}AWS_ACCESS_KEY_ID = ${exampleId}\n`,
    4,
    "file",
    "on line 2",
  ),
  credentials("a word between settings", `[p]\n${id}\nhello\n${secret}\n`, 3, "file", "neither"),
  credentials("a word in another section", `[q]\nhello\n[p]\n${key}`, 2, "file", "neither"),
  credentials("a section without its end", `[p]\n${key}[q\nregion = x\n`, 4, "file", "neither"),
  credentials("an empty section name", `[p]\n${key}[]\n`, 4, "file", "neither"),
  credentials("no key before the sign", `[p]\n${key}= x\n`, 4, "file", "neither"),
  credentials(
    "a key without sign and value",
    `[p]\n${key}aws_session_token\n`,
    4,
    "file",
    "neither",
  ),
  credentials("marks of a merge", `[p]\n${key}<<<<<<< HEAD\n`, 4, "file", "neither"),
  credentials("a comment in another language", `[p]\nrem hello\n${key}`, 2, "file", "neither"),
  credentials("CR alone", `[p]\r${id}\r${secret}\r`, 1, "file", "CR alone"),
  config(
    "a section twice",
    "[profile p]\nregion = a\n[profile p]\noutput = json\n",
    3,
    "file",
    "on line 1 too",
  ),
  config("a nested line without a sign", "[profile p]\ns3 =\n  foo\n", 3, "file", 'without "="'),

  credentials(
    "a zero width space before a key id",
    `[p]\naws_access_key_id = \u200b${exampleId}\n${secret}\n`,
    2,
    "setting",
    "U+200B (zero width space)",
  ),
  credentials(
    "a zero width space behind a secret",
    `[p]\n${id}\n${secret}\u200b\n`,
    3,
    "setting",
    "aws_secret_access_key contains",
  ),
  credentials(
    "a word joiner in a key's name",
    `[p]\naws_access_key_id\u2060 = ${exampleId}\n${secret}\n`,
    2,
    "setting",
    "U+2060 (word joiner)",
  ),
  credentials(
    "a direction mark in a section's name",
    `[p\u200e]\n${key}`,
    1,
    "section",
    "U+200E (left-to-right mark)",
  ),
  credentials(
    "a soft hyphen in a secret",
    `[p]\n${id}\naws_secret_access_key = abc\u00addef\n`,
    3,
    "setting",
    "U+00AD (soft hyphen)",
  ),
  credentials(
    "a Cyrillic letter in a key id",
    `[p]\naws_access_key_id = \u0410KIAIOSFODNN7EXAMPLE\n${secret}\n`,
    2,
    "setting",
    "U+0410",
  ),
  credentials(
    "typographic quotation marks",
    `[p]\naws_access_key_id = \u201c${exampleId}\u201d\n${secret}\n`,
    2,
    "setting",
    "U+201C",
  ),
  credentials(
    "quotes",
    `[p]\naws_access_key_id = "${exampleId}"\n${secret}\n`,
    2,
    "setting",
    "quotes",
  ),
  credentials(
    "a comment after a key id",
    `[p]\n${id} # mine\n${secret}\n`,
    2,
    "setting",
    "a comment after",
  ),
  credentials(
    "a comment after a secret",
    `[p]\n${id}\n${secret} ; mine\n`,
    3,
    "setting",
    "a comment after",
  ),
  credentials(
    "a comment after a key id, without a space",
    `[p]\n${id}# mine\n${secret}\n`,
    2,
    "setting",
    "U+0023",
  ),
  credentials(
    "a space in a key id",
    `[p]\naws_access_key_id = AKIA IOSFODNN7EXAMPLE\n${secret}\n`,
    2,
    "setting",
    "U+0020 (space)",
  ),
  credentials("no secret", `[p]\n${id}\naws_secret_access_key =\n`, 3, "setting", "has no value"),
  credentials("an exported variable", `[p]\nexport ${id}\n${secret}\n`, 2, "setting", '"export"'),
  credentials(
    "an indented secret",
    `[p]\n${id}\n  ${secret}\n`,
    3,
    "setting",
    "as part of the value of aws_access_key_id",
  ),
  credentials(
    "an indented section",
    `[q]\nregion = x\n  [p]\n`,
    3,
    "section",
    "an indented section",
  ),
  credentials("spaces inside the brackets", `[ p ]\n${key}`, 1, "section", "spaces inside"),
  credentials("text after a section", `[p] mine\n${key}`, 1, "section", "text after"),
  credentials("U+001C before a section", `\u001c[p]\n${key}`, 1, "section", "U+001C"),
  credentials("U+001F after a section", `[p]\u001f\n${key}`, 1, "section", "text after"),
  credentials("U+0085 before a setting", `[p]\n\u0085${key}`, 2, "setting", "U+0085"),
  credentials(
    "U+001C behind a setting",
    `[p]\n${key.replace(" ", "\u001c ")}`,
    2,
    "setting",
    "U+001C",
  ),
  credentials(
    "U+001D before a value",
    `[p]\n${key.replace("= ", "=\u001d")}`,
    2,
    "setting",
    "U+001D",
  ),
  credentials("U+001E behind a value", `[p]\n${id}\n${secret} \u001e\n`, 3, "setting", "U+001E"),
  credentials("U+FEFF before a setting", `[p]\n${id}\n\ufeff${secret}\n`, 3, "setting", "U+FEFF"),
  credentials("U+0085 alone on a line", `[p]\n${id}\n\u0085\n${secret}\n`),
  credentials("U+001C before a comment", `[p]\n${id}\n\u001c# a\n${secret}\n`),
  credentials(
    "the prefix in the credentials file",
    `[profile p]\n${key}`,
    1,
    "section",
    "write [p]".slice(6),
  ),
  credentials(
    "settings with a colon",
    `[p]\naws_access_key_id: ${exampleId}\n${secret}\n`,
    2,
    "note",
    "JavaScript",
  ),
  credentials(
    "settings in capitals",
    `[p]\n${id}\nAWS_SECRET_ACCESS_KEY = ${exampleSecret}\n`,
    3,
    "note",
    "JavaScript",
  ),
  credentials(
    "Python's default section",
    `[DEFAULT]\nregion = x\n[p]\n${key}`,
    1,
    "note",
    "in every profile",
  ),
  config(
    "a comment after a region",
    "[profile p]\nregion = eu-west-1 # here\n",
    2,
    "setting",
    "a comment after",
  ),
  config(
    "a comment after a process line",
    "[profile p]\ncredential_process = /bin/x # here\n",
    2,
    "setting",
    "a comment after",
  ),
  config(
    "an indented region",
    "[profile p]\noutput = json\n  region = eu-west-1\n",
    3,
    "setting",
    "region is indented",
  ),
  config(
    "a profile spelled in two ways",
    '[profile p]\nregion = eu-west-1\n[profile "p"]\noutput = json\n',
    3,
    "section",
    "on line 1",
  ),
  config(
    "a section that is no profile",
    `[p]\ncredential_process = /bin/x\n`,
    2,
    "setting",
    "not a profile",
  ),
];
