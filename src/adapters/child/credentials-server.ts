// The container credentials endpoint: HTTP on 127.0.0.1, a random token in a file of mode 0600, one path.
// `model/session/server-request.ts` decides which requests are refused. `close` deletes the folder. The program inherits
// the listening socket: when awst is killed, the port stays taken, and no other process can take it.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwstError } from "../../model/errors.ts";
import type { CopiedFiles } from "../../model/profile/copy-without-secrets.ts";
import { Secret } from "../../model/secret.ts";
import {
  containerJson,
  type ExpectedRequest,
  refusalOf,
} from "../../model/session/server-request.ts";
import type { CredentialsServer, ServedResponse } from "../../ports/serving.ts";
import type { Paths } from "../../ports.ts";
import { findListeningDescriptor } from "./listening-descriptor.ts";
import { makeOwnSecretFolder } from "./secret-folder.ts";

const path = "/credentials";

export function openCredentialsServer(
  paths: Pick<Paths, "runtime">,
  debug: (line: string) => void,
): CredentialsServer {
  return {
    async start({ files: copies, respond: getResponse }) {
      const token = new Secret(randomBytes(32).toString("base64url"));
      const files = writeFiles(paths.runtime, token, copies);
      const server = createServer({ maxHeaderSize: 8 * 1024, requestTimeout: 5_000 });
      server.headersTimeout = 5_000;
      server.keepAliveTimeout = 1;
      dropIdleConnections(server);
      try {
        const port = await listen(server);
        const host = `127.0.0.1:${port}`;
        const expected = { host, path, token };
        server.on("request", (request, response) => {
          void respond(request, response, expected, getResponse, debug);
        });
        return {
          url: `http://${host}${path}`,
          token,
          descriptor: findListeningDescriptor(server, port),
          ...files,
          changedCopies: () => {
            const { configFile, credentialsFile } = files;
            const paths = { config: configFile, credentials: credentialsFile };
            return (["config", "credentials"] as const).filter((name) => {
              return readOrEmpty(paths[name]) !== copies[name];
            });
          },
          close: async () => {
            files.folder.remove();
            server.close();
            server.closeAllConnections();
          },
        };
      } catch (cause) {
        files.folder.remove();
        const reason = (cause as NodeJS.ErrnoException).code;
        throw new AwstError("SERVER_FAILED", `cannot listen on 127.0.0.1: ${reason}`, {
          cause,
        });
      }
    },
  };
}

/** Waiting connections beyond this number end, the oldest first. */
const maxIdle = 200;

/**
 * Every user of the machine can connect. A connection that sends no request must not take the place of one that does,
 * so the number of connections is not limited, but that of idle ones is.
 */
function dropIdleConnections(server: Server): void {
  const idle = new Set<Socket>();
  server.on("connection", (socket) => {
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
    const [oldest] = idle;
    if (idle.size > maxIdle) oldest?.destroy();
  });
  server.on("request", (request) => idle.delete(request.socket));
}

/** SDKs read the token for every request, and fail on a line break after it. */
function writeFiles(runtime: string | undefined, token: Secret, copies: CopiedFiles) {
  try {
    if (runtime !== undefined) mkdirSync(runtime, { recursive: true, mode: 0o700 });
    const folder = makeOwnSecretFolder(runtime ?? tmpdir(), "awst-exec-");
    const write = (name: string, text: string) => {
      writeFileSync(join(folder.path, name), text, { mode: 0o600, flag: "wx" });
      return join(folder.path, name);
    };
    return {
      folder,
      tokenFile: write("token", token.reveal()),
      credentialsFile: write("credentials", copies.credentials),
      configFile: write("config", copies.config),
    };
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    const where = runtime ?? tmpdir();
    throw new AwstError("FILE_UNWRITABLE", `cannot write below ${where}: ${reason}`, { cause });
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  expected: ExpectedRequest,
  getResponse: () => Promise<ServedResponse>,
  debug: (line: string) => void,
): Promise<void> {
  const send = (status: number, text: string) => {
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
      connection: "close",
    });
    response.end(text);
  };
  response.on("error", () => {});
  request.on("error", () => {});
  request.resume();
  const refusal = refusalOf(
    {
      method: request.method ?? "",
      target: request.url ?? "",
      headers: pairs(request.rawHeaders),
      peer: request.socket.remoteAddress,
    },
    expected,
  );
  const given = refusal ?? (await getResponse().catch(() => unexpected));
  if ("session" in given) return send(200, containerJson(given.session));
  const { status, code, message } = given;
  debug(`server: ${status} ${code}: ${message}`);
  send(status, JSON.stringify({ code, message }));
}

/** Answers an unexpected error: the program that `exec` runs must continue. */
const unexpected = { status: 500, code: "InternalError", message: "the session is not available" };

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    raw[2 * at] ?? "",
    raw[2 * at + 1] ?? "",
  ]);
}
