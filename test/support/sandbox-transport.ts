// Sends requests to a sandbox in the same process, without a connection. The SDK signs, writes and reads as usual, and
// the sandbox verifies and answers as usual; `test/contract/` covers connections.

import { headersOf } from "../../sandbox/http.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import {
  type OpenTransport,
  type ResponseHead,
  refuseMalformedResponse,
  TransportFailure,
} from "../../src/adapters/aws/aws-transport.ts";

export function transportTo({ answer }: Pick<Sandbox, "answer">): OpenTransport {
  return (route, _limits, isWhole) => {
    let received: ResponseHead | undefined;
    return {
      metadata: { handlerProtocol: "http/1.1" },
      get head() {
        return received;
      },
      async handle({ method, path, headers, body }) {
        const lowerCase = Object.entries(headers).map(
          ([name, value]) => [name.toLowerCase(), String(value)] as const,
        );
        // As over a connection, other work of this process runs before the answer.
        await new Promise((resolve) => setImmediate(resolve));
        const reply = await answer({
          method,
          target: path,
          headers: new Map([["host", route.url.host], ...lowerCase]),
          body: Buffer.from(body ?? ""),
        });
        if (reply.kind !== "whole") {
          const reason = reply.kind === "none" ? "TIMED_OUT" : "ECONNRESET";
          throw new TransportFailure(reason, { sent: true, peer: "aws" });
        }
        const sent = headersOf(reply.answer, reply.at);
        received = { status: reply.answer.status, at: new Date(sent["date"] ?? "") };
        const bytes = new Uint8Array(Buffer.from(reply.answer.body));
        const response = { statusCode: received.status, headers: sent, body: bytes };
        refuseMalformedResponse(response, route, isWhole);
        return { response };
      },
    };
  };
}
