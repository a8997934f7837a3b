// Codes from a stored seed, and how a seed gets into the keychain and out of it, in a fake context.

import { beforeEach, describe, expect, test } from "vitest";
import { fakeDevice } from "../../../test/support/fake-aws.ts";
import {
  configurationOf,
  type FakeContext,
  type FakeMachine,
  type FakeProcess,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import { isAwstError } from "../../model/errors.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem, mfaSessionItem, seedItem, seedListItem } from "../../model/keychain/items.ts";
import { encodeSeedList, encodeStoredSeed } from "../../model/mfa/stored-seed.ts";
import { codeAt } from "../../model/mfa/totp.ts";
import { Secret } from "../../model/secret.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import { forgetSeed, generateCode, storeSeed } from "../mfa/store-seed.ts";
import { obtainSession } from "./obtain-session.ts";

const letters = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const otherLetters = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const phone = "arn:aws:iam::111111111111:mfa/phone";
const seeds = new Map([
  [fakeDevice, new Secret(letters)],
  [phone, new Secret(otherLetters)],
]);
const identity = "main-account";
let machine: FakeMachine;

beforeEach(() => {
  machine = makeFakeMachine(
    configurationOf([role("DeveloperAccess", 4), role("LongBuild", 8, { session: "single" })]),
  );
  machine.aws.roles.set("arn:aws:iam::111111111111:role/LongBuild", { maxSessionSeconds: 43_200 });
  machine.aws.codeShown = (device, step) =>
    codeAt(seeds.get(device) ?? new Secret(letters), new Date(step * 30_000)).reveal();
  const key = { accessKeyId: "AKIAFAKEFAKEFAKEFAKE", secretAccessKey: new Secret("s".repeat(40)) };
  machine.items.set(keyItem(identity), encodeAccessKey(key));
});

function keep(...serials: readonly string[]): void {
  for (const serial of serials) {
    const seed = seeds.get(serial) ?? new Secret(letters);
    machine.items.set(seedItem(identity, serial), encodeStoredSeed({ serial, seed }));
  }
  machine.items.set(seedListItem(identity), encodeSeedList(serials));
}

async function obtain(
  roleName: string,
  more: Partial<SessionRequest> = {},
  as: FakeProcess = {},
): Promise<{ how: string; hint: string | undefined; asked: readonly string[]; messages: string }> {
  const context = machine.process(as);
  const asked: SessionRequest = {
    account: identity,
    role: roleName,
    identity: undefined,
    flags: {},
    code: undefined,
    refresh: false,
    requester: "machine",
    keysAreFixed: false,
    ...more,
  };
  const result = await resultOf(obtainSession(context, asked));
  return { ...result, asked: context.asked, messages: context.messages.join("\n") };
}

async function resultOf(work: Promise<{ how: string }>) {
  try {
    return { how: (await work).how, hint: undefined };
  } catch (error) {
    if (!isAwstError(error)) throw error;
    return { how: error.code as string, hint: error.hint };
  }
}

const typist = (): FakeProcess => ({ types: () => machine.aws.code() });
const codeOf = (serial: string, at = machine.time) =>
  codeAt(seeds.get(serial) ?? new Secret(letters), at).reveal();

describe("a code made here", () => {
  test("serves a program without a terminal", async () => {
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "CODE_NEEDED" });
    keep(fakeDevice);
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new", asked: [] });
    expect(machine.aws.sentCodes).toEqual([codeOf(fakeDevice)]);
  });

  test("makes the code without a prompt, even with a terminal", async () => {
    keep(fakeDevice);
    const answer = await obtain("DeveloperAccess", { requester: "user" }, typist());
    expect(answer).toMatchObject({ how: "new", asked: [] });
  });

  test("comes behind the flag and the command", async () => {
    keep(fakeDevice);
    let ran = 0;
    machine.configuration = configurationOf([role("DeveloperAccess", 4)], { command: "phone" });
    const command = () => {
      ran += 1;
      return codeOf(fakeDevice);
    };
    expect(await obtain("DeveloperAccess", {}, { command })).toMatchObject({ how: "new" });
    expect(ran).toBe(1);
  });

  test("two calls of one step: the second waits for the next", async () => {
    keep(fakeDevice);
    machine.time = new Date("2026-03-01T12:00:07Z");
    await obtain("DeveloperAccess");
    const second = await obtain("LongBuild");
    expect(second.how).toBe("new");
    expect(second.messages).toContain("next code in 23 s");
    expect(machine.time).toEqual(new Date("2026-03-01T12:00:30Z"));
    expect(new Set(machine.aws.sentCodes).size).toBe(2);
  });

  test("a code that was typed a step late blocks the step in which it was sent", async () => {
    keep(fakeDevice);
    machine.time = new Date("2026-03-01T12:00:03Z");
    const code = new Secret(codeOf(fakeDevice, new Date("2026-03-01T11:59:59Z")));
    expect(await obtain("DeveloperAccess", { code })).toMatchObject({ how: "new" });
    await obtain("LongBuild");
    expect(machine.time).toEqual(new Date("2026-03-01T12:00:30Z"));
  });

  test("after an answer that was lost nothing of its step is sent", async () => {
    keep(fakeDevice);
    machine.time = new Date("2026-03-01T12:00:01Z");
    machine.aws.failNext("GetSessionToken", "AWS_FAILED", { effect: "unknown" });
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "AWS_FAILED" });
    machine.advance(11);
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
    expect(machine.time).toEqual(new Date("2026-03-01T12:00:30Z"));
  });

  test("is made for AWS's time", async () => {
    keep(fakeDevice);
    machine.skewMs = 7 * 60_000;
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
    expect(machine.aws.sentCodes).toEqual([
      codeOf(fakeDevice, new Date(machine.time.getTime() + machine.skewMs)),
    ]);
  });

  test("a refused code ends the attempt with a reason, with and without a terminal", async () => {
    keep(fakeDevice);
    seeds.set(fakeDevice, new Secret(otherLetters));
    try {
      const answer = await obtain("DeveloperAccess", { requester: "user" }, typist());
      expect(answer).toMatchObject({ how: "AWS_CODE_REFUSED", asked: [] });
      expect(answer.hint).toMatch(/mfa resync.*mfa forget/);
      expect(machine.aws.sentCodes).toHaveLength(1);
    } finally {
      seeds.set(fakeDevice, new Secret(letters));
    }
  });

  test.each([
    ["one of two devices", [phone], phone],
    ["both", [phone, fakeDevice], fakeDevice],
  ])("seeds of %s: no prompt for a choice", async (_what, stored, used) => {
    machine.aws.devices = [fakeDevice, phone];
    keep(...stored);
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
    expect(machine.aws.sentCodes).toEqual([codeOf(used)]);
  });

  test("a typed code is of the device that was used last", async () => {
    machine.aws.devices = [fakeDevice, phone];
    const choose = {
      types: ({ text }: { text: string }) => (text.startsWith("Which") ? phone : codeOf(phone)),
    };
    await obtain("DeveloperAccess", { requester: "user" }, choose);
    keep(fakeDevice);
    machine.advance(30);
    const code = new Secret(codeOf(phone));
    expect(
      await obtain("DeveloperAccess", { code, refresh: true, requester: "user" }),
    ).toMatchObject({
      how: "new",
    });
    machine.items.delete(mfaSessionItem(identity));
    machine.advance(4 * 3600);
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
    expect(machine.aws.sentCodes.at(-1)).toBe(codeOf(fakeDevice));
  });

  test("another device's is none for the configured one, and AWS is not asked", async () => {
    keep(phone);
    machine.configuration = configurationOf([role("DeveloperAccess", 4)], { device: fakeDevice });
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "CODE_NEEDED" });
    expect(machine.aws.calls).toEqual([]);
    machine.configuration = configurationOf([role("DeveloperAccess", 4)], { device: phone });
    machine.aws.devices = [fakeDevice, phone];
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
  });

  test("a torn item is as none", async () => {
    keep(fakeDevice);
    machine.items.set(seedItem(identity, fakeDevice), new Secret('{"version":1,"kind":"se'));
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "CODE_NEEDED" });
  });
});

describe("storeSeed()", () => {
  const store = (input: string, more: object = {}, as: FakeProcess = {}) =>
    storeSeed(contextWith(input, as), {
      identity: undefined,
      device: undefined,
      picture: undefined,
      isConfirmed: true,
      retry: "awst mfa store",
      ...more,
    });
  const contextWith = (input: string, as: FakeProcess): FakeContext => ({
    ...machine.process(as),
    readText: async () => input,
    qr: async () => ({
      encode: () => [[true]],
      read: async (path) => (path === "code.png" ? new Secret(input) : undefined),
    }),
  });

  test.each([
    ["a seed", `${letters}\n`],
    ["one in groups of four", letters.toLowerCase().replace(/(.{4})/g, "$1 ")],
    ["a URI", `otpauth://totp/AWS:user@main?secret=${letters}&issuer=AWS`],
  ])("keeps %s once AWS took a code of it, and with it the session it opened", async (_, input) => {
    expect(await store(input)).toEqual({
      identity,
      device: fakeDevice,
      keychain: "file",
      before: "none",
    });
    expect(machine.aws.calls).toEqual(["ListMFADevices", "GetSessionToken"]);
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "renewed" });
    expect(await store(input)).toMatchObject({ before: "same" });
    expect(machine.history).toContain("seed-stored");
  });

  test("from a picture, by the device's name", async () => {
    machine.aws.devices = [fakeDevice, phone];
    const picture = { picture: "code.png", device: "phone" };
    expect(await store(otherLetters, picture)).toMatchObject({ device: phone });
    await expect(store(otherLetters, { ...picture, picture: "cat.png" })).rejects.toMatchObject({
      code: "FILE_MALFORMED",
    });
  });

  test("typed, hidden, after it was agreed to", async () => {
    const types = ({ text }: { text: string }) => (text.startsWith("Store") ? "y" : letters);
    expect(await store("", { isConfirmed: false }, { types })).toMatchObject({ before: "none" });
  });

  test("typed: what is no seed is asked for again, up to three times", async () => {
    const agreed = { isConfirmed: true };
    const answers = ["bad", `otpauth://hotp/a?secret=${letters}`, letters];
    const types = () => answers.shift() ?? "";
    expect(await store("", agreed, { types })).toMatchObject({ before: "none" });
    const wrong = ["1", "2", "3", letters];
    const never = store("", agreed, { types: () => wrong.shift() ?? "" });
    await expect(never).rejects.toMatchObject({ code: "USAGE" });
    expect(wrong).toEqual([letters]);
  });

  test.each([
    ["what AWS refuses", otherLetters, {}, "AWS_CODE_REFUSED"],
    ["a code", "123456", {}, "USAGE"],
    ["a device that counts", `otpauth://hotp/a?secret=${letters}`, {}, "USAGE"],
    ["a seed of no device of the user's", letters, { device: "laptop" }, "DEVICE_MISSING"],
    ["without a word of agreement", letters, { isConfirmed: false }, "CONFIRMATION_NEEDED"],
    ["nothing, without a terminal", "", {}, "SEED_MISSING"],
  ])("keeps nothing of %s", async (_what, input, more, code) => {
    const before = [...machine.items.keys()];
    await expect(store(input, more)).rejects.toMatchObject({ code });
    expect([...machine.items.keys()]).toEqual(before);
  });

  test("stores nothing when the answer is lost or the user declines", async () => {
    machine.aws.failNext("GetSessionToken", "AWS_UNREACHABLE", { effect: "unknown", acted: true });
    await expect(store(letters)).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
    const no = { types: () => "n" };
    expect(await store(letters, { isConfirmed: false }, no)).toBeUndefined();
    expect([...machine.items.keys()].filter((item) => item.includes("seed"))).toEqual([]);
  });

  test("a seed that is there is not lost to one that AWS refuses", async () => {
    await store(letters);
    await expect(store(otherLetters)).rejects.toMatchObject({ code: "AWS_CODE_REFUSED" });
    machine.items.delete(mfaSessionItem(identity));
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
  });

  test("no message and no file contains the seed", async () => {
    const context = contextWith(letters, {});
    const request = { identity: undefined, device: undefined, picture: undefined, retry: "" };
    await storeSeed(context, { ...request, isConfirmed: true });
    const messages = JSON.stringify([
      context.messages,
      context.asked,
      [...machine.state],
      machine.history,
    ]);
    expect(context.messages.join("\n")).toContain("can make them too");
    expect(messages).not.toContain(letters.slice(0, 8));
  });
});

describe("showCode()", () => {
  test("the present code, how long it is good, and whether it was sent", async () => {
    keep(fakeDevice);
    machine.time = new Date("2026-03-01T12:00:07.400Z");
    const show = () => generateCode(machine.process(), { identity: undefined, device: "user" });
    const first = await show();
    expect(first).toMatchObject({ device: fakeDevice, secondsLeft: 23, wasSent: false });
    expect(first.code.reveal()).toBe(codeOf(fakeDevice));
    expect(first.endsAt).toEqual(new Date("2026-03-01T12:00:30Z"));
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
    expect(machine.time).toEqual(new Date("2026-03-01T12:00:07.400Z"));
    expect(await show()).toMatchObject({ wasSent: true });
    machine.advance(30);
    expect(await show()).toMatchObject({ wasSent: false });
  });

  test("by AWS's clock", async () => {
    keep(fakeDevice);
    machine.state.set("clock", { skewMs: 95_000 });
    const { code } = await generateCode(machine.process(), {
      identity: undefined,
      device: undefined,
    });
    expect(code.reveal()).toBe(codeOf(fakeDevice, new Date(machine.time.getTime() + 95_000)));
  });

  test.each([
    ["none is stored", [], undefined, "SEED_MISSING"],
    ["another one is stored", [phone], "user", "SEED_MISSING"],
    ["several are", [phone, fakeDevice], undefined, "CHOICE_NEEDED"],
  ])("where %s", async (_what, stored, device, code) => {
    keep(...stored);
    const shown = generateCode(machine.process(), { identity: undefined, device });
    await expect(shown).rejects.toMatchObject({ code });
  });

  test("uses the configured device, and may prompt", async () => {
    keep(phone, fakeDevice);
    const request = { identity: undefined, device: undefined };
    const types = () => phone;
    expect(await generateCode(machine.process({ types }), request)).toMatchObject({
      device: phone,
    });
    machine.configuration = configurationOf([], { device: fakeDevice });
    expect(await generateCode(machine.process(), request)).toMatchObject({ device: fakeDevice });
  });
});

describe("forgetSeed()", () => {
  const forget = (device?: string) =>
    forgetSeed(machine.process(), { identity: undefined, device });

  test("takes out one, and the list's last with it", async () => {
    keep(phone, fakeDevice);
    await expect(forget()).rejects.toMatchObject({ code: "CHOICE_NEEDED" });
    expect(await forget("phone")).toEqual({ identity, device: phone });
    expect(await obtain("DeveloperAccess")).toMatchObject({ how: "new" });
    expect(await forget()).toEqual({ identity, device: fakeDevice });
    expect([...machine.items.keys()].filter((item) => item.includes("seed"))).toEqual([]);
    expect(await forget()).toEqual({ identity, device: undefined });
    await expect(forget("phone")).rejects.toMatchObject({ code: "SEED_MISSING" });
  });
});
