// Where AWS's files still show a key that was replaced: what reads it there stops working.

import { isAwstError } from "../../model/errors.ts";
import { sightingsOf } from "../../model/profile/profile-sections.ts";
import type { Needs } from "../../ports.ts";

/** One line each; none where the files can't be read: the key is replaced all the same. */
export async function nameSightings(
  world: Needs<"awsFiles" | "places" | "debug">,
  accessKeyId: string,
): Promise<readonly string[]> {
  const read = (await world.awsFiles()).read();
  const texts = await read.catch((error: unknown) => {
    if (!isAwstError(error)) throw error;
    world.debug(error.message);
    return { config: undefined, credentials: undefined };
  });
  const { awsConfig, awsCredentials } = world.places;
  return sightingsOf(texts, accessKeyId).map(({ file, section, line }) => {
    const path = file === "config" ? awsConfig : awsCredentials;
    const where = section === undefined ? "" : ` [${section}]`;
    return `${path}:${line}${where} still shows ${accessKeyId}`;
  });
}
