// Performs one signed call: authenticates it, finds its action, checks its parameters and runs the action.

import type { ActionRequest } from "./action.ts";
import { routeOf, type ServiceName, serviceOf, services, targetOf } from "./actions.ts";
import { authenticate, type SandboxState } from "./auth/authenticate.ts";
import type { Caller } from "./auth/caller.ts";
import { readClaim } from "./auth/claim.ts";
import type { WireRequest } from "./auth/sigv4.ts";
import type { Account } from "./cloud/account.ts";
import { parametersOf, pathOf } from "./http.ts";
import { readStorageCall } from "./storage/wire.ts";
import { isMalformed, parseJsonParameters, serializationError } from "./wire/json.ts";
import { accessDenied, invalidToken, ServiceError } from "./wire/service-error.ts";
import { checkShape, type Parameters } from "./wire/shapes.ts";
import type { XmlValue } from "./wire/xml.ts";

export interface Call {
  readonly request: WireRequest;
  readonly parameters: Parameters;
  readonly action: string;
  readonly service: ServiceName;
  readonly region: string;
  readonly host: string;
}

/** Whether a request is one of AWS's services: a path of a REST service, or the root. */
export function isForService(request: WireRequest): boolean {
  const path = pathOf(request);
  return (
    path === "/" || routeOf(request.method, path) !== undefined || scopeOf(request).service === "s3"
  );
}

/** Reads what is known of a call before its signature is checked. */
export function readCall(request: WireRequest): Call {
  const { region, service: scope } = scopeOf(request);
  const host = request.headers.get("host") ?? "";
  if (scope === "s3") return { request, service: "s3", region, host, ...readStorageCall(request) };
  const target = request.headers.get("x-amz-target");
  const route = target === undefined ? routeOf(request.method, pathOf(request)) : undefined;
  const found = target === undefined ? route : targetOf(target);
  if (found !== undefined) {
    const { service, action } = found;
    // An event of a function is no parameters.
    const body: Parameters = service === "lambda" ? new Map() : parseJsonParameters(request.body);
    const parameters = new Map([...body, ...(route?.parts ?? [])]);
    return { request, parameters, service, action, region, host };
  }
  const parameters = parametersOf(request);
  const action = parameters.get("Action") ?? "";
  const service = serviceOf(parameters.get("Version")) ?? (scope === "iam" ? "iam" : "sts");
  return { request, parameters, action, service, region, host };
}

/** Throws ServiceError, as does every step. */
export function identify(call: Call, state: SandboxState): Caller {
  const claim = readClaim(call.request);
  const caller = authenticate(call.request, claim, call, state);
  const key = state.cloud.keys.get(caller.accessKeyId);
  if (key) key.lastUsed = { at: state.now, service: call.service, region: call.region };
  return caller;
}

export function perform(call: Call, caller: Caller, state: SandboxState): XmlValue | undefined {
  const { action, service, parameters } = call;
  const version = parameters.get("Version");
  const table = services[service].actions;
  const known = Object.hasOwn(table, action) ? table[action] : undefined;
  const isQuery = services[service].protocol === "query";
  if (!known && !isQuery) {
    throw new ServiceError(service === "s3" ? 501 : 400, unknownAction(service), "");
  }
  if (!known || (isQuery && serviceOf(version) !== service)) {
    throw new ServiceError(
      400,
      "InvalidAction",
      `Could not find operation ${action} for version ${version ?? "NO_VERSION_SPECIFIED"}`,
    );
  }
  if (isMalformed(parameters)) throw serializationError();
  checkKind(call, caller);
  if (service === "iam") checkRate(caller.account, state);
  if (service === "sts") checkRegion(call, caller, state);
  checkShape(parameters, known.input);
  const { body, headers } = call.request;
  const header = (name: string) => headers.get(name);
  return known.run({ ...state, ...call, caller, body, header } satisfies ActionRequest);
}

function unknownAction(service: ServiceName): string {
  return service === "s3" ? "NotImplemented" : "UnknownOperationException";
}

/** Refuses actions that AWS denies to a kind of session whatever its policies say. */
function checkKind({ action, service }: Call, caller: Caller): void {
  const session = caller.session;
  if (!session || session.kind === "role" || action === "GetCallerIdentity") return;
  if (service !== "iam" && service !== "sts") return;
  if (service === "iam") {
    if (session.kind === "federated" || !session.mfaAt) throw invalidToken();
    return;
  }
  if (session.kind === "user" && action === "AssumeRole") return;
  throw accessDenied(`Cannot call ${action} with session credentials`);
}

const answered = new WeakMap<Account, { second: number; calls: number }>();

/** IAM throttles an account's calls together. */
function checkRate(account: Account, { settings, now }: SandboxState): void {
  if (settings.iamCallsPerSecond === 0) return;
  const second = Math.floor(now.getTime() / 1000);
  const last = answered.get(account);
  const calls = last?.second === second ? last.calls + 1 : 1;
  answered.set(account, { second, calls });
  if (calls > settings.iamCallsPerSecond) {
    throw new ServiceError(400, "Throttling", "Rate exceeded");
  }
}

function checkRegion({ region }: Call, caller: Caller, { settings }: SandboxState): void {
  if (!settings.disabledRegions.split(/\s+/).includes(region)) return;
  throw new ServiceError(
    403,
    "RegionDisabledException",
    `STS is not activated in this region for account:${caller.account.id}. Your account administrator can activate STS in this region using the IAM Console.`,
  );
}

function scopeOf(request: WireRequest): { region: string; service: string } {
  const query = new URLSearchParams(request.target.split("?")[1] ?? "");
  const text = request.headers.get("authorization") ?? query.get("X-Amz-Credential") ?? "";
  const [, , region = "", service = ""] = (
    /(?:Credential=)?([^\s,=]+)/.exec(
      text.includes("Credential=") ? text.slice(text.indexOf("Credential=")) : text,
    )?.[1] ?? ""
  ).split("/");
  return { region, service };
}
