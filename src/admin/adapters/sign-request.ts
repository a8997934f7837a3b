// Signs a request by AWS's signature version 4, for services whose SDK clients awst does not contain. Pure; the SDK
// signs the calls of IAM and STS.

import { createHash, createHmac } from "node:crypto";

export interface UnsignedRequest {
  readonly method: string;
  /** Without a query; each part already encoded as it is sent. */
  readonly path: string;
  /** Names and values, not encoded. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningScope {
  /** As the service's scope calls it: `ssm`, `ses`. */
  readonly service: string;
  readonly region: string;
  /** AWS's time. */
  readonly at: Date;
}

/** Returns the request's headers with the signature. `host` must be among them. */
export function signRequest(
  { method, path, query = {}, headers, body }: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: SigningKeys,
  { service, region, at }: SigningScope,
): Record<string, string> {
  const time = `${at.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const day = time.slice(0, 8);
  const signed: Record<string, string> = {
    ...lowerCase(headers),
    "x-amz-date": time,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
    ...(service === "s3" && { "x-amz-content-sha256": sha256(body) }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    method,
    // Each part is encoded once more, for every service but S3.
    service === "s3" ? path : path.split("/").map(encodePart).join("/"),
    queryText(query),
    ...names.map((name) => `${name}:${(signed[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer>(
    (link, part) => hmac(link, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const signature = hmac(key, text).toString("hex");
  const credential = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}`;
  return {
    ...signed,
    authorization: `${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** As it is sent and as it is signed. */
export function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodePart(name)}=${encodePart(value)}`,
  );
  return pairs.sort().join("&");
}

export function encodePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
