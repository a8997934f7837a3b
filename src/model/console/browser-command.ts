// --browser: a program of the user's, with arguments to fill in. `{url}` stands for the link, which
// is never an argument of a program, so an argument with `{url}` becomes the address of a page that
// leads there: `ext+container:name={role}&url={url}` is what the page leads to.

import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";

export interface BrowserCommand {
  /** The program and its args; `{url}` alone is the page's address. */
  readonly args: readonly string[];
  /** What the page leads to, `{url}` in it for the link, escaped; undefined: the link as it is. */
  readonly leadsTo: string | undefined;
}

/** USAGE for an open quote, no program, or a name in braces that means nothing here. */
export function readBrowserCommand(
  template: string,
  names: { readonly account: string; readonly role: string },
): BrowserCommand {
  let leadsTo: string | undefined;
  const args = split(template).map((arg) => {
    if (arg === "{url}") return arg;
    const isLink = arg.includes("{url}");
    const filled = fill(arg, names, isLink ? encodeURIComponent : (name) => name);
    if (!isLink) return filled;
    leadsTo = filled;
    return "{url}";
  });
  if (args[0] === undefined || args[0] === "{url}") throw wrong(template, "names no program");
  return { args: args.includes("{url}") ? args : [...args, "{url}"], leadsTo };
}

export function argsWithPage(command: BrowserCommand, page: string): readonly string[] {
  return command.args.map((arg) => (arg === "{url}" ? page : arg));
}

/** The page's text, which is as secret as the link. */
export function redirectPage(link: Secret, leadsTo: string | undefined): Secret {
  const address = leadsTo?.replaceAll("{url}", () => encodeURIComponent(link.reveal()));
  const escaped = (address ?? link.reveal()).replace(
    /[&<>"']/g,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
  return new Secret(`<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${escaped}">
<title>awst</title>
<p><a rel="noreferrer" href="${escaped}">to the AWS console</a></p>
`);
}

function fill(
  arg: string,
  names: { readonly account: string; readonly role: string },
  encode: (name: string) => string,
): string {
  return arg.replace(/\{(\w*)\}/g, (whole, name: string) => {
    if (name === "url") return whole;
    if (name === "account" || name === "role") return encode(names[name]);
    throw wrong(arg, `has ${whole}; there are {url}, {account} and {role}`);
  });
}

/** Splits at spaces outside quotes of either kind. A backslash has no special meaning. */
function split(text: string): readonly string[] {
  const args: string[] = [];
  let arg: string | undefined;
  for (const [, single, double, space, plain] of text.matchAll(
    /'([^']*)'|"([^"]*)"|(\s+)|([\s\S])/g,
  )) {
    if (space !== undefined) {
      if (arg !== undefined) args.push(arg);
      arg = undefined;
      continue;
    }
    if (plain === "'" || plain === '"') throw wrong(text, "has a quote that is not closed");
    arg = (arg ?? "") + (single ?? double ?? plain ?? "");
  }
  return arg === undefined ? args : [...args, arg];
}

function wrong(text: string, what: string): AwstError {
  return new AwstError("USAGE", `--browser ${JSON.stringify(text)} ${what}`, {
    hint: "--browser 'firefox -P {account} {url}'",
  });
}
