// A long-term access key in a text somebody hands over: the console's CSV downloads, what
// `aws iam create-access-key` prints, lines of NAME=VALUE, or just the two words. What is wrong with it
// is told without ever showing what might be the secret.

import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { isLongTermKeyId, isSecretAccessKey } from "./access-key.ts";

export interface GivenKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

type Pair = readonly [id: string, secret: string];

/** FILE_MALFORMED where no key can be found in it, or more than one; USAGE for what is no long-term key. */
export function parseKeyText(text: string, source: string): GivenKey {
  const plain = text.replace(/^\ufeff/, "").trim();
  const pairs = readJson(plain) ?? readTable(plain) ?? readAssignments(plain) ?? readWords(plain);
  const [pair, ...others] = pairs ?? [];
  if (pair === undefined) {
    throw new AwstError("FILE_MALFORMED", `${source} holds no access key in a form known here`, {
      hint: "give two lines, the key id and its secret, or the CSV file of the AWS console",
    });
  }
  if (others.length > 0) {
    throw new AwstError("FILE_MALFORMED", `${source} holds ${pairs?.length} access keys, not one`);
  }
  const [accessKeyId, secret] = pair;
  return checkKey({ accessKeyId, secretAccessKey: new Secret(secret) });
}

/** USAGE for what is no long-term key. */
export function checkKey({ accessKeyId, secretAccessKey }: GivenKey): GivenKey {
  if (!isLongTermKeyId(accessKeyId)) throw notLongTerm(accessKeyId);
  if (!isSecretAccessKey(secretAccessKey.reveal())) {
    throw new AwstError("USAGE", `what was given as the secret of ${accessKeyId} is none`, {
      hint: "AWS shows the secret once, when the key is made: 40 letters, digits, / and +",
    });
  }
  return { accessKeyId, secretAccessKey };
}

/** The same for what was typed, blanks around it taken off. */
export function checkTypedKey(id: Secret, secret: Secret): GivenKey {
  const secretAccessKey = new Secret(secret.reveal().trim());
  return checkKey({ accessKeyId: id.reveal().trim(), secretAccessKey });
}

function notLongTerm(text: string): AwstError {
  if (/^ASIA[A-Z0-9]{12,28}$/.test(text)) {
    return new AwstError("USAGE", `${text} is a temporary key, which ends by itself`, {
      hint: "give the IAM user's own key, which begins with AKIA",
    });
  }
  const isShown = /^A[A-Z]{3}[A-Z0-9]{8,28}$/.test(text);
  return new AwstError("USAGE", `${isShown ? text : "what was given"} is no access key id`, {
    hint: "a key id begins with AKIA; the secret comes second",
  });
}

function readJson(text: string): readonly Pair[] | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const key = (value["AccessKey"] ?? value) as Record<string, unknown>;
    return pairOf(key["AccessKeyId"], key["SecretAccessKey"]);
  } catch {
    return [];
  }
}

// "Access key ID,Secret access key", with the user's name, password and link around it in older ones.
function readTable(text: string): readonly Pair[] | undefined {
  const [header = [], ...rows] = text.split(/\r\n|\n|\r/).map(splitRow);
  const names = header.map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
  const id = names.indexOf("accesskeyid");
  const secret = names.indexOf("secretaccesskey");
  if (id < 0 || secret < 0) return undefined;
  return rows.flatMap((row) => pairOf(row[id], row[secret]));
}

function splitRow(line: string): readonly string[] {
  const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return cells.map((cell) => {
    const bare = cell.replace(/,$/, "").trim();
    return /^".*"$/.test(bare) ? bare.slice(1, -1).replaceAll('""', '"').trim() : bare;
  });
}

// AWSAccessKeyId=…, aws_access_key_id = …, export AWS_ACCESS_KEY_ID='…'
function readAssignments(text: string): readonly Pair[] | undefined {
  const valuesOf = (name: RegExp) =>
    text.split(/\r\n|\n|\r/).flatMap((line) => {
      const match = /^\s*(?:export\s+|set\s+)?([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
      return match && name.test(match[1] ?? "")
        ? [(match[2] ?? "").replace(/^(['"])(.*)\1$/, "$2")]
        : [];
    });
  const ids = valuesOf(/^aws_?access_?key_?id$/i);
  const secrets = valuesOf(/^aws_?secret_?(access_?)?key$/i);
  if (ids.length === 0 && secrets.length === 0) return undefined;
  return ids.flatMap((id, index) => pairOf(id, secrets[index]));
}

function readWords(text: string): readonly Pair[] | undefined {
  const words = text.split(/[\s,]+/);
  return words.length === 2 ? pairOf(words[0], words[1]) : undefined;
}

function pairOf(id: unknown, secret: unknown): readonly Pair[] {
  return typeof id === "string" && typeof secret === "string" && id && secret ? [[id, secret]] : [];
}
