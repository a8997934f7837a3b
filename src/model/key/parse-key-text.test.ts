import { expect, test } from "vitest";
import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { checkTypedKey, parseKeyText } from "./parse-key-text.ts";

const id = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

test.each([
  ["the console's download", `\ufeffAccess key ID,Secret access key\r\n${id},${secret}\r\n`],
  [
    "of a new user",
    `User name,Password,Access key ID,Secret access key,Console login link\n"Doe, J",,${id},${secret},https://x\n`,
  ],
  [
    "an older one, quoted",
    `"User Name","Access Key Id","Secret Access Key"\n"me","${id}","${secret}"`,
  ],
  ["of old Macs", `Access key ID,Secret access key\r${id},${secret}\r`],
  ["the root user's", `AWSAccessKeyId=${id}\r\nAWSSecretKey=${secret}\r\n`],
  ["a credentials file", `[me]\naws_access_key_id = ${id}\naws_secret_access_key=${secret}\n`],
  ["exports", `export AWS_ACCESS_KEY_ID="${id}"\nexport AWS_SECRET_ACCESS_KEY='${secret}'\n`],
  [
    "JSON of the AWS CLI",
    JSON.stringify({ AccessKey: { UserName: "me", AccessKeyId: id, SecretAccessKey: secret } }),
  ],
  ["two lines", `${id}\n${secret}\n`],
  ["two words", `  ${id}   ${secret}`],
])("%s", (_, text) => {
  const key = parseKeyText(text, "the input");
  expect(key.accessKeyId).toBe(id);
  expect(key.secretAccessKey.reveal()).toBe(secret);
});

function errorOf(work: () => unknown): AwstError {
  try {
    work();
  } catch (error) {
    if (error instanceof AwstError) return error;
  }
  throw new Error("no AwstError");
}

test.each([
  ["nothing", "", "FILE_MALFORMED"],
  ["an id only", id, "FILE_MALFORMED"],
  ["prose", "this is no key at all", "FILE_MALFORMED"],
  ["a header only", "Access key ID,Secret access key\n", "FILE_MALFORMED"],
  [
    "two keys",
    `Access key ID,Secret access key\n${id},${secret}\n${id},${secret}`,
    "FILE_MALFORMED",
  ],
  ["broken JSON", '{"AccessKey":', "FILE_MALFORMED"],
  ["a temporary key", `ASIAIOSFODNN7EXAMPLE ${secret}`, "USAGE"],
  ["secret and id swapped", `${secret} ${id}`, "USAGE"],
  ["a user id", `AIDAIOSFODNN7EXAMPLE ${secret}`, "USAGE"],
  ["a cut secret", `${id} ${secret.slice(0, 20)}`, "USAGE"],
])("rejects %s without showing the secret", (_, text, code) => {
  const error = errorOf(() => parseKeyText(text, "the input"));
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.hint}`).not.toContain(secret.slice(0, 20));
});

test("a temporary key: the error shows its id and what to use", () => {
  expect(errorOf(() => checkTypedKey(" ASIAIOSFODNN7EXAMPLE", new Secret(secret)))).toMatchObject({
    message: "ASIAIOSFODNN7EXAMPLE is a temporary access key",
    hint: "use the IAM user's long-term key, which starts with AKIA",
  });
});
