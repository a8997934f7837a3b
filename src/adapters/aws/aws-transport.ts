// One HTTP request to AWS, as the SDK's request handler: a fresh connection, one send, one whole
// answer, never a second try. It goes where its route says, whatever the SDK computed, and knows of
// every failure whether AWS may have acted.

import { once } from "node:events";
import * as http from "node:http";
import type { Socket } from "node:net";
import { connect, failureOf, TransportFailure } from "./aws-connection.ts";
import type { Route } from "./aws-route.ts";

export interface Limits {
  /** For name, connection, proxy and TLS together. */
  readonly connectMs: number;
  /** For the whole request, connecting included. */
  readonly requestMs: number;
}

export interface Answer {
  readonly status: number;
  /** The `Date` header: AWS's clock. */
  readonly at: Date | undefined;
}

/** What the SDK takes as `requestHandler`. Serves one request. */
export interface Transport {
  readonly metadata: { readonly handlerProtocol: string };
  /** undefined until AWS, or somebody in its place, answered. */
  readonly answer: Answer | undefined;
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
}

/** `isWhole`: whether an answer is one of the service's at all, and not cut. */
export function openTransport(
  route: Route,
  limits: Limits,
  isWhole: (text: string, status: number) => boolean = isWholeXml,
): Transport {
  let answer: Answer | undefined;
  let isUsed = false;
  return {
    metadata: { handlerProtocol: "http/1.1" },
    get answer() {
      return answer;
    },
    async handle(request) {
      if (isUsed) throw new Error("a transport serves one request");
      isUsed = true;
      const end = AbortSignal.timeout(limits.requestMs);
      const connectMs = Math.min(limits.connectMs, limits.requestMs);
      const socket = await connect(route, AbortSignal.timeout(connectMs));
      try {
        const response = await exchange(socket, request, route, end);
        answer = { status: response.statusCode, at: dateOf(response.headers) };
        refuseUnintelligible(response, route, isWhole);
        return { response };
      } catch (error) {
        throw failureOf(error, { sent: true, peer: "aws", end });
      } finally {
        socket.destroy();
      }
    },
  };
}

/** As much of the SDK's request as is needed to send it. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

async function exchange(
  socket: Socket,
  request: SdkRequest,
  { url, proxy }: Route,
  end: AbortSignal,
): Promise<SdkResponse> {
  const isForwarded = proxy !== undefined && url.protocol === "http:";
  const authorization = isForwarded ? proxy.authorization : undefined;
  const outgoing = http.request({
    createConnection: () => socket,
    method: request.method,
    path: isForwarded ? new URL(request.path, url).href : request.path,
    headers: { ...request.headers, ...(authorization && { "proxy-authorization": authorization }) },
    signal: end,
  });
  outgoing.on("error", () => {});
  outgoing.end(request.body);
  const [incoming] = (await once(outgoing, "response")) as [http.IncomingMessage];
  const body = await readWhole(incoming);
  return { statusCode: incoming.statusCode ?? 0, headers: headersOf(incoming), body };
}

const largestAnswer = 4 * 1024 * 1024;

async function readWhole(incoming: http.IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > largestAnswer) throw unintelligible(incoming.statusCode);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function headersOf(incoming: http.IncomingMessage): Record<string, string> {
  const entries = Object.entries(incoming.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value ?? "")]));
}

function dateOf(headers: Readonly<Record<string, string>>): Date | undefined {
  const date = new Date(headers["date"] ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function refuseUnintelligible(
  response: SdkResponse,
  { url, proxy }: Route,
  isWhole: (text: string, status: number) => boolean,
): void {
  const status = response.statusCode;
  if (proxy && url.protocol === "http:" && status === 407) {
    throw new TransportFailure("PROXY_REFUSED", { sent: false, peer: "proxy", status });
  }
  const text = Buffer.from(response.body).toString("utf8").trim();
  if (!isWhole(text, status)) throw unintelligible(status);
}

/** Begins with an element that is no HTML, and ends with that element's end: not cut. */
function isWholeXml(text: string): boolean {
  const root = /^(?:<\?xml[^>]*\?>\s*)?<([A-Za-z][\w.:-]*)[\s>]/.exec(text)?.[1];
  if (root === undefined || root.toLowerCase() === "html") return false;
  return new RegExp(`</${root}\\s*>$`).test(text);
}

function unintelligible(status: number | undefined): TransportFailure {
  return new TransportFailure("UNINTELLIGIBLE", { sent: true, peer: "aws", status });
}
