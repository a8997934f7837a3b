// S3 on the wire: method, path and query name the action; answers and errors are XML of S3's own, and HEAD has none.

import { randomUUID } from "node:crypto";
import type { WireRequest } from "../auth/sigv4.ts";
import type { Answer } from "../http.ts";
import type { ServiceError } from "../wire/service-error.ts";
import type { Parameters } from "../wire/shapes.ts";
import type { XmlValue } from "../wire/xml.ts";

/** Path-style: `/bucket` or `/bucket/key`. The action is empty for what the sandbox does not know. */
export function readStorageCall({ method, target }: WireRequest): {
  readonly action: string;
  readonly parameters: Parameters;
} {
  const [path = "", queryText = ""] = target.split("?");
  const [, bucket = "", ...rest] = path.split("/");
  const key = rest.map(decodeURIComponent).join("/");
  const query = new URLSearchParams(queryText);
  const part = ["versioning", "publicAccessBlock", "policy", "versions"].find((name) =>
    query.has(name),
  );
  const action =
    key === "" ? bucketActions[`${method} ${part ?? ""}`.trim()] : objectActions[method];
  const versionId = query.get("versionId");
  return {
    action: action ?? "",
    parameters: new Map([
      ["Bucket", bucket],
      ...(key === "" ? [] : ([["Key", key]] as const)),
      ...(versionId === null ? [] : ([["versionId", versionId]] as const)),
    ]),
  };
}

const bucketActions: Readonly<Record<string, string>> = {
  HEAD: "HeadBucket",
  PUT: "CreateBucket",
  DELETE: "DeleteBucket",
  "PUT versioning": "PutBucketVersioning",
  "PUT publicAccessBlock": "PutPublicAccessBlock",
  "PUT policy": "PutBucketPolicy",
  "GET versions": "ListObjectVersions",
};

const objectActions: Readonly<Record<string, string>> = {
  HEAD: "HeadObject",
  PUT: "PutObject",
  DELETE: "DeleteObject",
};

export function storageAnswer(action: string, result: XmlValue | undefined): Answer {
  const body = result === undefined ? "" : `<${action}Result>${members(result)}</${action}Result>`;
  return answer(200, body);
}

export function storageError(action: string, { status, code, message }: ServiceError): Answer {
  const body = `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return answer(status, action.startsWith("Head") ? "" : body);
}

function answer(status: number, body: string): Answer {
  return { status, type: "application/xml", body, headers: { "x-amz-request-id": randomUUID() } };
}

/** A list is its elements one after the other, each with the list's name. */
function members(value: XmlValue): string {
  return Object.entries(Object(value))
    .flatMap(([name, one]) =>
      (Array.isArray(one) ? one : [one]).map((each) => [name, each] as const),
    )
    .map(([name, one]) => {
      const isStructure = typeof one === "object" && one !== null;
      return `<${name}>${isStructure ? members(one as XmlValue) : escapeXml(String(one))}</${name}>`;
    })
    .join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
