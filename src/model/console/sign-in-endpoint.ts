// Which address may get a session's keys for the console's sign-in. Unlike signed calls, this request contains the
// keys themselves, so an address from the environment must be AWS's own, this machine, or in the configuration.

import { isLoopback } from "../aws/believed-time.ts";
import { AwstError } from "../errors.ts";
import { consoleHosts } from "./console-hosts.ts";

const name = "AWS_ENDPOINT_URL_SIGNIN";

/**
 * Returns the address from AWS_ENDPOINT_URL_SIGNIN. `allowedHosts`: `[console] signInHosts`. Errors: USAGE for plain
 * HTTP to another machine, and for a host that is neither the partition's nor allowed.
 */
export function checkSignInEndpoint(
  url: URL,
  region: string,
  allowedHosts: readonly string[],
): URL {
  if (isLoopback(url)) return url;
  if (url.protocol !== "https:") {
    throw refused(url, "the sign-in request contains credentials, so it needs https", {
      hint: `${name}=https://${url.host}`,
    });
  }
  const own = consoleHosts(region).signIn;
  const isOwn = url.hostname === own || url.hostname.endsWith(`.${own}`);
  if (isOwn || allowedHosts.includes(url.hostname)) return url;
  throw refused(url, `AWS signs in at ${own}`, {
    hint: `unset ${name}, or allow this host in the configuration: [console] signInHosts = [${JSON.stringify(url.hostname)}]`,
  });
}

function refused(url: URL, why: string, how: { readonly hint: string }): AwstError {
  return new AwstError(
    "USAGE",
    `${name} names ${url.origin}, which gets no credentials: ${why}`,
    how,
  );
}
