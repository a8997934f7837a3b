// Calls AWS's services that awst has no SDK client for, by the rules of `aws-call.ts`: the same route, proxy, time
// limits, correction of the clock, retries and error codes as every other call.

import { Sha256 } from "@smithy/core/checksum";
import { buildQueryString } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import {
  type Call,
  type ClientSettings,
  callAws,
  defaultLimits,
  type SdkCommand,
} from "../../adapters/aws/aws-call.ts";
import type { IamOptions } from "../../adapters/aws/aws-iam-call.ts";
import { endpointKind, routeTo } from "../../adapters/aws/aws-route.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Keys } from "../../model/session/session.ts";
import { type ServiceId, serviceEndpoint, serviceRules } from "../model/service-endpoints.ts";

export interface SignedRequest {
  readonly service: ServiceId;
  readonly action: string;
  readonly method: "GET" | "POST" | "PUT" | "HEAD" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** What the output is: the value of JSON, the text of XML; `none`: the response may be empty, and is not read. */
  readonly responseFormat: "json" | "xml" | "none";
  /** A second request does no harm. */
  readonly isRepeatable: boolean;
}

export type SendSigned = (request: SignedRequest) => Promise<unknown>;

/** Returns the function that sends requests; the output is the JSON of the response. Errors: AWS_*. */
export function openSignedCalls(keys: Keys, region: string, options: IamOptions): SendSigned {
  return async (request) => {
    const { service, action } = request;
    const endpoint = serviceEndpoint(service, region, endpointKind(options.env));
    const call: Call = {
      asked: {
        action,
        service,
        keyId: keys.accessKeyId,
        region,
        secrets: [keys.secretAccessKey, keys.sessionToken].filter((each) => each !== undefined),
      },
      credentials: keys,
      route: routeTo(endpoint, serviceRules[service].variables, options.env),
      isRepeatable: request.isRepeatable,
      skewMs: options.time?.clock().skewMs ?? 0,
      recordTime: options.time?.recordTime,
      limits: { ...defaultLimits, ...options.limits },
      openTransport: options.openTransport,
      isWhole: isWholeBy[request.responseFormat],
      debug: options.debug,
      sayOnce: options.sayOnce,
      progress: options.progress,
    };
    const { output } = await callAws(call, SignedClient, request as unknown as SdkCommand<unknown>);
    return output;
  };
}

/** Stands in for an SDK client: signs one request, sends it, and throws what AWS refuses as the SDK does. */
class SignedClient {
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  async send(command: never): Promise<unknown> {
    const {
      service,
      method,
      path,
      query = {},
      headers,
      body,
      responseFormat,
    } = command as SignedRequest;
    const { credentials, region, endpoint, systemClockOffset, requestHandler } = this.#settings;
    const url = new URL(endpoint);
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: `${url.pathname.replace(/\/+$/, "")}${path}`,
      query,
      headers: { host: url.host, ...headers },
      body,
    };
    const at = new Date(Date.now() + systemClockOffset);
    const scope = { service: serviceRules[service].signingName, region, at };
    const signed = await signRequest(request, credentials, scope);
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const { response } = await (requestHandler as unknown as Handler).handle({
      ...request,
      path: [request.path, buildQueryString(query)].filter((part) => part !== "").join("?"),
      headers: { ...signed, ...length, "user-agent": "awst" },
    });
    const text = Buffer.from(response.body).toString("utf8");
    if (response.statusCode >= 400) throw refusalOf(response, text);
    if (responseFormat === "none") return {};
    return responseFormat === "json" ? JSON.parse(text) : text;
  }
}

export interface SigningScope {
  /** As the service's scope calls it: `ssm`, `ses`. */
  readonly service: string;
  readonly region: string;
  /** AWS's time. */
  readonly at: Date;
}

/** Returns the headers of the request with its signature (version 4), by the signer that the SDK uses. */
export async function signRequest(
  request: Parameters<SignatureV4["presign"]>[0],
  credentials: ClientSettings["credentials"],
  { service, region, at }: SigningScope,
): Promise<Readonly<Record<string, string>>> {
  const isS3 = service === "s3";
  // Every service but S3 encodes each part of the path once more; S3 wants the hash of the body as a header.
  const how = { uriEscapePath: !isS3, applyChecksum: isS3 };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, ...how });
  return (await signer.sign(request, { signingDate: at })).headers;
}

interface Handler {
  handle(request: object): Promise<{ readonly response: Response }>;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An error as the SDK throws it: its name is AWS's code. A response to HEAD has no text. */
function refusalOf({ statusCode, headers }: Response, text: string): Error {
  const { code, message } =
    text === ""
      ? { code: codeOfStatus(statusCode), message: "the response has no text" }
      : text.trimStart().startsWith("<")
        ? readXml(text)
        : readJson(text);
  const named = headers["x-amzn-errortype"] ?? code;
  const error = new Error(message);
  error.name = named.replace(/^.*#/, "").replace(/:.*$/, "") || "Unknown";
  return Object.assign(error, { $fault: statusCode < 500 ? "client" : "server" });
}

function codeOfStatus(status: number): string {
  if (status === 403) return "AccessDenied";
  return status === 404 ? "NotFound" : `HTTP${status}`;
}

function readJson(text: string): { readonly code: string; readonly message: string } {
  const value = JSON.parse(text) as Record<string, unknown>;
  const message = value["message"] ?? value["Message"];
  return {
    code: typeof value["__type"] === "string" ? value["__type"] : "",
    message: typeof message === "string" ? message : "",
  };
}

function readXml(text: string): { readonly code: string; readonly message: string } {
  const between = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  return { code: between("Code"), message: between("Message") };
}

const isWholeBy = { json: isJson, xml: undefined, none: () => true } as const;

function isJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

/** Returns undefined where AWS refused with this. `when`: matches `CODE: message`. Errors: those of the call. */
export async function undefinedIf<T>(when: RegExp, response: Promise<T>): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (isAwstError(error) && error.cause instanceof Error) {
      const text = error.cause.message.replace(/ \(HTTP \d+\)/, "");
      if (when.test(text)) return undefined;
    }
    throw error;
  }
}

/** Returns the error for a response that lacks a value which AWS always sends. */
export function missingValueError(action: string): AwstError {
  return new AwstError(
    "AWS_RESPONSE_MALFORMED",
    `the response to ${action} lacks an expected value`,
  );
}
