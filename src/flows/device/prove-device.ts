// A device proves itself by a code that STS takes; the session it opens becomes the identity's.

import { isAwstError } from "../../model/errors.ts";
import { type LearnedUser, withUser } from "../../model/session/learned.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { mfaSessionSeconds } from "../../model/session/session-plan.ts";
import { askAws } from "../session/ask-aws.ts";
import { keepMfaSession } from "../session/keep-session.ts";
import { changeLearned } from "../session/learn-user.ts";
import { spendCode } from "../session/spend-code.ts";
import { askFreshCode, type CodeDevice } from "./ask-device-codes.ts";
import type { DeviceHands, DeviceNeeds } from "./hold-devices.ts";

const tries = 4;

/** Errors: INTERRUPTED, CODE_NEEDED, AWS_CODE_REFUSED, AWS_DEVICE_UNKNOWN, AWS_*. */
export async function proveDevice(
  world: DeviceNeeds,
  { caller, userName }: DeviceHands,
  device: CodeDevice,
  words: string,
): Promise<MfaSession> {
  const { serial } = device;
  const { key, region, identity, configuration } = caller;
  const roles = [...configuration.roles.values()];
  const durationSeconds = mfaSessionSeconds(roles.map((role) => role.durationSeconds));
  for (let left = tries; ; left--) {
    const code = await askFreshCode(world, device);
    try {
      const answer = await spendCode(world, serial, code, () =>
        askAws(world, key, region, (aws) =>
          aws.getSessionToken({ device: serial, code, durationSeconds }),
        ),
      );
      const session: MfaSession = {
        keys: answer.keys,
        codeAt: answer.at,
        device: serial,
        signedBy: key.accessKeyId,
        environment: caller.environment,
      };
      await keepMfaSession(world, caller.keychain, identity.name, session);
      world.state.record("mfa-session-issued", {
        identity: identity.name,
        accessKeyId: session.keys.accessKeyId,
        expiresAt: session.keys.expiresAt.toISOString(),
        for: words,
      });
      await learnDevice(world, caller.key.accessKeyId, userName, serial);
      return session;
    } catch (error) {
      // STS hears of a new device a little later than IAM.
      const isEarly = isAwstError(error, "AWS_CODE_REFUSED", "AWS_DEVICE_UNKNOWN");
      if (!isEarly || left === 1) throw error;
      world.say(`${error.message}; once more with the next code`);
    }
  }
}

async function learnDevice(
  world: DeviceNeeds,
  keyId: string,
  userName: string,
  serial: string,
): Promise<void> {
  const nobody: LearnedUser = {
    userName,
    accountId: undefined,
    devices: [],
    unusable: [],
    lastUsed: undefined,
  };
  await changeLearned(world, (learned) => {
    const user = learned.users[keyId] ?? nobody;
    const devices = [...user.devices.filter((each) => each !== serial), serial];
    return withUser(learned, keyId, { ...user, devices, lastUsed: serial });
  });
}
