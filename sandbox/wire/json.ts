// The JSON protocols: parameters from a JSON body, flattened to the names that forms have, and answers. Times are
// seconds since 1970; absent values are left out.

import type { Answer } from "../http.ts";
import { ServiceError } from "./service-error.ts";
import type { Parameters } from "./shapes.ts";
import type { XmlValue } from "./xml.ts";

/** `malformed`: a parameter that no action takes, so that its check refuses the call. */
const malformed = "\u0000malformed";

/** `{ A: { B: ["x"] } }` becomes `A.B.member.1` = `x`. For text that is no object, `isMalformed` returns true. */
export function parseJsonParameters(body: Buffer): Parameters {
  const flat = new Map<string, string>();
  try {
    const value: unknown = body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError();
    flatten(value, "", flat);
  } catch {
    flat.set(malformed, "");
  }
  return flat;
}

export function isMalformed(parameters: Parameters): boolean {
  return parameters.has(malformed);
}

function flatten(value: unknown, name: string, into: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) flatten(one, `${name}.member.${at + 1}`, into);
  } else if (typeof value === "object") {
    for (const [key, one] of Object.entries(value)) {
      flatten(one, name === "" ? key : `${name}.${key}`, into);
    }
  } else into.set(name, String(value));
}

export function resultJson(
  protocol: "json" | "rest",
  result: XmlValue | undefined,
  requestId: string,
): Answer {
  return answer(protocol, 200, jsonOf(result ?? {}), requestId);
}

/** AWS's JSON services call the common errors by other names than its query services. */
const otherNames: Readonly<Record<string, string>> = {
  AccessDenied: "AccessDeniedException",
  ExpiredToken: "ExpiredTokenException",
  IncompleteSignature: "IncompleteSignatureException",
  InvalidClientTokenId: "UnrecognizedClientException",
  MissingAuthenticationToken: "MissingAuthenticationTokenException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  Throttling: "ThrottlingException",
  ValidationError: "ValidationException",
};

export function errorJson(
  protocol: "json" | "rest",
  { status, code, message }: ServiceError,
  requestId: string,
): Answer {
  const name = otherNames[code] ?? code;
  // JSON services answer 400 where query services answer 403 or 404.
  const usual = protocol === "json" && status > 400 && status < 500 ? 400 : status;
  const body = protocol === "json" ? { __type: name, message } : { message };
  const made = answer(protocol, usual, body, requestId);
  return { ...made, headers: { ...made.headers, "x-amzn-errortype": name } };
}

export function serializationError(): ServiceError {
  return new ServiceError(400, "SerializationException", "");
}

function answer(
  protocol: "json" | "rest",
  status: number,
  value: unknown,
  requestId: string,
): Answer {
  const type = protocol === "json" ? "application/x-amz-json-1.1" : "application/json";
  return { status, type, body: JSON.stringify(value), headers: { "x-amzn-requestid": requestId } };
}

function jsonOf(value: XmlValue): unknown {
  if (value instanceof Date) return Math.floor(value.getTime()) / 1000;
  if (value instanceof Map) return jsonOf(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map((one) => jsonOf(one));
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      one === undefined ? [] : [[name, jsonOf(one)]],
    ),
  );
}
