// A call of STS or IAM from its first byte to its last, with whatever fault strikes it.

import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { services } from "./actions.ts";
import type { Ground } from "./auth/authenticate.ts";
import type { Caller } from "./auth/caller.ts";
import type { WireRequest } from "./auth/sigv4.ts";
import type { CallLog } from "./calls.ts";
import { actsFirst, type Fault, type Faults } from "./faults.ts";
import { type Answer, parametersOf, reset, send, sendHalf } from "./http.ts";
import { type Call, identify, perform, readCall } from "./perform.ts";
import { notAuthorized } from "./policy/authorize.ts";
import { ServiceError } from "./wire/service-error.ts";
import { errorXml, resultXml } from "./wire/xml.ts";

export interface Desk {
  /** A new look at the clock with every call. */
  ground(): Ground;
  readonly faults: Faults;
  readonly log: CallLog;
}

interface Outcome {
  readonly answer: Answer;
  /** "ok", or AWS's code. */
  readonly word: string;
  readonly caller: Caller | undefined;
}

export async function answerCall(
  request: WireRequest,
  response: ServerResponse,
  desk: Desk,
): Promise<void> {
  const call = readCall(request, parametersOf(request));
  const fault = desk.faults.strike(call.action, call.region);
  if (fault) await wait(fault.delayMs ?? (fault.kind === "slow" ? 1000 : 0));
  const ground = desk.ground();
  const acts = fault === undefined || actsFirst(fault);
  const real = acts ? settle(call, ground) : undefined;
  const outcome = fault && fault.kind !== "slow" ? spoil(fault, call, ground, real) : real;
  const breaks = fault !== undefined && !outcome;
  desk.log.record(
    {
      action: call.action,
      service: call.service,
      region: call.region,
      host: call.host,
      at: ground.now,
      accessKeyId: accessKeyIdOf(request),
      userArn: (real ?? outcome)?.caller?.arn,
      outcome: breaks ? fault.kind : (outcome?.word ?? "ok"),
      acted: real?.word === "ok",
    },
    call.parameters,
  );
  await wait(ground.settings.minResponseDelayMs);
  if (outcome) send(response, outcome.answer, desk.ground().now);
  else if (fault?.kind === "truncated" && real) sendHalf(response, real.answer, desk.ground().now);
  else if (fault?.kind !== "hang") reset(response);
}

function settle(call: Call, ground: Ground): Outcome {
  const envelope = { namespace: services[call.service].namespace, requestId: randomUUID() };
  let caller: Caller | undefined;
  try {
    caller = identify(call, ground);
    const result = perform(call, caller, ground);
    const body = resultXml(call.action, result, envelope);
    return { answer: xml(200, body, envelope.requestId), word: "ok", caller };
  } catch (error) {
    const told = error instanceof ServiceError ? error : internal(error);
    const body = errorXml(told, envelope);
    return { answer: xml(told.status, body, envelope.requestId), word: told.code, caller };
  }
}

/** undefined: no answer comes through. */
function spoil(
  fault: Fault,
  call: Call,
  ground: Ground,
  real: Outcome | undefined,
): Outcome | undefined {
  if (["reset-before", "reset-after", "hang", "truncated"].includes(fault.kind)) return undefined;
  const caller = real?.caller ?? callerIfAny(call, ground);
  if (fault.kind === "html") {
    const body = "<!DOCTYPE html><html><body><h1>Sign in to this network</h1></body></html>\n";
    const answer = { status: fault.status ?? 200, type: "text/html", body };
    return { answer, word: "html", caller };
  }
  const error = errorOf(fault, call, caller);
  const envelope = { namespace: services[call.service].namespace, requestId: randomUUID() };
  const answer = xml(error.status, errorXml(error, envelope), envelope.requestId);
  return { answer, word: error.code, caller };
}

function errorOf(fault: Fault, call: Call, caller: Caller | undefined): ServiceError {
  if (fault.kind === "throttle") return new ServiceError(400, "Throttling", "Rate exceeded");
  if (fault.kind === "error503") {
    return new ServiceError(503, "ServiceUnavailable", "Service is unavailable. Please try again.");
  }
  if (fault.kind === "deny" && caller) {
    const resource = call.parameters.get("RoleArn") ?? caller.arn;
    return notAuthorized(caller, `${call.service}:${call.action}`, resource);
  }
  if (fault.kind === "deny") return new ServiceError(403, "AccessDenied", "Access Denied");
  if (fault.kind === "error") {
    return new ServiceError(fault.status ?? 400, fault.code ?? "Error", fault.message ?? "");
  }
  return new ServiceError(
    500,
    "InternalFailure",
    "The request processing has failed because of an unknown error, exception or failure.",
  );
}

function callerIfAny(call: Call, ground: Ground): Caller | undefined {
  try {
    return identify(call, ground);
  } catch {
    return undefined;
  }
}

/** A mistake of the sandbox's own: told where it can be seen, and answered as AWS would. */
function internal(error: unknown): ServiceError {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
  return new ServiceError(500, "InternalFailure", "The sandbox failed: see its stderr.");
}

function xml(status: number, body: string, requestId: string): Answer {
  return { status, type: "text/xml", body, headers: { "x-amzn-requestid": requestId } };
}

function accessKeyIdOf(request: WireRequest): string | undefined {
  const text = `${request.headers.get("authorization") ?? ""} ${request.target}`;
  return /Credential=([A-Za-z0-9]+)(?:\/|%2F)/i.exec(text)?.[1];
}

async function wait(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
