// A process that writes AWS's files. Its arguments: `CONFIG CREDENTIALS LOCKS COMMAND`.
//   add NAME COUNT   profiles `NAME 1`, `NAME/1` and so on, one edit each
//   swap TEXT_A TEXT_B   replaces the credentials file by the two texts in turn, until it is killed
//   write TEXT   replaces the credentials file once; prints the code of an error

import { readFileSync } from "node:fs";
import { openAwsFiles } from "../../src/adapters/file/aws-files.ts";
import { openLocks } from "../../src/adapters/file/locks.ts";
import { isAwstError } from "../../src/model/errors.ts";
import { planProfiles } from "../../src/model/profile/profile-plan.ts";

const [config = "", credentials = "", locks = "", what = "", first = "", second = ""] =
  process.argv.slice(2);
const files = openAwsFiles({ awsConfig: config, awsCredentials: credentials }, async () =>
  openLocks(locks),
);
const put = (text: string) =>
  files.edit((texts) => ({ texts: { ...texts, credentials: text }, result: undefined }));

if (what === "add") {
  for (let number = 1; number <= Number(second); number += 1) {
    const line = `/bin/awst credential-process ${first} ${number}`;
    const profile = { region: "xx-test-1", kind: "process", line } as const;
    const wanted = [`${first} ${number}`, `${first}/${number}`].map((name) => ({
      name,
      ...profile,
    }));
    await files.edit((texts) => ({ texts: planProfiles(texts, wanted).texts, result: undefined }));
  }
} else if (what === "swap") {
  const [one, other] = [readFileSync(first, "utf8"), readFileSync(second, "utf8")];
  process.stdout.write("ready\n");
  for (;;) {
    await put(one);
    await put(other);
  }
} else {
  try {
    await put(readFileSync(first, "utf8"));
    process.stdout.write("written\n");
  } catch (error) {
    if (!isAwstError(error)) throw error;
    process.stdout.write(`${error.code}: ${error.message}\n`);
  }
}
