// boto3 and the AWS SDK for JavaScript read AWS's files as the model of `reader-problems.ts` says.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromIni } from "@aws-sdk/credential-providers";
import { expect, test } from "vitest";
import { parseAwsFiles } from "../../src/model/profile/profile-sections.ts";
import { findReaderProblems } from "../../src/model/profile/reader-problems.ts";
import { findProgram, root, runProcess } from "../support/processes.ts";
import { exampleId, exampleSecret, readerCases } from "../support/reader-cases.ts";

interface Texts {
  readonly config: string;
  readonly credentials: string;
}

type Settings = Readonly<Record<string, string | undefined>>;

const env = { PATH: process.env["PATH"] ?? "" };
const absent = await whyNoBoto3();

test("boto3 refuses and reads the files of the table as the model says", async (context) => {
  context.skip(absent !== undefined, absent);
  const answers = await askBoto3(readerCases.map(textsOf));
  for (const [index, each] of readerCases.entries()) {
    const isRefused = answers[index] === null;
    // Lines that end with CR alone stop Go and JavaScript, and not Python.
    const expected = each.spoils === "file" && each.name !== "CR alone";
    expect([each.name, isRefused]).toEqual([each.name, expected]);
  }
});

test("a problem of the table is one for boto3 or for JavaScript, and other files are read alike", async (context) => {
  context.skip(absent !== undefined, absent);
  const texts = readerCases.map(textsOf);
  const answers = await askBoto3(texts);
  const inJavaScript = await Promise.all(texts.map(askJavaScript));
  for (const [index, each] of readerCases.entries()) {
    const all = each.file === "config" ? [answers[index]] : [answers[index], inJavaScript[index]];
    const areAlike = all.every((settings) => settings && isIntended(each.text, settings));
    // With `[DEFAULT]`, every tool finds the key, and boto3 alone a region beside it.
    if (each.name === "Python's default section") continue;
    expect([each.name, areAlike === true]).toEqual([each.name, each.line === undefined]);
  }
});

test("boto3 refuses random files exactly where the model says so", async (context) => {
  context.skip(absent !== undefined, absent);
  const texts = randomTexts(500).map((config): Texts => ({ config, credentials: "" }));
  const answers = await askBoto3(texts);
  const wrong = texts.filter((each, index) => {
    const found = findReaderProblems(parseAwsFiles(each));
    return found.some(({ spoils }) => spoils === "file") !== (answers[index] === null);
  });
  expect(wrong).toEqual([]);
  const refused = answers.filter((answer) => answer === null).length;
  expect(refused).toBeGreaterThan(texts.length / 4);
  expect(refused).toBeLessThan((texts.length * 3) / 4);
});

async function whyNoBoto3(): Promise<string | undefined> {
  if (findProgram("python3") === undefined) return "skipped: not installed";
  const { status } = await runProcess(["python3", "-c", "import boto3"], { env });
  return status === 0 ? undefined : "skipped: not installed";
}

function textsOf({ file, text }: (typeof readerCases)[number]): Texts {
  return { config: "", credentials: "", [file]: text };
}

async function askBoto3(texts: readonly Texts[]): Promise<readonly (Settings | null)[]> {
  const script = join(root, "test/clients/read-profiles.py");
  const { stdout } = await runProcess(["python3", script], {
    env,
    input: JSON.stringify(texts),
  });
  return JSON.parse(stdout);
}

/** The key that JavaScript finds in profile `p` of a credentials file. */
async function askJavaScript({ credentials }: Texts): Promise<Settings> {
  const folder = mkdtempSync(join(tmpdir(), "awst-readers-"));
  try {
    const [configFilepath, filepath] = [join(folder, "config"), join(folder, "credentials")];
    writeFileSync(configFilepath, "");
    writeFileSync(filepath, credentials);
    const find = fromIni({ profile: "p", configFilepath, filepath, ignoreCache: true });
    const { accessKeyId, secretAccessKey } = await find();
    return { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey };
  } catch {
    return {};
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether a tool found in profile `p` what the user meant: the example key, and settings without a comment. */
function isIntended(text: string, settings: Settings): boolean {
  const values = {
    aws_access_key_id: exampleId,
    aws_secret_access_key: text.includes("a%b(c)s") ? "a%b(c)s" : exampleSecret,
    credential_process: "/bin/x",
    region: settings["region"]?.startsWith("eu-west-1") ? "eu-west-1" : settings["region"],
    output: "json",
  };
  return Object.entries(values).every(([key, value]) => {
    const isWritten = new RegExp(`(?<![a-z_])${key}`, "i").test(text);
    return !isWritten || (value !== undefined && settings[key] === value);
  });
}

function randomTexts(count: number): readonly string[] {
  const lines = [
    ...["[p]", "[profile p]", "[q]", "  [q]", "[ p ]", "[p] x", "[p", "[]", "[a]b]", "[DEFAULT]"],
    ...["x = 1", "X: 2", "  x = 1", "\tfoo", "foo", "s3 =", "  a = b", "  # c", "; c", "", "= x"],
    ...["region = a # c", "y\u0085= 1", "\u001cz = 1", "a = b = c", "\f", "\u200b", "e\u2028f = 1"],
    ...["\ufeffw = 1", "\u001d[q]", "[r]\u001f", "\u0085# c", "v\u001e\u001f"],
  ];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  return Array.from({ length: count }, () => {
    const chosen = Array.from({ length: 1 + random(5) }, () => lines[random(lines.length)]);
    return ["[z]", ...chosen].join("\n");
  });
}
