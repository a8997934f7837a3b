// `otpauth://totp/…`, the text in the QR codes that authenticator apps read. What STS takes is SHA-1, six
// digits and 30 s: the defaults, so they are left out, and anything else is refused with its reason.

import { Secret } from "../secret.ts";
import { readSeed } from "./totp.ts";

export interface OtpAccount {
  readonly seed: Secret;
  /** Whose codes these are: `user@111111111111`. */
  readonly label: string;
  /** For what; "" where the URI names none. */
  readonly issuer: string;
}

/** A QR code's modules, row by row; true is a dark one. */
export type QrModules = readonly (readonly boolean[])[];

export function otpauthUri({ issuer, label, seed }: OtpAccount): Secret {
  // A colon parts the two, also where it is encoded.
  const part = (text: string) => encodeURIComponent(text.replaceAll(":", "-")).replace(/%40/g, "@");
  const [path, query] =
    issuer === ""
      ? [part(label), ""]
      : [`${part(issuer)}:${part(label)}`, `&issuer=${part(issuer)}`];
  return new Secret(`otpauth://totp/${path}?secret=${seed.reveal()}${query}`);
}

/** An otpauth:// URI, or the bare seed as it stands under "show secret key". A problem never repeats it. */
export function readSeedText(text: Secret): OtpAccount | { readonly problem: string } {
  if (text.reveal().includes(":")) return readOtpauth(text);
  const seed = readSeed(text.reveal());
  if (seed !== undefined) return { seed, label: "", issuer: "" };
  return {
    problem: "it is neither an otpauth:// URI nor a whole seed (16 or more of A to Z and 2 to 7)",
  };
}

/** Reads what a QR code held or a person pasted. A problem never repeats the text: it holds a seed. */
export function readOtpauth(text: Secret): OtpAccount | { readonly problem: string } {
  const trimmed = text.reveal().trim();
  if (/^otpauth-migration:/i.test(trimmed)) {
    return { problem: "it is an app's export of several accounts, not one device's code" };
  }
  if (!/^otpauth:\/\//i.test(trimmed)) return { problem: "it is no otpauth:// URI" };
  const url = parse(trimmed);
  if (url === undefined) return { problem: "it is a malformed otpauth:// URI" };
  const kind = url.host.toLowerCase();
  if (kind === "hotp") {
    return { problem: "it is of a device that counts (HOTP); STS takes codes by time (TOTP)" };
  }
  if (kind !== "totp") return { problem: "it is of a kind other than totp" };
  const setting = (name: string) => url.searchParams.get(name);
  const [algorithm, digits, period] = [setting("algorithm"), setting("digits"), setting("period")];
  if (algorithm !== null && !/^(hmac)?-?sha-?1$/i.test(algorithm)) {
    return { problem: "its codes are made with an algorithm other than SHA1, which STS takes" };
  }
  if (digits !== null && digits !== "6") return { problem: "its codes have not six digits" };
  if (period !== null && period !== "30") return { problem: "its codes do not last 30 s" };
  const seed = readSeed(setting("secret") ?? "");
  if (seed === undefined) return { problem: "its secret is missing, or is no whole base32 text" };
  const names = decode(url.pathname.replace(/^\//, ""));
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

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
