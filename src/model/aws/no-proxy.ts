// Which proxy a request goes through, by the variables other tools obey: the lower-case name wins,
// NO_PROXY decides alone (loopback is not an exception). Its entries: `*`, a name (with all below it),
// `.name` or `*.name` (only what is below it), an address, an IPv4 block `10.0.0.0/8`, each with `:port`.

import type { Env } from "../environment.ts";

/** The proxy's URL as it stands in the environment, `http://` put before a bare host; undefined: go direct. */
export function proxyFor(url: URL, env: Env): string | undefined {
  const scheme = url.protocol.slice(0, -1);
  const proxy = variable(env, `${scheme}_proxy`);
  if (proxy === undefined) return undefined;
  const port = url.port === "" ? (scheme === "https" ? "443" : "80") : url.port;
  const exceptions = variable(env, "no_proxy") ?? "";
  if (isExcepted(url.hostname, port, exceptions)) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function variable(env: Env, name: string): string | undefined {
  const value = (env[name] ?? env[name.toUpperCase()])?.trim();
  return value === "" ? undefined : value;
}

function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  const host = bare(hostname);
  return exceptions
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const withPort = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry);
      if (withPort && withPort[2] !== port) return false;
      return covers(bare(withPort?.[1] ?? entry), host);
    });
}

function covers(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  if (pattern.startsWith("*")) return host.endsWith(pattern.slice(1));
  const block = /^([\d.]+)\/(\d+)$/.exec(pattern);
  if (block) return isInBlock(host, block[1] ?? "", Number(block[2]));
  return host.endsWith(pattern.startsWith(".") ? pattern : `.${pattern}`);
}

function isInBlock(host: string, network: string, bits: number): boolean {
  const address = ipv4(host);
  const start = ipv4(network);
  if (address === undefined || start === undefined || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(start / size);
}

function ipv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
