// `awst key import [PROFILE]`: the key of an AWS profile into the keychain, and out of the file.

import { importKey } from "../../flows/key/store-key.ts";
import type { Words } from "../../model/words.ts";
import { describeStoredKey, storedKeyLines } from "../../output/key/key-report.ts";
import { rotationTerms } from "../../output/rotation/notice-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [profile] = words.arguments;
  const imported = await importKey(context, { identity: words.identity, profile });
  const { stored, sameKeyElsewhere } = imported;
  if (words.json) {
    const key = stored && describeStoredKey(stored);
    const said = { version: 1, profile: imported.profile, key: key ?? null, sameKeyElsewhere };
    await context.out(`${JSON.stringify(said)}\n`);
  }
  if (stored === undefined) {
    context.say(`profile "${imported.profile}" calls awst already: nothing to import`);
    return;
  }
  for (const line of storedKeyLines(stored)) context.say(line);
  context.say(`profile "${imported.profile}" now asks awst, and no longer holds the key`);
  for (const { file, section, line } of sameKeyElsewhere) {
    const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
    const where = section === undefined ? "" : ` [${section}]`;
    context.say(`${path}:${line}${where} still shows ${stored.accessKeyId}`);
  }
  const terms = rotationTerms(imported.keyRotationIntervalMinutes);
  if (terms !== undefined) context.say(terms);
}
