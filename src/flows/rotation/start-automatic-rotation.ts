// After a code was entered: when the key is older than the configuration allows, or an earlier rotation has
// something left to do, awst is started apart for it. Nobody waits; the next `assume` tells how it went.

import {
  decodeRotationRuns,
  mayRunByItself,
  rotationRunsName,
} from "../../model/rotation/rotation-runs.ts";
import type { ObtainedSession } from "../../model/session/session-request.ts";
import { decodeKeyNotes, keyNotesName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";
import { mayRotationBeDue } from "./may-rotation-be-due.ts";

export async function startAutomaticRotation(
  world: Needs<"state" | "now" | "places" | "detached" | "debug">,
  { how, target }: Pick<ObtainedSession, "how" | "target">,
): Promise<void> {
  if (how !== "new" || target === undefined) return;
  const { name, keyRotationIntervalMinutes: minutes } = target.identity;
  const note = decodeKeyNotes(world.state.read(keyNotesName))[name];
  const isImported = note !== undefined && note.credentialsStamp === undefined;
  if (!isImported) return;
  if (!(await mayRotationBeDue(world, name, minutes === 0 ? undefined : minutes * 60))) return;
  const runs = decodeRotationRuns(world.state.read(rotationRunsName));
  if (!mayRunByItself(runs, name, world.now())) {
    return world.debug("the last automatic rotation did not work: tried again a day after it");
  }
  const { configuration, configurationIsNamed } = world.places;
  const named = configurationIsNamed ? ["--config", configuration] : [];
  const words = ["key", "rotate", "--automatic", ...named, "--identity", name];
  const isStarted = await (await world.detached()).start(words);
  world.debug(isStarted ? "automatic rotation: started apart" : "automatic rotation: not started");
}
