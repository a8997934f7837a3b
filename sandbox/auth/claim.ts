// Reads the signature's parts from the Authorization header or, presigned, from the query. The texts of
// errors are AWS's.

import { ServiceError } from "../wire/service-error.ts";
import type { SignatureClaim, WireRequest } from "./sigv4.ts";

export interface Claim extends SignatureClaim {
  readonly token: string | undefined;
  /** Seconds a presigned request lives; undefined: signed in its header. */
  readonly livesSeconds: number | undefined;
}

export function readClaim(request: WireRequest): Claim {
  const header = request.headers.get("authorization");
  if (header !== undefined) return claimOfHeader(header, request);
  const query = new URLSearchParams(request.target.split("?")[1] ?? "");
  if (query.has("X-Amz-Signature")) return claimOfQuery(query, request);
  throw new ServiceError(
    403,
    "MissingAuthenticationToken",
    "Request is missing Authentication Token",
  );
}

function claimOfHeader(header: string, request: WireRequest): Claim {
  if (!header.startsWith("AWS4-HMAC-SHA256 ")) {
    throw incomplete(`Unsupported AWS 'algorithm': '${header.split(" ")[0]}'`);
  }
  const parts = new Map(
    header
      .slice("AWS4-HMAC-SHA256 ".length)
      .split(",")
      .map((part) => {
        const [name = "", ...value] = part.trim().split("=");
        return [name, value.join("=")] as const;
      }),
  );
  for (const name of ["Credential", "Signature", "SignedHeaders"]) {
    if (!parts.get(name)) throw incomplete(`Authorization header requires '${name}' parameter.`);
  }
  const time = request.headers.get("x-amz-date");
  if (!time) {
    throw incomplete(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  const claim = claimOf(parts.get("Credential"), parts.get("SignedHeaders"), time, request);
  return {
    ...claim,
    signature: parts.get("Signature") ?? "",
    token: request.headers.get("x-amz-security-token"),
    livesSeconds: undefined,
  };
}

function claimOfQuery(query: URLSearchParams, request: WireRequest): Claim {
  const get = (name: string): string => query.get(name) ?? "";
  if (get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    throw incomplete(`Unsupported AWS 'algorithm': '${get("X-Amz-Algorithm")}'`);
  }
  const claim = claimOf(
    get("X-Amz-Credential"),
    get("X-Amz-SignedHeaders"),
    get("X-Amz-Date"),
    request,
  );
  return {
    ...claim,
    signature: get("X-Amz-Signature"),
    token: query.get("X-Amz-Security-Token") ?? undefined,
    livesSeconds: Number(query.get("X-Amz-Expires") ?? 300),
  };
}

function claimOf(
  credential = "",
  signedHeaderList = "",
  time: string,
  request: WireRequest,
): Omit<SignatureClaim, "signature"> {
  const scope = credential.split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator] = scope;
  if (scope.length !== 5 || terminator !== "aws4_request") {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  if (!/^\d{8}T\d{6}Z$/.test(time)) {
    throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${time}'.`);
  }
  const signedHeaders = signedHeaderList.split(";");
  const amz = [...request.headers.keys()].filter((name) => name.startsWith("x-amz-"));
  for (const name of ["host", ...amz]) {
    if (!signedHeaders.includes(name)) {
      throw incomplete(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  return { accessKeyId, date, region, service, signedHeaders, time };
}

function incomplete(message: string): ServiceError {
  return new ServiceError(400, "IncompleteSignature", message);
}
