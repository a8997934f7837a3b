// The route of one call: its URL, its proxy, and the certificates to trust, from the environment at the start. The
// SDK itself supports neither proxies nor AWS_CA_BUNDLE.

import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { proxyFor } from "../../model/aws/no-proxy.ts";
import {
  type Endpoint,
  type EndpointKind,
  iamEndpoint,
  stsEndpoint,
} from "../../model/aws/partition.ts";
import { consoleHosts } from "../../model/console/console-hosts.ts";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { absolute } from "../file/paths.ts";

export interface Route {
  readonly url: URL;
  /** A variable of the environment names the host instead of AWS's own. */
  readonly isOverridden: boolean;
  /** The name of that variable. */
  readonly overriddenBy?: string | undefined;
  readonly signingRegion: string;
  readonly proxy: HttpProxy | undefined;
  /** PEM, in place of Node's default roots, which are among them. */
  readonly certificates: readonly string[] | undefined;
}

export interface HttpProxy {
  readonly url: URL;
  /** `Proxy-Authorization`, where the proxy's URL names a user. */
  readonly authorization: string | undefined;
}

/** SIGNIN: the console's sign-in service. */
export type AwsService = "STS" | "IAM" | "SIGNIN";

/** USAGE for variables that hold no URL, FILE_UNREADABLE and FILE_MALFORMED for AWS_CA_BUNDLE. */
export function findRoute(service: AwsService, region: string, env: Env): Route {
  return routeTo(findEndpoint(service, region, env), overridingVariables[service], env);
}

/** `variables`: names of those that move the endpoint, the strongest first. Errors: as `findRoute`. */
export function routeTo(endpoint: Endpoint, variables: readonly string[], env: Env): Route {
  const overriddenBy = variables.find((each) => env[each]);
  const isOverridden = overriddenBy !== undefined;
  const url = isOverridden ? httpUrl(overriddenBy, env[overriddenBy] ?? "") : new URL(endpoint.url);
  const proxy = findProxy(url, env);
  const usesTls = url.protocol === "https:" || proxy?.url.protocol === "https:";
  const certificates = usesTls ? findCertificates(env) : undefined;
  const { signingRegion } = endpoint;
  return { url, isOverridden, overriddenBy, signingRegion, proxy, certificates };
}

/** What the environment wants of AWS's own endpoints. */
export function endpointKind(env: Env): EndpointKind {
  return {
    fips: isOn(env, "AWS_USE_FIPS_ENDPOINT"),
    dualstack: isOn(env, "AWS_USE_DUALSTACK_ENDPOINT"),
  };
}

function findEndpoint(service: AwsService, region: string, env: Env): Endpoint {
  const how = endpointKind(env);
  if (service === "STS") return stsEndpoint(region, how);
  if (service === "IAM") return iamEndpoint(region, how);
  return { url: `https://${consoleHosts(region).signIn}`, signingRegion: region };
}

function isOn(env: Env, name: string): boolean {
  return env[name]?.trim().toLowerCase() === "true";
}

/** The sign-in request contains credentials, so the variable for all services does not move it. */
const overridingVariables: Readonly<Record<AwsService, readonly string[]>> = {
  STS: ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"],
  IAM: ["AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"],
  SIGNIN: ["AWS_ENDPOINT_URL_SIGNIN"],
};

/** Returns the message that an endpoint of the environment is used; undefined for AWS's own. */
export function overrideMessage({ url, overriddenBy }: Route): string | undefined {
  if (overriddenBy === undefined) return undefined;
  return `${overriddenBy}: calls go to ${url.host} instead of AWS`;
}

function findProxy(target: URL, env: Env): HttpProxy | undefined {
  const text = proxyFor(target, env);
  if (text === undefined) return undefined;
  const url = httpUrl(target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY", text);
  if (url.username === "" && url.password === "") return { url, authorization: undefined };
  const user = `${decoded(url.username)}:${decoded(url.password)}`;
  return { url, authorization: `Basic ${Buffer.from(user).toString("base64")}` };
}

/** As it stands where a `%` in it is no escape: a password written down as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text itself is not repeated: a proxy's URL may hold a password. */
function httpUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new AwstError("USAGE", `the environment's ${name} is not an http or https URL`, {
    hint: `for instance ${name}=http://127.0.0.1:8080`,
  });
}

function findCertificates(env: Env): readonly string[] | undefined {
  // Node has read the first of these files at its start, and trusts what it contains.
  absolute("NODE_EXTRA_CA_CERTS", env["NODE_EXTRA_CA_CERTS"]);
  const path = absolute("AWS_CA_BUNDLE", env["AWS_CA_BUNDLE"]);
  if (!path) return undefined;
  const bundle = readPem(path);
  if (!bundle.includes("-----BEGIN CERTIFICATE-----")) {
    throw new AwstError(
      "FILE_MALFORMED",
      `AWS_CA_BUNDLE names ${path}, which holds no PEM certificate`,
    );
  }
  return [...defaultRoots(env), bundle];
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    const message = `AWS_CA_BUNDLE names ${path}, which cannot be read: ${reason}`;
    throw new AwstError("FILE_UNREADABLE", message, { cause });
  }
}

/** Node's own, those of NODE_EXTRA_CA_CERTS among them; up to Node 22.14 there is no asking for these. */
function defaultRoots(env: Env): readonly string[] {
  const ask = (tls as { getCACertificates?: (kind: "default") => string[] }).getCACertificates;
  if (ask) return ask("default");
  const extra = env["NODE_EXTRA_CA_CERTS"];
  return extra ? [...tls.rootCertificates, ...readQuietly(extra)] : tls.rootCertificates;
}

/** Like Node, skips an extra file that can't be read. */
function readQuietly(path: string): readonly string[] {
  try {
    return [readFileSync(path, "utf8")];
  } catch {
    return [];
  }
}
