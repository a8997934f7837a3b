// Reads a long-term access key from text: the AWS console's CSV file, the output of `aws iam
// create-access-key`, lines of NAME=VALUE, or the id and the secret. No error shows what may be the secret.

import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { isLongTermKeyId, isSecretAccessKey } from "./access-key.ts";

export interface GivenKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

type Pair = readonly [id: string, secret: string];

/** Errors: FILE_MALFORMED for no key or several; USAGE for a key that is not long-term. */
export function parseKeyText(text: string, source: string): GivenKey {
  const plain = text.replace(/^\ufeff/, "").trim();
  const pairs =
    readJson(plain) ?? readTable(plain) ?? readAssignments(plain) ?? readIdAndSecret(plain);
  const [pair, ...others] = pairs ?? [];
  if (pair === undefined) {
    throw new AwstError("FILE_MALFORMED", `${source} contains no access key in a known format`, {
      hint: "provide two lines, the key id and its secret, or the CSV file of the AWS console",
    });
  }
  if (others.length > 0) {
    throw new AwstError(
      "FILE_MALFORMED",
      `${source} contains ${pairs?.length} access keys; one is expected`,
    );
  }
  const [accessKeyId, secret] = pair;
  return checkKey({ accessKeyId, secretAccessKey: new Secret(secret) });
}

/** Errors: USAGE for a key that is not long-term. */
export function checkKey({ accessKeyId, secretAccessKey }: GivenKey): GivenKey {
  if (!isLongTermKeyId(accessKeyId)) throw notLongTerm(accessKeyId);
  if (!isSecretAccessKey(secretAccessKey.reveal())) {
    throw new AwstError("USAGE", `the secret for ${accessKeyId} is not a secret access key`, {
      hint: "AWS shows the secret once, when the key is created: 40 letters, digits, / and +",
    });
  }
  return { accessKeyId, secretAccessKey };
}

/** Returns the id without spaces around it. Errors: USAGE for an id that is not of a long-term key. */
export function checkKeyId(typed: string): string {
  const id = typed.trim();
  if (!isLongTermKeyId(id)) throw notLongTerm(id);
  return id;
}

/** Checks a typed key; spaces around its parts are removed. Errors: those of `checkKey`. */
export function checkTypedKey(id: string, secret: Secret): GivenKey {
  const secretAccessKey = new Secret(secret.reveal().trim());
  return checkKey({ accessKeyId: id.trim(), secretAccessKey });
}

function notLongTerm(text: string): AwstError {
  if (/^ASIA[A-Z0-9]{12,28}$/.test(text)) {
    return new AwstError("USAGE", `${text} is a temporary access key`, {
      hint: "use the IAM user's long-term key, which starts with AKIA",
    });
  }
  const isShown = /^A[A-Z]{3}[A-Z0-9]{8,28}$/.test(text);
  return new AwstError("USAGE", `${isShown ? text : "the first value"} is not an access key id`, {
    hint: "a key id starts with AKIA; the secret comes second",
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

// "Access key ID,Secret access key"; older files also have the user's name, password and sign-in link.
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

function readIdAndSecret(text: string): readonly Pair[] | undefined {
  const parts = text.split(/[\s,]+/);
  return parts.length === 2 ? pairOf(parts[0], parts[1]) : undefined;
}

function pairOf(id: unknown, secret: unknown): readonly Pair[] {
  return typeof id === "string" && typeof secret === "string" && id && secret ? [[id, secret]] : [];
}
