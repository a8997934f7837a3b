// Why a key is not rotated, or a rotation not undone, and what to type.

import { AwstError } from "../../model/errors.ts";
import { pairOf, type Refusal, type RotationFacts } from "../../model/rotation/rotation-facts.ts";
import type { Needs } from "../../ports.ts";
import type { Hands } from "./rotation-hands.ts";

/** The error, not thrown. */
export async function rotationRefused(
  world: Needs<"debug">,
  { caller, userName }: Hands,
  facts: RotationFacts,
  why: Refusal,
): Promise<AwstError> {
  world.debug(`rotation: refused: ${why}`);
  const held = facts.held ?? caller.key.accessKeyId;
  const old = pairOf(facts)?.old;
  switch (why) {
    case "key-absent":
      return new AwstError("KEY_MISSING", `the keychain has no key of "${caller.identity.name}"`, {
        hint: caller.key.source === "profile" ? "awst key import" : "awst key add",
      });
    case "key-unlisted":
      return new AwstError(
        "AWS_FAILED",
        `AWS takes ${held}, and does not list it for ${userName}`,
        {
          hint: "a new key is listed a little later: try again in a minute",
        },
      );
    case "key-inactive":
      return deactivatedElsewhere(facts, held);
    case "nothing-to-undo":
      return new AwstError("IAM_ABSENT", `there is no rotation of ${held} to undo`);
    case "cannot-undo":
      return new AwstError("IAM_ABSENT", `${old} cannot be had again: ${held} stays the key`);
  }
}

/** A younger key that works beside it is what a rotation leaves. */
function deactivatedElsewhere({ keys }: RotationFacts, held: string): AwstError {
  const madeAt = keys.find((key) => key.accessKeyId === held)?.createdAt ?? new Date(0);
  const heir = keys.find(({ status, createdAt }) => status === "Active" && createdAt > madeAt);
  if (heir === undefined) {
    return new AwstError("AWS_KEY_REJECTED", `${held} was deactivated by somebody else`, {
      hint: `awst key activate ${held}`,
    });
  }
  const message = `${held} was deactivated, and ${heir.accessKeyId} is newer: it looks rotated on another machine`;
  return new AwstError("AWS_KEY_REJECTED", message, {
    hint: "put the key that works in with: awst key add; or, on that machine: awst key rotate --undo",
  });
}
