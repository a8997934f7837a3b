// AWS's services and the console's sign-in service on one loopback port. The path, a header or the version select
// the service; everything follows one clock that tests can move. The sandbox imports nothing of awst.

import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { answerCall } from "./answer-call.ts";
import type { WireRequest } from "./auth/sigv4.ts";
import { type RecordedCall, startCallLog } from "./calls.ts";
import { type Clock, startClock } from "./clock.ts";
import { Cloud } from "./cloud/cloud.ts";
import { codeShown } from "./cloud/mfa-device.ts";
import { answerControl, isForControl } from "./control.ts";
import type { Controls } from "./controls.ts";
import { type Fault, type Faults, startFaults } from "./faults.ts";
import { kickstarter } from "./fixtures/kickstarter.ts";
import { open } from "./fixtures/open.ts";
import type { Fixture, SeededKeyOwner, SeededUser } from "./fixtures/seeded.ts";
import { selfManage, selfManageOwnName } from "./fixtures/self-manage.ts";
import { type Reply, readRequest, reset, send } from "./http.ts";
import { isForService } from "./perform.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { startSignIn } from "./signin.ts";

export type FixtureName = keyof typeof fixtures;

export interface SandboxOptions {
  /** Default: kickstarter. */
  readonly fixture?: FixtureName;
  /** Default: aws. */
  readonly partition?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Sandbox extends Controls {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string;
  /** Answers a request to a service without a connection. */
  answer(request: WireRequest): Promise<Reply>;
  stop(): Promise<void>;
}

const fixtures = {
  kickstarter,
  "self-manage": selfManage,
  "self-manage-own-name": selfManageOwnName,
  open,
} satisfies Record<string, Fixture>;

export function isFixtureName(text: string): text is FixtureName {
  return Object.hasOwn(fixtures, text);
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = defaultSettings();
  const clock = startClock(() => settings.skewSeconds);
  const cloud = new Cloud(options.partition ?? "aws", clock.now);
  const seeded = fixtures[options.fixture ?? "kickstarter"](cloud);
  const faults = startFaults();
  const log = startCallLog();
  const context = { state: () => ({ cloud, settings, now: clock.now() }), faults, log };
  const sandbox: Controls = {
    ...seeded,
    clock,
    code: (serial = seeded.main.serial, later = 0) =>
      codeShown(cloud.device(serial), clock.now(), later),
    calls: log.calls,
    forgetCalls: log.forget,
    faults,
    settings,
    cloud,
  };
  const signIn = startSignIn(log);
  const answer = (request: WireRequest) => answerCall(request, context);
  const server = createFor(options, (message, response) => {
    readRequest(message)
      .then(async (request) => {
        if (isForService(request)) return send(response, await answer(request));
        const other = isForControl(request)
          ? answerControl(request, message.socket.remoteAddress, sandbox)
          : signIn.isFor(request)
            ? signIn.answer(request, context.state())
            : { status: 404, type: "text/plain", body: "Not found\n" };
        return send(response, { kind: "whole", answer: other, at: clock.now() });
      })
      .catch(() => reset(response));
  });
  const port = await listen(server, options.port ?? 0);
  const url = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;
  return Object.assign(sandbox, { url, answer, stop: () => stop(server) });
}

function createFor(options: SandboxOptions, listener: RequestListener): Server {
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  // A client that keeps its connection open between calls minutes apart finds it open.
  server.keepAliveTimeout = 60_000;
  return server;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export type { Clock, Fault, Faults, RecordedCall, SeededKeyOwner, SeededUser, Settings };
