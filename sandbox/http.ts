// Requests and answers over HTTP: bodies within a bound, parameters from query and form, the Date
// header by the sandbox's clock.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { WireRequest } from "./auth/sigv4.ts";
import type { Parameters } from "./wire/shapes.ts";

const longestBody = 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes back to the caller. `half`: half of the answer, and then the connection ends. */
export type Reply =
  | { readonly kind: "whole" | "half"; readonly answer: Answer; readonly at: Date }
  | { readonly kind: "reset" }
  | { readonly kind: "none" };

/** Throws a RangeError for a body above 1 MiB. */
export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of message) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > longestBody) throw new RangeError("the body is longer than 1 MiB");
  }
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const name = (message.rawHeaders[at] ?? "").toLowerCase();
    const value = message.rawHeaders[at + 1] ?? "";
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return {
    method: message.method ?? "GET",
    target: message.url ?? "/",
    headers,
    body: Buffer.concat(parts),
  };
}

export function pathOf(request: WireRequest): string {
  return request.target.split("?")[0] ?? "/";
}

/** The query's parameters, then the form's. */
export function parametersOf(request: WireRequest): Parameters {
  const query = new URLSearchParams(request.target.split("?")[1] ?? "");
  const isForm = (request.headers.get("content-type") ?? "").startsWith(
    "application/x-www-form-urlencoded",
  );
  const form = new URLSearchParams(isForm ? request.body.toString("utf8") : "");
  return new Map([...query, ...form]);
}

export function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === "reset") reset(response);
  if (reply.kind === "reset" || reply.kind === "none") return;
  const { answer, at } = reply;
  response.writeHead(answer.status, headersOf(answer, at));
  if (reply.kind === "whole") response.end(answer.body);
  else {
    response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), () => {
      response.socket?.destroy();
    });
  }
}

/** The client sees the connection reset. */
export function reset(response: ServerResponse): void {
  const socket = response.socket;
  if (socket && "resetAndDestroy" in socket) socket.resetAndDestroy();
  else response.destroy();
}

export function headersOf(answer: Answer, date: Date): Record<string, string> {
  return {
    "content-type": answer.type,
    "content-length": String(Buffer.byteLength(answer.body)),
    date: date.toUTCString(),
    ...answer.headers,
  };
}
