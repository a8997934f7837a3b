// What in the environment decides where a session comes from. On the warm path, so it stays small.

import { fingerprint } from "../text/fingerprint.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Hex. Two environments with the same hash ask the same AWS, at the same region. */
export function environmentHash(env: Env, callRegion: string): string {
  const everything = given(env, "AWS_ENDPOINT_URL");
  return fingerprint({
    sts: given(env, "AWS_ENDPOINT_URL_STS") ?? everything,
    iam: given(env, "AWS_ENDPOINT_URL_IAM") ?? everything,
    fips: isTrue(env, "AWS_USE_FIPS_ENDPOINT"),
    dualstack: isTrue(env, "AWS_USE_DUALSTACK_ENDPOINT"),
    callRegion,
  });
}

/** The region the environment names, for identities whose configuration names none. */
export function ambientRegion(
  env: Env,
): { readonly region: string; readonly source: "AWS_REGION" | "AWS_DEFAULT_REGION" } | undefined {
  for (const source of ["AWS_REGION", "AWS_DEFAULT_REGION"] as const) {
    const region = given(env, source);
    if (region !== undefined) return { region, source };
  }
  return undefined;
}

function given(env: Env, name: string): string | undefined {
  return env[name] || undefined;
}

function isTrue(env: Env, name: string): boolean {
  return env[name]?.toLowerCase() === "true";
}
