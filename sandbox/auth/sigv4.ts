// AWS's signature version 4 for a request as it came over the wire: canonical request, string to
// sign, signature. Pure; whether the signer is known and the time right is `authenticate.ts`'s.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export interface WireRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names in lower case; several values of one name joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface SignatureClaim {
  readonly accessKeyId: string;
  /** YYYYMMDD, region, service of the credential's scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** YYYYMMDDTHHMMSSZ */
  readonly time: string;
}

export function isSignedBy(request: WireRequest, claim: SignatureClaim, secret: string): boolean {
  const expected = Buffer.from(signatureOf(request, claim, secret));
  const given = Buffer.from(claim.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

export function signatureOf(
  request: WireRequest,
  claim: Omit<SignatureClaim, "signature">,
  secret: string,
): string {
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const canonical = canonicalRequest(request, claim.signedHeaders);
  const text = ["AWS4-HMAC-SHA256", claim.time, scope, sha256(canonical)].join("\n");
  const key = [claim.date, claim.region, claim.service, "aws4_request"].reduce<Buffer>(
    (link, part) => hmac(link, part),
    Buffer.from(`AWS4${secret}`),
  );
  return hmac(key, text).toString("hex");
}

export function canonicalRequest(request: WireRequest, signedHeaders: readonly string[]): string {
  const [path = "/", query = ""] = splitOnce(request.target, "?");
  const headers = signedHeaders.map((name) => {
    const value = (request.headers.get(name) ?? "").trim().replace(/ +/g, " ");
    return `${name}:${value}\n`;
  });
  return [
    request.method,
    path.split("/").map(encodeRfc3986).join("/"),
    canonicalQuery(query),
    headers.join(""),
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((pair) => {
      const [name = "", value = ""] = splitOnce(pair, "=");
      return [encodeRfc3986(decode(name)), encodeRfc3986(decode(value))] as const;
    })
    .filter(([name]) => name !== "X-Amz-Signature")
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function splitOnce(text: string, at: string): string[] {
  const position = text.indexOf(at);
  return position < 0 ? [text] : [text.slice(0, position), text.slice(position + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
