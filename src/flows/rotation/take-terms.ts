// What replacing by itself means for other machines, to be said with the first rotation that works.

import type { RotationReport } from "../../model/rotation/rotation-report.ts";
import {
  decodeRotationRuns,
  encodeRotationRuns,
  rotationRunsName,
  withTermsTold,
} from "../../model/rotation/rotation-runs.ts";
import { rotationTerms } from "../../model/rotation/rotation-terms.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";

/** One line, once per identity; undefined where it was said, or where nothing is replaced by itself. */
export async function takeTerms(
  world: Needs<"state" | "configurationFile">,
  { identity, outcome }: Pick<RotationReport, "identity" | "outcome">,
): Promise<string | undefined> {
  if (outcome !== "rotated") return undefined;
  const runs = decodeRotationRuns(world.state.read(rotationRunsName));
  if (runs[identity]?.areTermsTold) return undefined;
  const { identities } = await loadConfiguration(world);
  const terms = rotationTerms(identities.get(identity)?.keyRotationIntervalMinutes ?? 0);
  if (terms === undefined) return undefined;
  await world.state.update(rotationRunsName, (old) =>
    encodeRotationRuns(withTermsTold(decodeRotationRuns(old), identity)),
  );
  return terms;
}
