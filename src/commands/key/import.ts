// `awst key import [PROFILE]`: the key of an AWS profile into the keychain, and out of the file.

import { importKey } from "../../flows/key/import-key.ts";
import { describeStoredKey, storedKeyLines } from "../../model/key/key-report.ts";
import { rotationTerms } from "../../model/rotation/rotation-terms.ts";
import type { Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const [profile] = words.arguments;
  const imported = await importKey(world, { identity: words.identity, profile });
  const { stored, sameKeyElsewhere } = imported;
  if (words.json) {
    const key = stored && describeStoredKey(stored);
    const said = { version: 1, profile: imported.profile, key: key ?? null, sameKeyElsewhere };
    await world.out(`${JSON.stringify(said)}\n`);
  }
  if (stored === undefined) {
    world.say(`profile "${imported.profile}" calls awst already: nothing to import`);
    return;
  }
  for (const line of storedKeyLines(stored)) world.say(line);
  world.say(`profile "${imported.profile}" now asks awst, and no longer holds the key`);
  for (const { file, section, line } of sameKeyElsewhere) {
    const path = file === "config" ? world.places.awsConfig : world.places.awsCredentials;
    const where = section === undefined ? "" : ` [${section}]`;
    world.say(`${path}:${line}${where} still shows ${stored.accessKeyId}`);
  }
  const terms = rotationTerms(imported.keyRotationIntervalMinutes);
  if (terms !== undefined) world.say(terms);
}
