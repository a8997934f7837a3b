// Another server answers instead of AWS: nothing of an answer that does not fit the request is used.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  credentialsXml,
  type RawAws,
  type Reply,
  refusal,
  result,
  roleInput,
  sessionExpiry,
  startRawAws,
} from "../../../test/support/raw-aws.ts";
import { Secret } from "../../model/secret.ts";
import { openAws } from "./aws.ts";
import { openIam } from "./aws-iam.ts";

const secret = "long-term-secret-of-this-test";
const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: new Secret(secret) };
const input = roleInput("arn:aws:iam::222222222222:role/team/Dev");
const goodRole = "arn:aws:sts::222222222222:assumed-role/Dev/me";

let server: RawAws;
let observed: Date[];
beforeEach(async () => {
  server = await startRawAws();
  observed = [];
});
afterEach(() => server.close());

function options() {
  return {
    env: { AWS_ENDPOINT_URL: server.url },
    time: { clock: () => ({ skewMs: 0 }), recordTime: (time: Date) => observed.push(time) },
    debug: () => {},
    iam: () => import("./aws-iam-call.ts"),
    limits: { pauseMs: 1 },
  };
}
const openSts = () => openAws(credentials, "eu-west-1", options());

function roleReply(xml = credentialsXml, arn = goodRole): Exclude<Reply, string> {
  const body = `${xml}<AssumedRoleUser><Arn>${arn}</Arn></AssumedRoleUser>`;
  return result("AssumeRole", body) as Exclude<Reply, string>;
}

async function errorOf(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (error: unknown) => error as Error & { code: string; hint: string | undefined },
  );
}

test("the answer that fits is used", async () => {
  server.answer(roleReply());
  expect(await openSts().assumeRole(input)).toMatchObject({ assumedRoleArn: goodRole });
});

const withText = (name: string, text: string) =>
  credentialsXml.replace(new RegExp(`<${name}>[^<]*`), `<${name}>${text}`);

describe("AssumeRole: refused, and sent once", () => {
  test.each([
    ["a token with a line end", withText("SessionToken", "tok\n[default]\nrole_arn = x"), goodRole],
    ["a token with a coded line end", withText("SessionToken", "tok&#10;[default]"), goodRole],
    ["a token of 100 kB", withText("SessionToken", "a".repeat(100_000)), goodRole],
    ["a secret with a quote", withText("SecretAccessKey", "a'b"), goodRole],
    ["a key id with a space", withText("AccessKeyId", "ASIA EXAMPLE"), goodRole],
    ["an expiry in 12 h", withText("Expiration", in12Hours()), goodRole],
    ["an expiry in the past", withText("Expiration", "2020-01-01T00:00:00Z"), goodRole],
    ["another account", credentialsXml, goodRole.replace("2222", "3333")],
    ["another role", credentialsXml, goodRole.replace("Dev", "Admin")],
    ["another session name", credentialsXml, goodRole.replace("/me", "/you")],
    ["another partition", credentialsXml, goodRole.replace("arn:aws:", "arn:aws-cn:")],
  ])("%s", async (_what, xml, arn) => {
    server.answer(roleReply(xml, arn));
    const error = await errorOf(openSts().assumeRole(input));
    expect(error).toMatchObject({ code: "AWS_RESPONSE_MALFORMED", effect: "unknown" });
    expect(error?.message).not.toMatch(/[\r\n]|default|role_arn|aaaa/);
    expect(server.seen).toHaveLength(1);
  });
});

function in12Hours() {
  return new Date(sessionExpiry.getTime() + 12 * 3600_000).toISOString();
}

describe("the Date header", () => {
  const week = 7 * 24 * 3600_000;
  const dated = (differenceMs: number) => {
    const date = new Date(Date.now() + differenceMs).toUTCString();
    return { ...roleReply(), headers: { date } };
  };

  test.each([week, -week, 25 * 3600_000])("%d ms off: not believed", async (differenceMs) => {
    server.answer(dated(differenceMs));
    const { at } = await openSts().assumeRole(input);
    expect(observed).toEqual([]);
    expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
  });

  test("of a refusal a week off: the request is not signed for that day", async () => {
    const date = new Date(Date.now() + week);
    server.answer(refusal(403, "SignatureDoesNotMatch", "Signature expired: x", date));
    expect(await errorOf(openSts().assumeRole(input))).toMatchObject({ code: "CLOCK_SKEWED" });
    expect([server.seen.length, observed]).toEqual([1, []]);
  });

  test("a minute off, from this machine: believed", async () => {
    server.answer(dated(60_000));
    await openSts().assumeRole(input);
    expect(observed).toHaveLength(1);
  });
});

describe("refusals", () => {
  test("200 kB of text become one line of at most 400 characters", async () => {
    server.answer(refusal(400, "Strange", "x y\n".repeat(50_000)));
    const error = await errorOf(openSts().getCallerIdentity());
    expect(error?.message.length).toBeLessThan(400);
    expect(error?.message).not.toContain("\n");
    expect(String(error?.cause).length).toBeLessThan(500);
  });

  test("a secret at the place of the cut is not printed in part", async () => {
    server.answer(refusal(400, "Strange", `${"x".repeat(3_990)}${secret}`));
    const error = await errorOf(openSts().getCallerIdentity());
    expect(`${error?.message} ${error?.cause}`).not.toContain(secret.slice(0, 8));
  });

  test("a code is letters", async () => {
    server.answer(refusal(400, `Str\u202eange\n${"x".repeat(10_000)}`, "text"));
    const error = await errorOf(openSts().getCallerIdentity());
    expect(error?.message).toMatch(/^[ -~]{1,400}$/);
  });
});

describe("IAM: refused", () => {
  const open = () => openIam(credentials, "eu-west-1", options());
  const key = (id: string, secretText: string, user: string) =>
    `<AccessKey><UserName>${user}</UserName><AccessKeyId>${id}</AccessKeyId><Status>Active</Status><SecretAccessKey>${secretText}</SecretAccessKey></AccessKey>`;
  const id = "AKIAQ3EGRYZ5XVFZ2S5B";

  test.each([
    ["a new key of another user", key(id, "secret", "you")],
    ["a new key with a line end in its secret", key(id, "sec&#10;ret", "me")],
    ["a new key with an escape sequence in its id", key(`${id}&#x9b;31m`, "secret", "me")],
  ])("%s", async (_what, xml) => {
    server.answer(result("CreateAccessKey", xml));
    expect(await errorOf(open().createAccessKey("me"))).toMatchObject({
      code: "AWS_RESPONSE_MALFORMED",
      effect: "unknown",
    });
  });

  test("a listed key of another user", async () => {
    const member = `<member><UserName>you</UserName><AccessKeyId>${id}</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>`;
    const list = `<AccessKeyMetadata>${member}</AccessKeyMetadata><IsTruncated>false</IsTruncated>`;
    server.answer(result("ListAccessKeys", list));
    expect(await errorOf(open().listAccessKeys("me"))).toMatchObject({
      code: "AWS_RESPONSE_MALFORMED",
    });
    expect(await open().listAccessKeys("You")).toMatchObject({ keys: [{ accessKeyId: id }] });
  });

  test("an MFA device whose serial number would move the cursor", async () => {
    const member =
      "<member><UserName>me</UserName><SerialNumber>arn:aws:iam::111111111111:mfa/&#x9b;2J</SerialNumber><EnableDate>2026-01-01T00:00:00Z</EnableDate></member>";
    const list = `<MFADevices>${member}</MFADevices><IsTruncated>false</IsTruncated>`;
    server.answer(result("ListMFADevices", list));
    expect(await errorOf(openSts().listMfaDevices())).toMatchObject({
      code: "AWS_RESPONSE_MALFORMED",
    });
    expect(await errorOf(open().listMfaDevices("me"))).toMatchObject({
      code: "AWS_RESPONSE_MALFORMED",
    });
  });

  test("a new MFA device with another name, or a seed that is none", async () => {
    const device = (name: string, seed: string) =>
      result(
        "CreateVirtualMFADevice",
        `<VirtualMFADevice><SerialNumber>arn:aws:iam::111111111111:mfa/${name}</SerialNumber><Base32StringSeed>${Buffer.from(seed).toString("base64")}</Base32StringSeed></VirtualMFADevice>`,
      );
    const seed = "A".repeat(64);
    for (const reply of [device("you", seed), device("me", "not base32!"), device("me", "AA")]) {
      server.answer(reply);
      expect(await errorOf(open().createVirtualMfaDevice("me"))).toMatchObject({
        code: "AWS_RESPONSE_MALFORMED",
      });
    }
    server.answer(device("me", seed));
    expect(await errorOf(open().createVirtualMfaDevice("me"))).toBeUndefined();
  });
});

describe("a refusal whose parts are no texts is a refusal all the same", () => {
  const message = "<Message>no</Message>";
  const code = "<Code>AccessDenied</Code>";
  const malformed = "AWS_RESPONSE_MALFORMED";
  test.each<[string, string, string]>([
    ["two messages", code + message + message, "AWS_DENIED"],
    ["a message with elements in it", `${code}<Message>no <b>x</b></Message>`, "AWS_DENIED"],
    ["an empty message", `${code}<Message/>`, "AWS_DENIED"],
    ["a message with an attribute", `${code}<Message a="b">no</Message>`, "AWS_DENIED"],
    ["a message called message too", `${code}${message}<message>a</message>`, "AWS_DENIED"],
    ["no message", code, "AWS_DENIED"],
    ["two codes", code + code + message, "AWS_FAILED"],
    ["a code with elements in it", `<Code><b>AccessDenied</b></Code>${message}`, malformed],
    ["an empty code", `<Code/>${message}`, "AWS_FAILED"],
    ["no code", message, malformed],
    ["two errors", `${code}${message}</Error><Error>${code}`, malformed],
    ["an element called name", `${code}${message}<name><a/></name>`, "AWS_DENIED"],
  ])("%s", async (_, parts, expected) => {
    server.answer({ status: 403, body: `<ErrorResponse><Error>${parts}</Error></ErrorResponse>` });
    const error = await errorOf(openSts().getCallerIdentity());
    expect(error).toMatchObject({ code: expected });
    expect(error?.message).not.toMatch(/\[object|undefined/);
  });
});
