// Answers one call of a service, and applies the fault that a test has set for it.

import { randomUUID } from "node:crypto";
import { services } from "./actions.ts";
import type { SandboxState } from "./auth/authenticate.ts";
import type { Caller } from "./auth/caller.ts";
import type { WireRequest } from "./auth/sigv4.ts";
import type { CallLog } from "./calls.ts";
import { actsFirst, type Fault, type Faults } from "./faults.ts";
import type { Answer, Reply } from "./http.ts";
import { type Call, identify, perform, readCall } from "./perform.ts";
import { notAuthorized } from "./policy/authorize.ts";
import { storageAnswer, storageError } from "./storage/wire.ts";
import { errorJson, resultJson } from "./wire/json.ts";
import { ServiceError } from "./wire/service-error.ts";
import { errorXml, resultXml, type XmlValue } from "./wire/xml.ts";

export interface CallContext {
  /** Reads the clock again for every call. */
  state(): SandboxState;
  readonly faults: Faults;
  readonly log: CallLog;
}

interface CallResult {
  readonly answer: Answer;
  /** "ok", or AWS's code. */
  readonly code: string;
  readonly caller: Caller | undefined;
}

export async function answerCall(request: WireRequest, context: CallContext): Promise<Reply> {
  const call = readCall(request);
  const fault = context.faults.take(call.action, call.region);
  if (fault) await wait(fault.delayMs ?? (fault.kind === "slow" ? 1000 : 0));
  const state = context.state();
  const acts = fault === undefined || actsFirst(fault);
  const real = acts ? act(call, state) : undefined;
  const result = fault && fault.kind !== "slow" ? applyFault(fault, call, state, real) : real;
  const breaks = fault !== undefined && !result;
  context.log.record(
    {
      action: call.action,
      service: call.service,
      region: call.region,
      host: call.host,
      at: state.now,
      accessKeyId: accessKeyIdOf(request),
      userArn: (real ?? result)?.caller?.arn,
      result: breaks ? fault.kind : (result?.code ?? "ok"),
      acted: real?.code === "ok",
    },
    call.parameters,
  );
  await wait(state.settings.minResponseDelayMs);
  const at = context.state().now;
  if (result) return { kind: "whole", answer: result.answer, at };
  if (fault?.kind === "truncated" && real) return { kind: "half", answer: real.answer, at };
  return fault?.kind === "hang" ? { kind: "none" } : { kind: "reset" };
}

function act(call: Call, state: SandboxState): CallResult {
  let caller: Caller | undefined;
  try {
    caller = identify(call, state);
    return { answer: answerOf(call, perform(call, caller, state)), code: "ok", caller };
  } catch (error) {
    const serviceError = error instanceof ServiceError ? error : internal(error);
    return { answer: refusalOf(call, serviceError), code: serviceError.code, caller };
  }
}

function answerOf({ service, action }: Call, result: XmlValue | undefined): Answer {
  const { protocol, namespace } = services[service];
  const requestId = randomUUID();
  if (protocol === "s3") return storageAnswer(action, result);
  if (protocol !== "query") return resultJson(protocol, result, requestId);
  return xml(200, resultXml(action, result, { namespace, requestId }), requestId);
}

function refusalOf({ service, action }: Call, error: ServiceError): Answer {
  const { protocol, namespace } = services[service];
  const requestId = randomUUID();
  if (protocol === "s3") return storageError(action, error);
  if (protocol !== "query") return errorJson(protocol, error, requestId);
  return xml(error.status, errorXml(error, { namespace, requestId }), requestId);
}

/** Returns undefined where no answer arrives. */
function applyFault(
  fault: Fault,
  call: Call,
  state: SandboxState,
  real: CallResult | undefined,
): CallResult | undefined {
  if (["reset-before", "reset-after", "hang", "truncated"].includes(fault.kind)) return undefined;
  const caller = real?.caller ?? callerIfAny(call, state);
  if (fault.kind === "html") {
    const body = "<!DOCTYPE html><html><body><h1>Sign in to this network</h1></body></html>\n";
    const answer = { status: fault.status ?? 200, type: "text/html", body };
    return { answer, code: "html", caller };
  }
  const error = errorOf(fault, call, caller);
  return { answer: refusalOf(call, error), code: error.code, caller };
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

function callerIfAny(call: Call, state: SandboxState): Caller | undefined {
  try {
    return identify(call, state);
  } catch {
    return undefined;
  }
}

/** A bug of the sandbox: printed on stderr, and answered as AWS answers its own errors. */
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
