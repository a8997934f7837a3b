// The sandbox's controls under /_sandbox/, in JSON over HTTP, for tests in another process. Requests are
// refused unless they come from loopback, name a loopback Host and have no Origin.

import type { WireRequest } from "./auth/sigv4.ts";
import type { Controls } from "./controls.ts";
import type { Fault } from "./faults.ts";
import { type Answer, pathOf } from "./http.ts";
import { changeSettings } from "./settings.ts";

export function isForControl(request: WireRequest): boolean {
  return pathOf(request).startsWith("/_sandbox/");
}

export function answerControl(
  request: WireRequest,
  peer: string | undefined,
  sandbox: Controls,
): Answer {
  if (!isFromHere(request, peer)) return json(403, { error: "loopback only" });
  const name = pathOf(request).slice("/_sandbox/".length);
  try {
    const result =
      request.method === "GET"
        ? read(name, new URLSearchParams(request.target.split("?")[1] ?? ""), sandbox)
        : request.method === "POST"
          ? change(name, JSON.parse(request.body.toString() || "{}"), sandbox)
          : undefined;
    return result === undefined ? json(404, { error: `nothing at ${name}` }) : json(200, result);
  } catch (error) {
    return json(400, { error: (error as Error).message });
  }
}

function read(name: string, query: URLSearchParams, sandbox: Controls): unknown {
  switch (name) {
    case "calls":
      return { calls: sandbox.calls() };
    case "code": {
      const serial = query.get("serial") ?? sandbox.main.serial;
      return { serial, code: sandbox.code(serial, Number(query.get("later") ?? 0)) };
    }
    case "main":
      return sandbox.main;
    case "fresh":
      return sandbox.fresh;
    case "users":
      return sandbox.users;
    case "settings":
      return sandbox.settings;
    case "clock":
      return { now: sandbox.clock.now() };
    case "messages":
      return { messages: [...sandbox.cloud.accounts.values()].flatMap((each) => each.messages) };
    default:
      return undefined;
  }
}

function change(name: string, body: Record<string, unknown>, sandbox: Controls): unknown {
  const { cloud } = sandbox;
  const text = (field: string): string => {
    const value = body[field];
    if (typeof value !== "string") throw new TypeError(`${field} must be a text`);
    return value;
  };
  const number = (field: string): number => {
    const value = body[field];
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new TypeError(`${field} must be a number`);
    return value;
  };
  switch (name) {
    case "clock":
      sandbox.clock.advance(number("advanceSeconds"));
      return { now: sandbox.clock.now() };
    case "faults":
      sandbox.faults.add(body as unknown as Fault);
      return {};
    case "faults/clear":
      sandbox.faults.clear();
      return {};
    case "settings":
      changeSettings(sandbox.settings, body);
      return sandbox.settings;
    case "calls/forget":
      sandbox.forgetCalls();
      return {};
    case "sessions/revoke":
      cloud.revokeSession(text("accessKeyId"));
      return {};
    case "sessions/expire":
      cloud.expireSession(text("accessKeyId"));
      return {};
    case "keys/disable": {
      const key = cloud.keys.get(text("accessKeyId"));
      if (!key) throw new Error(`no key has the ID ${text("accessKeyId")}`);
      cloud.account(key.accountId).disableKey(key.id);
      return {};
    }
    case "parameters": {
      const account = cloud.account(sandbox.main.accountId);
      const [region, name, value] = [text("region"), text("name"), text("value")];
      const stored = { name, value, version: 1, modifiedAt: sandbox.clock.now() };
      account.parameters.set(`${region}${name}`, { ...stored, type: "SecureString" });
      return {};
    }
    case "roles/maximum":
      cloud.account(text("accountId")).setMaxSessionDuration(text("role"), number("seconds"));
      return {};
    case "devices/drift":
      cloud.device(text("serial")).driftSteps = number("steps");
      return {};
    default:
      return undefined;
  }
}

function isFromHere(request: WireRequest, peer: string | undefined): boolean {
  const host = (request.headers.get("host") ?? "").replace(/:\d+$/, "");
  const isLoopbackPeer = /^(?:::ffff:)?127\.|^::1$/.test(peer ?? "");
  return (
    isLoopbackPeer && ["127.0.0.1", "localhost"].includes(host) && !request.headers.has("origin")
  );
}

function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(value)}\n` };
}
