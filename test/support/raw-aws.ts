// A bare HTTP server instead of AWS: it records each request and gives the prepared answers, wrong ones too.

import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { AssumeRoleInput } from "../../src/ports/aws.ts";

export type Reply =
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  /** Reads the request, then resets the connection. */
  | "reset"
  /** Reads the request and never answers. */
  | "silence"
  /** Half a body, then the end of the connection. */
  | "cut";

export interface Seen {
  readonly action: string;
  readonly form: URLSearchParams;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

export interface RawAws {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen[];
  /** Sets the next replies, in order; the last one is repeated. */
  answer(...replies: readonly Reply[]): void;
  close(): Promise<void>;
}

export async function startRawAws(tls?: { key: string; cert: string }): Promise<RawAws> {
  const seen: Seen[] = [];
  let replies: Reply[] = [];
  const listener: http.RequestListener = (request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const form = new URLSearchParams(body);
      const { headers, url: path = "" } = request;
      seen.push({ action: form.get("Action") ?? "", form, path, headers });
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      send(response, reply ?? refusal(500, "InternalFailure", "the test gave no reply"));
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  const port = await listen(server);
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    seen,
    answer: (...next) => {
      replies = [...next];
    },
    close: () => close(server),
  };
}

export async function listen(server: http.Server | https.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export async function close(server: http.Server | https.Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export function refusal(status: number, code: string, message: string, date?: Date): Reply {
  const text = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return {
    status,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    ...(date && { headers: { date: date.toUTCString() } }),
  };
}

export function result(action: string, content: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>\n`;
  return { status: 200, body };
}

/** In whole seconds, and less than the hour that the shortest request asks for. */
export const sessionExpiry = new Date(Math.ceil(Date.now() / 1000 + 3000) * 1000);
export const credentialsXml = `<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey><SessionToken>session-token</SessionToken><Expiration>${sessionExpiry.toISOString()}</Expiration></Credentials>`;

export const identityXml =
  "<Arn>arn:aws:iam::111111111111:user/team/me</Arn><UserId>AIDAEXAMPLE</UserId><Account>111111111111</Account>";

function send(response: http.ServerResponse, reply: Reply): void {
  const socket = response.socket as Socket;
  if (reply === "silence") return;
  if (reply === "reset") {
    if ("encrypted" in socket) socket.destroy();
    else socket.resetAndDestroy();
  } else if (reply === "cut") {
    response.writeHead(200, { "content-type": "text/xml", "content-length": "5000" });
    response.write("<GetCallerIdentityResponse>", () => socket.destroy());
  } else {
    response.writeHead(reply.status, { "content-type": "text/xml", ...reply.headers });
    response.end(reply.body);
  }
}

/** What AssumeRole is asked for: one hour, and nothing else that a request may have. */
export function roleInput(roleArn: string, change: Partial<AssumeRoleInput> = {}): AssumeRoleInput {
  return {
    roleArn,
    sessionName: "me",
    durationSeconds: 3600,
    externalId: undefined,
    policyArns: [],
    policy: undefined,
    tags: {},
    sourceIdentity: undefined,
    mfa: undefined,
    ...change,
  };
}
