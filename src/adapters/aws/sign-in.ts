// Calls the console's sign-in service: one POST with the proxy, the CA and the time limits of STS calls. It is
// retried like a read, since it changes nothing.

import { setTimeout as sleep } from "node:timers/promises";
import { readSignInToken, signInForm } from "../../model/console/sign-in.ts";
import { checkSignInEndpoint } from "../../model/console/sign-in-endpoint.ts";
import type { Env } from "../../model/environment.ts";
import type { SignIn, SignInResponse } from "../../ports/console.ts";
import { type CallLimits, defaultLimits } from "./aws-call.ts";
import type { Asked } from "./aws-errors.ts";
import { errorOf, type Failure, pauseBeforeNextMs } from "./aws-failures.ts";
import { findRoute, overrideMessage, type Route } from "./aws-route.ts";
import { openTransport, TransportFailure } from "./aws-transport.ts";

export interface SignInOptions {
  readonly env: Env;
  debug(line: string): void;
  /** Prints a message unless this process has printed the same one. */
  readonly sayOnce?: ((line: string) => void) | undefined;
  readonly limits?: Partial<CallLimits> | undefined;
}

export function openSignIn(options: SignInOptions): SignIn {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    async getToken({ keys, region, durationSeconds, allowedHosts }) {
      const route = findRoute("SIGNIN", region, options.env);
      if (route.isOverridden) checkSignInEndpoint(route.url, region, allowedHosts);
      const override = overrideMessage(route);
      if (override !== undefined) options.sayOnce?.(override);
      const asked: Asked = {
        action: "getSigninToken",
        keyId: keys.accessKeyId,
        region,
        secrets: [keys.secretAccessKey, keys.sessionToken],
      };
      const body = signInForm(keys, durationSeconds).reveal();
      const end = performance.now() + limits.callMs;
      for (let tries = 1; ; tries++) {
        const result = await sendOnce(route, body, { limits, end, debug: options.debug });
        if (!("failure" in result)) return result;
        const { failure } = result;
        const pause = pauseBeforeNextMs(asked, failure, tries, {
          isRepeatable: true,
          baseMs: limits.pauseMs,
          random: Math.random,
        });
        if (pause === undefined || performance.now() + pause >= end) {
          throw errorOf(asked, route, failure);
        }
        await sleep(pause);
      }
    },
  };
}

async function sendOnce(
  route: Route,
  body: string,
  { limits, end, debug }: { limits: CallLimits; end: number; debug(line: string): void },
): Promise<SignInResponse | { readonly failure: Failure }> {
  const start = performance.now();
  const debugResult = (result: string | number) => {
    const took = Math.round(performance.now() - start);
    debug(`aws: getSigninToken ${route.url.host} ${result} ${took} ms`);
  };
  const requestMs = Math.ceil(Math.max(1, Math.min(limits.requestMs, end - start)));
  const transport = openTransport(route, { connectMs: limits.connectMs, requestMs }, isResponse);
  const prefix = route.url.pathname.replace(/\/+$/, "");
  try {
    const { response } = await transport.handle({
      method: "POST",
      path: `${prefix}/federation`,
      headers: {
        host: route.url.host,
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": "awst",
      },
      body,
    });
    const { statusCode: status } = response;
    debugResult(status);
    if (status === 400) return { refused: true };
    if (status === 429) return { failure: throttled };
    const token = readSignInToken(Buffer.from(response.body).toString("utf8"));
    if (token === undefined) throw new Error("isResponse accepted a response without a token");
    return { token, service: `${route.url.origin}${prefix}` };
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    debugResult(error.reason);
    return { failure: error };
  }
}

/** Refusals come as pages of any kind. */
function isResponse(text: string, status: number): boolean {
  if (status === 400 || status === 429) return true;
  return status === 200 && readSignInToken(text) !== undefined;
}

const throttled: Failure = {
  status: 429,
  code: "Throttling",
  text: "",
  awsTime: undefined,
  skewMs: undefined,
};
