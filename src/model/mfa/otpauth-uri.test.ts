import fc from "fast-check";
import { generateURI } from "otplib";
import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { otpauthUri, parseOtpauth } from "./otpauth-uri.ts";

const letters = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const seed = new Secret(letters);
const read = (text: string) => {
  const answer = parseOtpauth(new Secret(text));
  return "problem" in answer ? answer.problem : { ...answer, seed: answer.seed.reveal() };
};

describe("otpauthUri()", () => {
  test("matches what other programs write", () => {
    const uri = otpauthUri({ issuer: "AWS", label: "me@main account", seed }).reveal();
    expect(uri).toBe(`otpauth://totp/AWS:me@main%20account?secret=${letters}&issuer=AWS`);
  });

  test("what is written can be read; a colon, which separates issuer and label, becomes a dash", () => {
    const names = fc.string({ minLength: 1, maxLength: 30 }).filter((each) => each.trim() !== "");
    const name = fc.oneof(
      names,
      names.map((each) => `${each}:${each}@x`),
    );
    fc.assert(
      fc.property(fc.oneof(fc.constant(""), name), name, (issuer, label) => {
        const back = parseOtpauth(otpauthUri({ issuer, label, seed }));
        if ("problem" in back) throw new Error(back.problem);
        expect(back.seed.equals(seed)).toBe(true);
        expect(back.issuer).toBe(issuer.replaceAll(":", "-"));
        expect(back.label).toBe(label.replaceAll(":", "-").trim());
      }),
      {
        examples: [
          ["", "."],
          ["", ".."],
          [".", ".."],
          ["", "a/../b"],
        ],
      },
    );
  });
});

describe("parseOtpauth()", () => {
  test("reads the URI of another library", () => {
    const text = generateURI({ issuer: "Some Where", label: "me@home", secret: letters });
    expect(read(text)).toEqual({ seed: letters, issuer: "Some Where", label: "me@home" });
  });

  test.each([
    ["AWS's own", `otpauth://totp/phone@111111111111?secret=${letters}`, "", "phone@111111111111"],
    [
      "explicit defaults",
      `otpauth://TOTP/A:b?secret=${letters}&digits=6&period=30&algorithm=sha1`,
      "A",
      "b",
    ],
    ["a label of dots", `otpauth://totp/..?secret=${letters}`, "", ".."],
    ["no path", `otpauth://totp?secret=${letters}`, "", ""],
    ["no label", `otpauth://totp/?secret=${letters.toLowerCase()}`, "", ""],
    ["spaces around", `  otpauth://totp/A%3Ab?issuer=C+D&secret=${letters}\n`, "C D", "b"],
  ])("accepts %s", (_what, text, issuer, label) => {
    expect(read(text)).toEqual({ seed: letters, issuer, label });
  });

  test.each([
    ["HOTP", `otpauth://hotp/a?secret=${letters}&counter=1`, /HOTP/],
    ["another kind", `otpauth://yubico/a?secret=${letters}`, /not totp/],
    ["eight digits", `otpauth://totp/a?secret=${letters}&digits=8`, /six digits/],
    ["a minute", `otpauth://totp/a?secret=${letters}&period=60`, /30 s/],
    ["SHA256", `otpauth://totp/a?secret=${letters}&algorithm=SHA256`, /SHA1/],
    ["no secret", "otpauth://totp/a", /secret is missing/],
    ["half a secret", `otpauth://totp/a?secret=${letters.slice(1)}`, /base32/],
    ["a label that is not text", `otpauth://totp/%ff?secret=${letters}`, /malformed/],
    ["an app's export", "otpauth-migration://offline?data=CjEKCkhello", /export/],
    ["a web page", `https://example.com/?secret=${letters}`, /not an otpauth/],
    ["an empty text", "", /not an otpauth/],
  ])("refuses %s, and never quotes the secret", (_what, text, why) => {
    expect(read(text)).toMatch(why);
    expect(read(text)).not.toContain(letters.slice(1));
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string(), fc.webPath(), (junk, path) => {
        parseOtpauth(new Secret(`otpauth://totp${path}?secret=${junk}`));
        parseOtpauth(new Secret(`otpauth://${junk}`));
      }),
    );
  });
});
