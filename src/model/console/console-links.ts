// Links of the console: where to begin, and the link that signs a browser in, which is a secret for the
// fifteen minutes that it works.

import { partitionOf } from "../aws/partition.ts";
import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { consoleHosts } from "./console-hosts.ts";
import { servicePath } from "./console-services.ts";

/**
 * The page to begin at. `service`: a name (`s3`), a path of the console (`s3/buckets/mine`), or a whole
 * address in the partition's console; undefined: the console's home. USAGE for anything else.
 */
export function consolePage(region: string, service: string | undefined): string {
  const hosts = consoleHosts(region);
  const at = (path: string) => `https://${hosts.console}/${path}?region=${region}`;
  if (service === undefined) return at("console/home");
  if (/^https?:/i.test(service)) return checkAddress(service, hosts.domain);
  if (!/^[A-Za-z0-9][\w.-]*(\/[\w.~:@-]+)*$/.test(service) || /(^|\/)\.{1,2}(\/|$)/.test(service)) {
    throw new AwstError(
      "USAGE",
      `--service ${JSON.stringify(service)} is not the name of a service`,
      {
        hint: `--service s3, or an address: --service "https://${hosts.console}/…"`,
      },
    );
  }
  return at(service.includes("/") ? service : servicePath(service));
}

/** --region stays in the partition of the session's region. USAGE */
export function consoleRegion(asked: string | undefined, own: string): string {
  if (asked === undefined) return own;
  const [theirs, ours] = [partitionOf(asked).name, partitionOf(own).name];
  if (theirs === ours) return asked;
  const message = `--region ${asked} is in ${theirs}, and the session's account is in ${ours}`;
  throw new AwstError("USAGE", message, { hint: `--region ${own}` });
}

/** `service`: the sign-in service's address, without `/federation`. */
export function signInLink(service: string, token: Secret, destination: string): Secret {
  const parameters = new URLSearchParams({
    Action: "login",
    Issuer: "awst",
    Destination: destination,
    SigninToken: token.reveal(),
  });
  return new Secret(`${service}/federation?${parameters}`);
}

function checkAddress(text: string, domain: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isConsole = url?.hostname === domain || url?.hostname.endsWith(`.${domain}`);
  const isPlain = url?.protocol === "https:" && url.port === "" && url.username === "";
  if (url !== undefined && isConsole && isPlain) return url.href;
  throw new AwstError("USAGE", `--service ${JSON.stringify(text)} is not a page of ${domain}`);
}
