import { beforeEach, describe, expect, test } from "vitest";
import {
  configurationOf,
  type FakeContext,
  type FakeMachine,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { Secret } from "../../model/secret.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import type { Browser, SignIn } from "../../ports/console.ts";
import { openConsole } from "./open-console.ts";
import { linkSwitchRole, listSwitchRoles } from "./switch-roles.ts";

const request: SessionRequest = {
  account: "main-account",
  role: "DeveloperAccess",
  identity: undefined,
  flags: {},
  code: undefined,
  refresh: false,
  requester: "user",
  keysAreFixed: true,
};
const plain = { region: undefined, service: undefined, print: true, browser: undefined };

let machine: FakeMachine;
let context: FakeContext;
let asked: Parameters<SignIn["getToken"]>[0][];
let opened: { page: string; args: readonly string[] | undefined }[];
/** How many asks are refused, from the first on. */
let refusals: number;
let desktop: boolean;

beforeEach(() => {
  machine = makeFakeMachine(
    configurationOf([
      role("DeveloperAccess", 4),
      role("Tagged", 1, { tags: { team: "x" } }),
      role("LongBuild", 8, { session: "single" }),
    ]),
  );
  machine.aws.roles.set("arn:aws:iam::111111111111:role/LongBuild", {
    maxAgeSeconds: 8 * 3600,
    maxSessionSeconds: 12 * 3600,
  });
  const key = { accessKeyId: "AKIAFAKEFAKEFAKEFAKE", secretAccessKey: new Secret("s".repeat(40)) };
  machine.items.set(keyItem("main-account"), encodeAccessKey(key));
  asked = [];
  opened = [];
  refusals = 0;
  desktop = true;
  const signIn: SignIn = {
    getToken: async (ask) => {
      asked.push(ask);
      if (asked.length <= refusals) return { refused: true };
      return { token: new Secret("token"), service: "https://signin.example" };
    },
  };
  const browser: Browser = {
    isHere: () => desktop,
    open: async (page, start) => {
      opened.push({ page: page.reveal(), args: start?.("file:///page") });
    },
  };
  context = {
    ...machine.process({ types: () => machine.aws.code() }),
    signIn: async () => signIn,
    browser: async () => browser,
  };
});

describe("the length of the browser's session", () => {
  test("a single one's is asked for; refused, it is left out", async () => {
    refusals = 1;
    const visit = await openConsole(context, { ...request, role: "LongBuild" }, plain);
    expect(asked.map(({ durationSeconds }) => durationSeconds)).toEqual([8 * 3600, undefined]);
    expect(visit.link.reveal()).toMatch(/^https:\/\/signin.example\/federation\?/);
  });

  test("a renewed one's is left out; refused, that is the end", async () => {
    refusals = 9;
    const failed = openConsole(context, request, plain);
    await expect(failed).rejects.toMatchObject({
      code: "AWS_DENIED",
      hint: "to get a new session: awst console main-account DeveloperAccess --refresh",
    });
    expect(asked.map(({ durationSeconds }) => durationSeconds)).toEqual([undefined]);
  });

  test("from the keychain, where the configuration isn't parsed, it is the same", async () => {
    await openConsole(context, { ...request, role: "LongBuild" }, plain);
    machine.advance(3600);
    const visit = await openConsole(context, { ...request, role: "LongBuild" }, plain);
    expect(visit.obtained.how).toBe("cached");
    expect(asked.map(({ durationSeconds }) => durationSeconds)).toEqual([8 * 3600, 7 * 3600]);
  });
});

describe("what awst can check without AWS fails before a prompt for a code", () => {
  test.each([
    [{ ...plain, service: "s3?x" }, "USAGE"],
    [{ ...plain, region: "cn-north-1", service: "https://console.aws.amazon.com/" }, "USAGE"],
    [{ ...plain, print: false, browser: "firefox 'x" }, "USAGE"],
    [{ ...plain, print: false }, "BROWSER_MISSING"],
  ])("%j", async (options, code) => {
    desktop = false;
    await expect(openConsole(context, request, options)).rejects.toMatchObject({ code });
    expect([context.asked, machine.aws.calls, asked]).toEqual([[], [], []]);
  });
});

describe("opened", () => {
  test("in the desktop's browser, and never printed", async () => {
    const visit = await openConsole(context, request, { ...plain, print: false });
    expect(visit.opened).toBe(true);
    expect(opened).toEqual([{ page: expect.stringContaining("SigninToken="), args: undefined }]);
    expect(JSON.stringify(context.messages)).not.toContain("token");
  });

  test("in one's own, with names filled in, the account's whole", async () => {
    const options = { ...plain, print: false, browser: "chrome --profile={account}/{role}" };
    await openConsole(context, { ...request, account: "main-account" }, options);
    expect(opened[0]?.args).toEqual([
      "chrome",
      "--profile=main-account/DeveloperAccess",
      "file:///page",
    ]);
  });
});

describe("switching roles", () => {
  const nothing = { identity: undefined, region: undefined, service: undefined };

  test("a link, no call, no question", async () => {
    const names = { account: "main-account", role: "DeveloperAccess" };
    const { link, userPage } = await linkSwitchRole(context, names, nothing);
    expect(link).toContain("account=111111111111&roleName=DeveloperAccess");
    expect(userPage).toBe("https://111111111111.signin.aws.amazon.com/console");
    await expect(
      linkSwitchRole(context, { ...names, role: "Tagged" }, nothing),
    ).rejects.toMatchObject({ code: "USAGE" });
    expect([context.asked, machine.aws.calls]).toEqual([[], []]);
  });

  test("all that are offered, and why others aren't", async () => {
    const { roles, leftOut } = await listSwitchRoles(context, undefined);
    expect(roles.map(({ role }) => role)).toEqual(["DeveloperAccess", "LongBuild"]);
    expect(leftOut).toEqual([
      { account: "main-account", role: "Tagged", why: "it has session tags" },
    ]);
    await expect(listSwitchRoles(context, "unknown")).rejects.toMatchObject({
      code: "IDENTITY_UNKNOWN",
    });
  });
});
