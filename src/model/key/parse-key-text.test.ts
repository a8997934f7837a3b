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
  ["one word", id, "FILE_MALFORMED"],
  ["prose", "this is no key at all", "FILE_MALFORMED"],
  ["a header alone", "Access key ID,Secret access key\n", "FILE_MALFORMED"],
  [
    "two keys",
    `Access key ID,Secret access key\n${id},${secret}\n${id},${secret}`,
    "FILE_MALFORMED",
  ],
  ["broken JSON", '{"AccessKey":', "FILE_MALFORMED"],
  ["a temporary key", `ASIAIOSFODNN7EXAMPLE ${secret}`, "USAGE"],
  ["the other way round", `${secret} ${id}`, "USAGE"],
  ["a user id", `AIDAIOSFODNN7EXAMPLE ${secret}`, "USAGE"],
  ["a cut secret", `${id} ${secret.slice(0, 20)}`, "USAGE"],
])("%s is refused, and the secret is not shown", (_, text, code) => {
  const error = errorOf(() => parseKeyText(text, "the input"));
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.hint}`).not.toContain(secret.slice(0, 20));
});

test("a temporary key is named and explained", () => {
  expect(
    errorOf(() => checkTypedKey(new Secret(" ASIAIOSFODNN7EXAMPLE"), new Secret(secret))),
  ).toMatchObject({
    message: "ASIAIOSFODNN7EXAMPLE is a temporary key, which ends by itself",
    hint: "give the IAM user's own key, which begins with AKIA",
  });
});
