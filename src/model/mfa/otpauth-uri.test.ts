import fc from "fast-check";
import { generateURI } from "otplib";
import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { otpauthUri, readOtpauth } from "./otpauth-uri.ts";

const letters = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const seed = new Secret(letters);
const read = (text: string) => {
  const answer = readOtpauth(new Secret(text));
  return "problem" in answer ? answer.problem : { ...answer, seed: answer.seed.reveal() };
};

describe("otpauthUri()", () => {
  test("is what other programs write", () => {
    const uri = otpauthUri({ issuer: "AWS", label: "me@main account", seed }).reveal();
    expect(uri).toBe(`otpauth://totp/AWS:me@main%20account?secret=${letters}&issuer=AWS`);
  });

  test("what is written is read again; a colon, which parts issuer and label, becomes a dash", () => {
    const names = fc.string({ minLength: 1, maxLength: 30 }).filter((each) => each.trim() !== "");
    const name = fc.oneof(
      names,
      names.map((each) => `${each}:${each}@x`),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constant(""), name), name, (issuer, label) => {
        const back = readOtpauth(otpauthUri({ issuer, label, seed }));
        if ("problem" in back) throw new Error(back.problem);
        expect(back.seed.equals(seed)).toBe(true);
        expect(back.issuer).toBe(issuer.replaceAll(":", "-"));
        expect(back.label).toBe(label.replaceAll(":", "-").trim());
      }),
    );
  });
});

describe("readOtpauth()", () => {
  test("reads another library's", () => {
    const text = generateURI({ issuer: "Some Where", label: "me@home", secret: letters });
    expect(read(text)).toEqual({ seed: letters, issuer: "Some Where", label: "me@home" });
  });

  test.each([
    ["AWS's own", `otpauth://totp/phone@111111111111?secret=${letters}`, "", "phone@111111111111"],
    [
      "said defaults",
      `otpauth://TOTP/A:b?secret=${letters}&digits=6&period=30&algorithm=sha1`,
      "A",
      "b",
    ],
    ["no label", `otpauth://totp/?secret=${letters.toLowerCase()}`, "", ""],
    ["blanks around", `  otpauth://totp/A%3Ab?issuer=C+D&secret=${letters}\n`, "C D", "b"],
  ])("takes %s", (_what, text, issuer, label) => {
    expect(read(text)).toEqual({ seed: letters, issuer, label });
  });

  test.each([
    ["HOTP", `otpauth://hotp/a?secret=${letters}&counter=1`, /HOTP/],
    ["another kind", `otpauth://yubico/a?secret=${letters}`, /kind other/],
    ["eight digits", `otpauth://totp/a?secret=${letters}&digits=8`, /six digits/],
    ["a minute", `otpauth://totp/a?secret=${letters}&period=60`, /30 s/],
    ["SHA256", `otpauth://totp/a?secret=${letters}&algorithm=SHA256`, /SHA1/],
    ["no secret", "otpauth://totp/a", /secret is missing/],
    ["half a secret", `otpauth://totp/a?secret=${letters.slice(1)}`, /base32/],
    ["a label that is no text", `otpauth://totp/%ff?secret=${letters}`, /malformed/],
    ["an app's export", "otpauth-migration://offline?data=CjEKCkhello", /export/],
    ["a web page", `https://example.com/?secret=${letters}`, /no otpauth/],
    ["nothing", "", /no otpauth/],
  ])("refuses %s, and never repeats the secret", (_what, text, why) => {
    expect(read(text)).toMatch(why);
    expect(read(text)).not.toContain(letters.slice(1));
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string(), fc.webPath(), (junk, path) => {
        readOtpauth(new Secret(`otpauth://totp${path}?secret=${junk}`));
        readOtpauth(new Secret(`otpauth://${junk}`));
      }),
    );
  });
});
