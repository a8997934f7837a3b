// The connection of one call: to AWS itself or through a proxy, with TLS. Nothing of the request has
// left this machine until it stands, so a failure here means: nothing done.

import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import * as tls from "node:tls";
import type { HttpProxy, Route } from "./aws-route.ts";

export class TransportFailure extends Error {
  /** As Node names it (ECONNREFUSED, ENOTFOUND, a TLS code), or TIMED_OUT, PROXY_REFUSED, UNINTELLIGIBLE. */
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

/** A connection ready to write the request on. TransportFailure, `sent` false. */
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
  // `once` tells whoever waits; a later error has nobody to tell and must not be thrown.
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
