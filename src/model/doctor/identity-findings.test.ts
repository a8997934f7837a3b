import { describe, expect, test } from "vitest";
import { configurationOf, role } from "../../../test/support/fake-context.ts";
import type { Identity } from "../configuration/configuration.ts";
import type { MfaJournal } from "../mfa/mfa-journal.ts";
import { emptyJournal } from "../rotation/rotation-journal.ts";
import type { UserFacts } from "../session/aws-facts.ts";
import {
  deviceFindings,
  partitionFindings,
  partitionOfArn,
  rotationFindings,
} from "./identity-findings.ts";

const configuration = configurationOf([role("Dev", 1)]);
const identity = configuration.identities.get("main-account") as Identity;
const since = "2026-03-01T12:00:00Z";
const now = new Date("2026-03-01T13:00:00Z");

describe("partitionFindings()", () => {
  const evidence = (partition: string) => [{ where: "mfa_serial", partition }];
  test.each([
    ["no evidence", "eu-west-1", [], undefined],
    ["the same partition", "eu-west-1", evidence("aws"), undefined],
    [
      "GovCloud, called in the usual partition",
      "us-east-1",
      evidence("aws-us-gov"),
      'defaultRegion = "us-gov-west-1"',
    ],
    [
      "China, called in the usual partition",
      "us-east-1",
      evidence("aws-cn"),
      'defaultRegion = "cn-north-1"',
    ],
    ["the sovereign cloud", "eu-west-1", evidence("aws-eusc"), 'defaultRegion = "eusc-de-east-1"'],
    [
      "the usual partition, called in GovCloud",
      "us-gov-west-1",
      evidence("aws"),
      'defaultRegion = "eu-west-1"',
    ],
  ])("%s", (_, region, found, hint) => {
    const [finding] = partitionFindings({ identity, configuration }, region, found);
    if (hint === undefined) expect(finding).toBeUndefined();
    else expect(finding?.hint).toContain(hint);
  });

  test("an account in another partition than its identity, as `assume` refuses it", () => {
    const account = { ...configuration.accounts.get("main-account"), region: "cn-north-1" };
    const accounts = new Map([["main-account", account as never]]);
    const found = partitionFindings(
      { identity, configuration: { ...configuration, accounts } },
      "eu-west-1",
      [],
    );
    expect(found[0]?.message).toContain("cn-north-1");
  });

  test.each([
    ["arn:aws-us-gov:iam::111111111111:mfa/me", "aws-us-gov"],
    ["arn:aws:iam::111111111111:mfa/me", "aws"],
    ["GAHT12345678", undefined],
    [undefined, undefined],
  ])("the partition of %s", (arn, partition) => {
    expect(partitionOfArn(arn)).toBe(partition);
  });
});

describe("deviceFindings()", () => {
  const user: UserFacts = {
    ...{ userName: "me", accountId: undefined, devices: ["d"], unusable: [], lastUsed: undefined },
  };
  const enrolment = { name: "phone", since, keepsSeed: false, isVerified: false };
  const old = "arn:aws:iam::1:mfa/old";
  const journalOf = (more: Partial<MfaJournal>): MfaJournal => ({ userName: "me", ...more });
  test.each<[string, UserFacts | undefined, MfaJournal | undefined, string | undefined]>([
    ["a user with a device", user, undefined, undefined],
    ["a user that awst never asked about", undefined, undefined, undefined],
    ["a user without a device", { ...user, devices: [] }, undefined, "awst mfa add"],
    [
      "a user with a passkey alone",
      { ...user, devices: [], unusable: ["u2f"] },
      undefined,
      "awst mfa add",
    ],
    ["an enrolment that was interrupted", user, journalOf({ enrolment }), "awst mfa add"],
    [
      "a replacement that was interrupted",
      user,
      journalOf({ enrolment, replacement: { old, order: "new-first", since } }),
      "awst mfa replace",
    ],
    [
      "a replacement that did not start",
      user,
      journalOf({ replacement: { old, order: "new-first", since } }),
      undefined,
    ],
    ["a removal that was interrupted", user, journalOf({ removal: old }), "awst mfa remove"],
  ])("%s", (_, facts, journal, hint) => {
    const [finding] = deviceFindings(identity, true, facts, journal);
    expect(finding?.hint).toBe(hint);
  });

  test("the hint names an identity that is not the default one", () => {
    const [finding] = deviceFindings(identity, false, { ...user, devices: [] }, undefined);
    expect(finding?.hint).toBe("awst mfa add --identity main-account");
  });
});

describe("rotationFindings()", () => {
  const open = { ...emptyJournal("AKIAOLD", 3600), newKeyId: "AKIANEW" };
  const done = {
    ...{ ...open, switchedAt: since, deactivatedAt: since, description: "none" as const },
    areSessionsTested: true,
  };
  test.each([
    ["no journal", undefined, undefined],
    ["an interrupted rotation", open, "wrong"],
    ["an old key inside its grace period", { ...done, graceSeconds: 86_400 }, "note"],
    ["an old key that should be gone", { ...done, graceSeconds: 60 }, "wrong"],
  ])("%s", (_, journal, state) => {
    const [finding] = rotationFindings(identity, true, journal, now);
    expect(finding?.state).toBe(state);
    if (state === "wrong") expect(finding?.hint).toBe("awst key rotate --resume");
  });
});
