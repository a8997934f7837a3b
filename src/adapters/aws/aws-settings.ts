// What every SDK client is made with: all that the SDK would otherwise ask files, profiles, variables
// or the instance for, so that nothing ambient reaches a call. One client per request.

import type { STSClientConfig } from "@aws-sdk/client-sts";
import type { Keys } from "../../model/session/session.ts";
import type { Route } from "./aws-route.ts";
import type { Transport } from "./aws-transport.ts";

export type ClientSettings = ReturnType<typeof settingsOf>;

/** `skewMs`: AWS's clock minus this machine's, for the signature's time. */
export function settingsOf(credentials: Keys, route: Route, skewMs: number, transport: Transport) {
  return {
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      ...(credentials.sessionToken && { sessionToken: credentials.sessionToken.reveal() }),
    },
    region: route.signingRegion,
    endpoint: route.url.href,
    systemClockOffset: skewMs,
    // The SDK calls `handle` and nothing else of its handler's type.
    requestHandler: transport as never,
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    disableClockSkewCorrection: false,
    authSchemePreference: ["sigv4"],
    sigv4aSigningRegionSet: [],
    userAgentAppId: "awst",
    defaultUserAgentProvider: async () => [["awst"]],
  } satisfies STSClientConfig;
}

const warningSwitch = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/** Makes a client while the SDK's warning about Node's version is off: it is no user's concern. */
export function withoutNodeWarning<T>(make: () => T): T {
  const before = process.env[warningSwitch];
  process.env[warningSwitch] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[warningSwitch];
    else process.env[warningSwitch] = before;
  }
}
