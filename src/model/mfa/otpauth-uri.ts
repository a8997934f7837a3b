// Writes and reads `otpauth://totp/…`, the text in QR codes for authenticator apps. STS accepts SHA-1, six
// digits and 30 s only: these defaults are omitted, and any other value is refused with a reason.

import { Secret } from "../secret.ts";
import { parseSeed } from "./totp.ts";

export interface OtpAccount {
  readonly seed: Secret;
  /** The account in the app: `user@111111111111`. */
  readonly label: string;
  /** "" if the URI names none. */
  readonly issuer: string;
}

/** A QR code's modules, row by row; true is a dark one. */
export type QrModules = readonly (readonly boolean[])[];

export function otpauthUri({ issuer, label, seed }: OtpAccount): Secret {
  // A colon separates issuer and label, even when it is encoded.
  const part = (text: string) => encodeURIComponent(text.replaceAll(":", "-")).replace(/%40/g, "@");
  const [path, query] =
    issuer === ""
      ? [part(label), ""]
      : [`${part(issuer)}:${part(label)}`, `&issuer=${part(issuer)}`];
  return new Secret(`otpauth://totp/${path}?secret=${seed.reveal()}${query}`);
}

/**
 * Reads an otpauth:// URI, or the seed alone as "show secret key" displays it. A problem never quotes
 * the text.
 */
export function parseSeedText(text: Secret): OtpAccount | { readonly problem: string } {
  if (text.reveal().includes(":")) return parseOtpauth(text);
  const seed = parseSeed(text.reveal());
  if (seed !== undefined) return { seed, label: "", issuer: "" };
  return {
    problem:
      "it is neither an otpauth:// URI nor a complete seed (16 or more characters of A to Z and 2 to 7)",
  };
}

/** Reads an otpauth:// URI. A problem never quotes the text, which contains a seed. */
export function parseOtpauth(text: Secret): OtpAccount | { readonly problem: string } {
  const trimmed = text.reveal().trim();
  if (/^otpauth-migration:/i.test(trimmed)) {
    return { problem: "it is an app's export of several accounts, not the QR code of one device" };
  }
  if (!/^otpauth:\/\//i.test(trimmed)) return { problem: "it is not an otpauth:// URI" };
  const url = parse(trimmed);
  if (url === undefined) return { problem: "it is a malformed otpauth:// URI" };
  const kind = url.host.toLowerCase();
  if (kind === "hotp") {
    return {
      problem: "it is for counter-based codes (HOTP); STS accepts only time-based codes (TOTP)",
    };
  }
  if (kind !== "totp") return { problem: "its type is not totp" };
  const setting = (name: string) => url.searchParams.get(name);
  const [algorithm, digits, period] = [setting("algorithm"), setting("digits"), setting("period")];
  if (algorithm !== null && !/^(hmac)?-?sha-?1$/i.test(algorithm)) {
    return { problem: "its algorithm is not SHA1, the only one that STS accepts" };
  }
  if (digits !== null && digits !== "6") return { problem: "its codes do not have six digits" };
  if (period !== null && period !== "30") return { problem: "its codes are not valid for 30 s" };
  const seed = parseSeed(setting("secret") ?? "");
  if (seed === undefined) return { problem: "its secret is missing or is not complete base32" };
  const names = decode(rawPath(trimmed));
  if (names === undefined) return { problem: "it is a malformed otpauth:// URI" };
  const at = names.indexOf(":");
  const issuer = setting("issuer") ?? (at < 0 ? "" : names.slice(0, at).trim());
  return { seed, label: names.slice(at + 1).trim(), issuer };
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Returns the path as it was written. `URL` drops a label that is "." or "..", even an encoded one. */
function rawPath(text: string): string {
  const written = /^otpauth:\/\/[^/?#]*\/?([^?#]*)/i.exec(text)?.[1] ?? "";
  // `URL` ignores these characters too.
  return written.replace(/[\t\n\r]/g, "");
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
