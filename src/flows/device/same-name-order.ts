// Where the policy allows a device named like its user alone: the old one makes room first, if the
// person agrees, inside a session that a fresh code of it opened. If it can't be deleted it is put back.

import { deletionLine } from "../../model/device/device-names.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { nameOfDevice } from "../../model/device/own-devices.ts";
import { AwstError } from "../../model/errors.ts";
import type { MfaSession } from "../../model/session/session.ts";
import type { UserWish } from "../session/as-user.ts";
import { obtainMfaSession } from "../session/obtain-mfa-session.ts";
import { openIam } from "../session/open-iam.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import { enableDevice } from "./enable-device.ts";
import type { DeviceHands, DeviceNeeds } from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { askAwsTime } from "./open-enrolment.ts";

const freshMs = 10 * 60_000;

/** The hands for what follows. Errors: `error` where it is of no use or not wanted; CONFIRMATION_NEEDED. */
export async function turnToSameName(
  world: DeviceNeeds,
  hands: DeviceHands,
  about: { readonly old: string; readonly user: UserWish; readonly error: AwstError },
): Promise<DeviceHands> {
  const { caller, userName } = hands;
  const { old, user, error } = about;
  const forget = () => changeMfaJournal(world, caller, userName, { replacement: undefined });
  const terminal = await world.terminal();
  const again = (...words: readonly string[]) =>
    mfaLine(nameUnlessDefault(caller), "replace", ...words);
  const isUseful = nameOfDevice(old) === userName;
  if (!isUseful || !terminal.isHere()) {
    await forget();
    if (!isUseful) throw error;
    throw new AwstError(
      "CONFIRMATION_NEEDED",
      `${error.message}; the old one would have to go first`,
      {
        hint: `${again("--device", nameOfDevice(old))}, on a terminal`,
      },
    );
  }
  world.say(error.message);
  world.say(
    `so the old device has to go before the new one can be made. Until that works there is none; whatever interrupts it, \`${again()}\` goes on from there`,
  );
  const agreed = await terminal
    .confirm({ text: `Remove ${nameOfDevice(old)} first, then make the new one?` })
    .catch(async (stopped: unknown) => {
      await forget();
      throw stopped;
    });
  if (!agreed) {
    await forget();
    throw error;
  }
  const session = await freshSession(world, hands, user);
  const { replacement } = await readMfaJournal(world, caller, userName);
  if (replacement === undefined) throw new Error("no replacement is begun");
  await changeMfaJournal(world, caller, userName, {
    replacement: { ...replacement, order: "same-name" },
  });
  return { ...hands, session, iam: await openIam(world, session.keys, caller.region) };
}

/** The old one works again; the error says why nothing was replaced. Errors: those of `enableDevice`. */
export async function putBackOld(
  world: DeviceNeeds,
  hands: DeviceHands,
  old: string,
  retry: string,
): Promise<AwstError> {
  const { caller, userName } = hands;
  const name = nameOfDevice(old);
  world.say(
    `AWS does not let device ${name} be deleted: it is put back, with two codes of the old one`,
  );
  const seed = await readStoredSeed(world, caller, old);
  const device = { serial: old, seed, makesCodes: seed !== undefined, retry };
  const outcome = await enableDevice(world, hands, device);
  if (outcome !== "enabled") {
    return new AwstError("IAM_ABSENT", `whether device ${name} works again is not known`, {
      hint: retry,
    });
  }
  await changeMfaJournal(world, caller, userName, { replacement: undefined });
  return new AwstError(
    "DEVICE_NAME_DENIED",
    `device ${name} can't be replaced: AWS denies another name and the deletion of this one; it works as before`,
    { hint: `ask an administrator to remove it: ${deletionLine(old)}` },
  );
}

async function freshSession(
  world: DeviceNeeds,
  { caller, session }: DeviceHands,
  user: UserWish,
): Promise<MfaSession> {
  const now = await askAwsTime(world);
  const isFresh = ({ codeAt }: MfaSession) => now.getTime() - codeAt.getTime() < freshMs;
  if (session !== undefined && isFresh(session)) return session;
  const roles = [...caller.configuration.roles.values()];
  return obtainMfaSession(world, caller, {
    holder: user.words,
    asker: "person",
    deadline: undefined,
    given: undefined,
    retry: user.retry,
    workSeconds: roles.map((role) => role.durationSeconds),
    isEnough: isFresh,
  });
}
