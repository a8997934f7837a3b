// Sends one HTTP request to AWS, as the SDK's request handler: over a new connection, without a retry. The route
// decides where it goes, whatever the SDK computed. Every failure says whether AWS may have received the request.

import { once } from "node:events";
import * as http from "node:http";
import type { Socket } from "node:net";
import * as net from "node:net";
import * as tls from "node:tls";
import { believedTime } from "../../model/aws/believed-time.ts";
import type { HttpProxy, Route } from "./aws-route.ts";

export interface Limits {
  /** For DNS, connection, proxy and TLS together. */
  readonly connectMs: number;
  /** For the whole request, connecting included. */
  readonly requestMs: number;
  /** The longest response that is read, in bytes; undefined: 4 MiB. */
  readonly responseBytes?: number | undefined;
}

export interface ResponseHead {
  readonly status: number;
  /** The `Date` header: AWS's clock. */
  readonly at: Date | undefined;
}

/** What the SDK takes as `requestHandler`. Serves one request. */
export interface Transport {
  readonly metadata: { readonly handlerProtocol: string };
  /** undefined before a response. */
  readonly head: ResponseHead | undefined;
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
}

export type OpenTransport = typeof openTransport;

/** `isWhole`: returns whether the text is a complete response of the service. */
export function openTransport(
  route: Route,
  limits: Limits,
  isWhole: (text: string, status: number) => boolean = isWholeXml,
): Transport {
  let head: ResponseHead | undefined;
  let isUsed = false;
  return {
    metadata: { handlerProtocol: "http/1.1" },
    get head() {
      return head;
    },
    async handle(request) {
      if (isUsed) throw new Error("a transport serves one request");
      isUsed = true;
      const end = AbortSignal.timeout(limits.requestMs);
      const connectMs = Math.min(limits.connectMs, limits.requestMs);
      const socket = await connect(route, AbortSignal.timeout(connectMs));
      try {
        const response = await exchange(socket, request, route, end, limits.responseBytes);
        head = { status: response.statusCode, at: dateOf(response.headers, route) };
        refuseMalformedResponse(response, route, isWhole);
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
  longest: number | undefined,
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
  const body = await readWhole(incoming, longest);
  return { statusCode: incoming.statusCode ?? 0, headers: headersOf(incoming), body };
}

const maxResponseBytes = 4 * 1024 * 1024;

async function readWhole(
  incoming: http.IncomingMessage,
  longest = maxResponseBytes,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > longest) throw malformedResponse(incoming.statusCode);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function headersOf(incoming: http.IncomingMessage): Record<string, string> {
  const entries = Object.entries(incoming.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value ?? "")]));
}

function dateOf(headers: Readonly<Record<string, string>>, route: Route): Date | undefined {
  return believedTime(route, new Date(headers["date"] ?? ""), new Date());
}

/** Throws a TransportFailure for a response that AWS did not give, or not whole. */
export function refuseMalformedResponse(
  response: SdkResponse,
  { url, proxy }: Route,
  isWhole: (text: string, status: number) => boolean = isWholeXml,
): void {
  const status = response.statusCode;
  if (proxy && url.protocol === "http:" && status === 407) {
    throw new TransportFailure("PROXY_REFUSED", { sent: false, peer: "proxy", status });
  }
  const text = Buffer.from(response.body).toString("utf8").trim();
  if (!isWhole(text, status)) throw malformedResponse(status);
}

/** Begins with an element that is no HTML, and ends with that element's end: not cut. */
function isWholeXml(text: string): boolean {
  const root = /^(?:<\?xml[^>]*\?>\s*)?<([A-Za-z][\w.:-]*)[\s>]/.exec(text)?.[1];
  if (root === undefined || root.toLowerCase() === "html") return false;
  return new RegExp(`</${root}\\s*>$`).test(text);
}

function malformedResponse(status: number | undefined): TransportFailure {
  return new TransportFailure("MALFORMED", { sent: true, peer: "aws", status });
}

export class TransportFailure extends Error {
  /** As Node names it (ECONNREFUSED, ENOTFOUND, a TLS code), or TIMED_OUT, PROXY_REFUSED, MALFORMED. */
  readonly reason: string;
  /** Whether AWS may have got the request. */
  readonly sent: boolean;
  readonly peer: "proxy" | "aws";
  readonly status: number | undefined;

  constructor(
    reason: string,
    details: {
      readonly sent: boolean;
      readonly peer: "proxy" | "aws";
      readonly status?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(reason, { cause: details.cause });
    this.name = "TransportFailure";
    this.reason = reason;
    this.sent = details.sent;
    this.peer = details.peer;
    this.status = details.status;
  }
}

/** Returns a connection that is ready for the request. Throws a TransportFailure with `sent` false. */
export async function connect(route: Route, end: AbortSignal): Promise<net.Socket> {
  const { url, proxy } = route;
  if (proxy === undefined) return watch("aws", end, () => open(url, route, end));
  const tunnel = await watch("proxy", end, () =>
    url.protocol === "http:" ? open(proxy.url, route, end) : openTunnel(route, proxy, end),
  );
  if (url.protocol === "http:") return tunnel;
  return watch("aws", end, () => secure(url, route, end, tunnel));
}

/** What went wrong on the way, as a TransportFailure; anything that is no such thing is a bug and stays. */
export function failureOf(
  error: unknown,
  where: { readonly sent: boolean; readonly peer: "proxy" | "aws"; readonly end: AbortSignal },
): unknown {
  if (error instanceof TransportFailure) return error;
  const details = { sent: where.sent, peer: where.peer, cause: error };
  if (where.end.aborted) return new TransportFailure("TIMED_OUT", details);
  const reason = (error as NodeJS.ErrnoException).code;
  return reason === undefined ? error : new TransportFailure(reason, details);
}

async function watch(
  peer: "proxy" | "aws",
  end: AbortSignal,
  work: () => Promise<net.Socket>,
): Promise<net.Socket> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error, { sent: false, peer, end });
  }
}

async function open(to: URL, route: Route, end: AbortSignal): Promise<net.Socket> {
  if (to.protocol === "https:") return secure(to, route, end);
  return ready(net.connect(portOf(to), hostOf(to)), "connect", end);
}

async function openTunnel(route: Route, proxy: HttpProxy, end: AbortSignal): Promise<net.Socket> {
  const socket = await open(proxy.url, route, end);
  const target = `${route.url.hostname}:${portOf(route.url)}`;
  const { authorization } = proxy;
  const request = http.request({
    createConnection: () => socket,
    method: "CONNECT",
    path: target,
    headers: { host: target, ...(authorization && { "proxy-authorization": authorization }) },
  });
  request.on("error", () => {});
  request.end();
  try {
    const [response] = (await once(request, "connect", { signal: end })) as [http.IncomingMessage];
    if (response.statusCode === 200) return socket;
    const status = response.statusCode;
    throw new TransportFailure("PROXY_REFUSED", { sent: false, peer: "proxy", status });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The certificate is always verified: no variable of Node's switches that off here. */
function secure(
  to: URL,
  route: Route,
  end: AbortSignal,
  through?: net.Socket,
): Promise<net.Socket> {
  const host = hostOf(to);
  const socket = tls.connect({
    ...(through ? { socket: through } : { port: portOf(to) }),
    host,
    ...(net.isIP(host) === 0 && { servername: host }),
    ...(route.certificates && { ca: [...route.certificates] }),
    rejectUnauthorized: true,
    ALPNProtocols: ["http/1.1"],
  });
  return ready(socket, "secureConnect", end);
}

async function ready(
  socket: net.Socket,
  event: "connect" | "secureConnect",
  end: AbortSignal,
): Promise<net.Socket> {
  // `once` reports an error to its caller; a later error has no listener and must not be thrown.
  socket.on("error", () => {});
  try {
    await once(socket, event, { signal: end });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}
