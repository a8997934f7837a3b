// A fake of the IAM port: one user with keys, tags and devices, with the calls and faults of the fake STS
// (`aws.failNext("CreateAccessKey", …)`). As at AWS, a new key may be unknown for a while, a deactivated
// key may still work, and a policy may require a recent code.

import { decodeBase32 } from "../../sandbox/cloud/base32.ts";
import { codeOfStep } from "../../sandbox/cloud/totp.ts";
import { AwstError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Keys } from "../../src/model/session/session.ts";
import type { Iam } from "../../src/ports/iam.ts";
import { type FakeAws, fakeDevice } from "./fake-aws.ts";

export interface FakeKey {
  readonly accessKeyId: string;
  /** undefined: any secret is accepted. */
  readonly secret: string | undefined;
  status: "Active" | "Inactive";
  readonly createdAt: Date;
  /** Until when a deactivated or deleted key still works. */
  worksUntil?: Date | undefined;
  isDeleted?: boolean;
  lastUse?: { readonly at: Date; readonly service: string; readonly region: string } | undefined;
}

export interface FakeVirtualDevice {
  readonly seed: string | undefined;
  enabledAt: Date | undefined;
}

/**
 * `mfaAgeSeconds`: the age of the code in the caller's session; undefined without a code. `isOwnName`:
 * whether the created or deleted virtual device has the user's name; true for all other actions.
 */
export type FakePolicy = (
  action: string,
  mfaAgeSeconds: number | undefined,
  isOwnName: boolean,
) => boolean;

export interface FakeIam {
  open(credentials: Keys): Iam;
  /** All keys, also deleted ones; the initial key is the first. */
  readonly keys: FakeKey[];
  readonly tags: Map<string, string>;
  /** By serial. The devices in `aws.devices` are enabled. */
  readonly virtualDevices: Map<string, FakeVirtualDevice>;
  policy: FakePolicy;
  /** The keys that are not deleted. */
  present(): readonly FakeKey[];
  /** Adds a key as if another program had created it. */
  addKey(more?: Partial<FakeKey>): FakeKey;
  newKeySeenAfterSeconds: number;
  /** How long every second use of a new key is refused after the key is known. */
  newKeyFlapsForSeconds: number;
  newKeyListedAfterSeconds: number;
  deactivationDelaySeconds: number;
}

export const fakePolicies = {
  open: () => true,
  /** Key actions with a code younger than four hours; own devices without a code; no tags, no last use. */
  kickstarter: (action, age, isOwnName) =>
    /AccessKeys?$/.test(action)
      ? age !== undefined && age < 14_400
      : isOwnName && action.includes("MFADevice"),
  /** AWS's documented policy: key actions with a code of any age, no tags, no deletion of a device. */
  selfManage: (action, age) =>
    /^(Create|List).*MFADevices?$|^(Enable|Resync)MFADevice$/.test(action) ||
    (age !== undefined && /AccessKey|^DeactivateMFADevice$/.test(action)),
  /** AWS's policy before 2022: devices have the user's name and may be deleted; no last use. */
  selfManageOwnName: (action, age, isOwnName) =>
    (isOwnName && /^(Create|List).*MFADevices?$|^(Enable|Resync)MFADevice$/.test(action)) ||
    (age !== undefined &&
      isOwnName &&
      /AccessKeys?$|^(Deactivate|DeleteVirtual)MFADevice$/.test(action)),
} satisfies Record<string, FakePolicy>;

export function makeFakeIam(aws: FakeAws, now: () => Date): FakeIam {
  let serial = 0;
  const uses = new Map<string, number>();
  const after = (seconds: number, start = now()) => new Date(start.getTime() + seconds * 1000);
  const at = () => ({ at: now() });

  const fake: FakeIam = {
    keys: [],
    tags: new Map(),
    virtualDevices: new Map([
      [fakeDevice, { seed: undefined, enabledAt: new Date("2025-06-01T00:00:00Z") }],
    ]),
    policy: fakePolicies.open,
    newKeySeenAfterSeconds: 0,
    newKeyFlapsForSeconds: 0,
    newKeyListedAfterSeconds: 0,
    deactivationDelaySeconds: 0,
    present: () => fake.keys.filter((key) => !key.isDeleted),
    addKey: (more = {}) => {
      serial += 1;
      const accessKeyId = `AKIAMADE${String(serial).padStart(12, "0")}`;
      const secret = `made-${serial}`.padEnd(40, "x");
      const createdAt = more.createdAt ?? now();
      const key: FakeKey = { accessKeyId, secret, status: "Active", ...more, createdAt };
      fake.keys.push(key);
      if (key.status === "Active") aws.keyIds.add(key.accessKeyId);
      return key;
    },
    open: (credentials) => {
      const answer: Answer = (action, act, deviceName = aws.userName) =>
        aws.answer(action, () => {
          authorize(action, deviceName === aws.userName);
          return act();
        });
      const authorize = (action: string, isOwnName: boolean) => {
        const codeAt = aws.codeAtOf(credentials);
        const age = codeAt && (now().getTime() - codeAt.getTime()) / 1000;
        if (!fake.policy(action, age, isOwnName)) {
          throw refusal("AWS_DENIED", `AWS denied ${action}`);
        }
      };
      /** A call on a user, which temporary keys have to name. */
      const own = <T>(action: string, userName: string, act: () => T): Promise<T> =>
        answer(action, () => {
          if (userName !== aws.userName) throw refusal("AWS_DENIED", `AWS denied ${action}`);
          return act();
        });
      return { ...keyMembers(own, answer), ...tagMembers(own), ...deviceMembers(own, answer) };
    },
  };
  for (const accessKeyId of aws.keyIds) {
    fake.addKey({ accessKeyId, secret: undefined, createdAt: new Date("2026-02-01T00:00:00Z") });
  }
  serial = 0;

  aws.checkKey = ({ accessKeyId, secretAccessKey }) => {
    const key = fake.keys.find((each) => each.accessKeyId === accessKeyId);
    if (!aws.keyIds.has(accessKeyId) || (key && !isSeen(key))) {
      throw refusal("AWS_KEY_REJECTED", "unknown key");
    }
    if (key?.secret !== undefined && key.secret !== secretAccessKey.reveal()) {
      throw refusal("AWS_SECRET_WRONG", "wrong secret");
    }
  };
  aws.codeShown = (device, step) => {
    const seed = fake.virtualDevices.get(device)?.seed;
    if (seed !== undefined) return codeOfSeed(seed, step);
    return String((step * 7919) % 1_000_000).padStart(6, "0");
  };
  return fake;

  function isSeen(key: FakeKey): boolean {
    if (key.isDeleted || key.status === "Inactive") return now() < (key.worksUntil ?? new Date(0));
    if (key.secret === undefined) return true;
    const seenAt = after(fake.newKeySeenAfterSeconds, key.createdAt);
    if (now() < seenAt) return false;
    if (now() >= after(fake.newKeyFlapsForSeconds, seenAt)) return true;
    const count = (uses.get(key.accessKeyId) ?? 0) + 1;
    uses.set(key.accessKeyId, count);
    return count % 2 === 1;
  }

  function keyMembers(own: Own, answer: Answer) {
    const find = (id: string): FakeKey => {
      const key = fake.present().find((each) => each.accessKeyId === id);
      if (!key) throw refusal("IAM_ABSENT", `the access key ${id} cannot be found`);
      return key;
    };
    const isListed = (key: FakeKey) =>
      key.secret === undefined || now() >= after(fake.newKeyListedAfterSeconds, key.createdAt);
    const endSoon = (key: FakeKey) => {
      key.worksUntil ??= after(fake.deactivationDelaySeconds);
      if (fake.deactivationDelaySeconds === 0) aws.keyIds.delete(key.accessKeyId);
    };
    return {
      listAccessKeys: (user) =>
        own("ListAccessKeys", user, () => ({
          ...at(),
          keys: fake
            .present()
            .filter(isListed)
            .map(({ accessKeyId, status, createdAt }) => ({ accessKeyId, status, createdAt })),
        })),
      createAccessKey: (user) =>
        own("CreateAccessKey", user, () => {
          if (fake.present().length >= 2) throw refusal("IAM_QUOTA", "AccessKeysPerUser: 2");
          const { accessKeyId, secret, createdAt } = fake.addKey();
          return { ...at(), accessKeyId, secretAccessKey: new Secret(secret ?? ""), createdAt };
        }),
      setAccessKeyStatus: (user, id, status) =>
        own("UpdateAccessKey", user, () => {
          const key = find(id);
          key.status = status;
          if (status === "Inactive") endSoon(key);
          else aws.keyIds.add(id);
          if (status === "Active") key.worksUntil = undefined;
          return at();
        }),
      deleteAccessKey: (user, id) =>
        own("DeleteAccessKey", user, () => {
          const key = find(id);
          key.isDeleted = true;
          endSoon(key);
          return at();
        }),
      lastUseOf: (id) =>
        answer("GetAccessKeyLastUsed", () => {
          const { lastUse } = find(id);
          return {
            ...at(),
            usedAt: lastUse?.at,
            service: lastUse?.service,
            region: lastUse?.region,
          };
        }),
    } satisfies Partial<Iam>;
  }

  function tagMembers(own: Own) {
    const remove = (name: string) => {
      for (const key of fake.tags.keys()) {
        if (key.toLowerCase() === name.toLowerCase()) fake.tags.delete(key);
      }
    };
    const undo = (before: readonly (readonly [string, string])[]) => {
      fake.tags.clear();
      for (const [key, value] of before) fake.tags.set(key, value);
    };
    return {
      listUserTags: (user) =>
        own("ListUserTags", user, () => ({ ...at(), tags: Object.fromEntries(fake.tags) })),
      tagUser: (user, tags) =>
        own("TagUser", user, () => {
          const before = [...fake.tags];
          for (const [key, value] of Object.entries(tags)) {
            const isTaken = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/iu;
            if (!isTaken.test(key) || !isTaken.test(value)) {
              undo(before);
              throw refusal("AWS_INPUT_REFUSED", `tag ${key}`);
            }
            remove(key);
            fake.tags.set(key, value);
          }
          if (fake.tags.size > 50) {
            undo(before);
            throw refusal("IAM_QUOTA", "50 tags");
          }
          return at();
        }),
      untagUser: (user, keys) =>
        own("UntagUser", user, () => {
          keys.forEach(remove);
          return at();
        }),
    } satisfies Partial<Iam>;
  }

  function deviceMembers(own: Own, answer: Answer) {
    const twoCodes = (
      device: string,
      [first, second]: readonly [Secret, Secret],
      steps: number,
    ) => {
      const step = aws.takeStep(device, first, steps);
      if (aws.takeStep(device, second, steps) !== step + 1) {
        throw refusal("AWS_CODE_REFUSED", "not consecutive");
      }
    };
    const enabled = (device: string) => {
      if (!aws.devices.includes(device)) throw refusal("IAM_ABSENT", `no device ${device}`);
    };
    return {
      listMfaDevices: (user) =>
        own("ListMFADevices", user, () => ({
          ...at(),
          devices: aws.devices.map((device) => ({
            serial: device,
            enabledAt: fake.virtualDevices.get(device)?.enabledAt ?? new Date("2025-06-01"),
          })),
        })),
      listVirtualMfaDevices: () =>
        answer("ListVirtualMFADevices", () => ({
          ...at(),
          devices: [...fake.virtualDevices].map(([device, { enabledAt }]) => ({
            serial: device,
            userName: aws.devices.includes(device) ? aws.userName : undefined,
            enabledAt: aws.devices.includes(device) ? enabledAt : undefined,
          })),
        })),
      createVirtualMfaDevice: (name) =>
        answer(
          "CreateVirtualMFADevice",
          () => {
            const device = `arn:aws:iam::111111111111:mfa/${name}`;
            if (fake.virtualDevices.has(device)) throw refusal("IAM_EXISTS", "at the same path");
            serial += 1;
            const letters = Array.from({ length: 64 }, (_, n) => (n * 7 + serial * 13) % 26);
            const seed = String.fromCharCode(...letters.map((letter) => 65 + letter));
            fake.virtualDevices.set(device, { seed, enabledAt: undefined });
            return { ...at(), serial: device, seed: new Secret(seed) };
          },
          name,
        ),
      enableMfaDevice: (user, device, codes) =>
        own("EnableMFADevice", user, () => {
          const found = fake.virtualDevices.get(device);
          if (!found) throw refusal("IAM_ABSENT", `no device ${device}`);
          if (aws.devices.includes(device)) throw refusal("IAM_EXISTS", "already in use");
          if (aws.devices.length >= 8) throw refusal("IAM_QUOTA", "MFADevicesPerUser: 8");
          twoCodes(device, codes, 4);
          found.enabledAt = now();
          aws.devices = [...aws.devices, device];
          return at();
        }),
      resyncMfaDevice: (user, device, codes) =>
        own("ResyncMFADevice", user, () => {
          enabled(device);
          twoCodes(device, codes, 60);
          return at();
        }),
      deactivateMfaDevice: (user, device) =>
        own("DeactivateMFADevice", user, () => {
          enabled(device);
          aws.devices = aws.devices.filter((each) => each !== device);
          return at();
        }),
      deleteVirtualMfaDevice: (device) =>
        answer(
          "DeleteVirtualMFADevice",
          () => {
            if (aws.devices.includes(device)) throw refusal("IAM_CONFLICT", "deactivate it first");
            if (!fake.virtualDevices.delete(device)) throw refusal("IAM_ABSENT", `no ${device}`);
            return at();
          },
          device.slice(device.lastIndexOf("/") + 1),
        ),
    } satisfies Partial<Iam>;
  }
}

const bytesOfSeeds = new Map<string, Uint8Array>();

function codeOfSeed(seed: string, step: number): string {
  const bytes = bytesOfSeeds.get(seed) ?? decodeBase32(seed);
  bytesOfSeeds.set(seed, bytes);
  return codeOfStep(bytes, step);
}

type Answer = <T>(action: string, act: () => T, deviceName?: string) => Promise<T>;
type Own = <T>(action: string, userName: string, act: () => T) => Promise<T>;

function refusal(code: ConstructorParameters<typeof AwstError>[0], message: string): AwstError {
  return new AwstError(code, message, { effect: "nothing-done" });
}
