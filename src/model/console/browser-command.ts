// --browser: a program of the user's, with words to fill in. `{url}` is where the link goes; the link
// itself never stands among a program's words, so a word with `{url}` becomes the address of a page that
// leads there: `ext+container:name={role}&url={url}` is what the page leads to.

import { AwstError } from "../errors.ts";
import { Secret } from "../secret.ts";

export interface BrowserCommand {
  /** The program and its words; `{url}` alone is the page's address. */
  readonly words: readonly string[];
  /** What the page leads to, `{url}` in it for the link, escaped; undefined: the link as it is. */
  readonly leadsTo: string | undefined;
}

/** USAGE for an open quote, no program, or a name in braces that means nothing here. */
export function readBrowserCommand(
  template: string,
  names: { readonly account: string; readonly role: string },
): BrowserCommand {
  let leadsTo: string | undefined;
  const words = split(template).map((word) => {
    if (word === "{url}") return word;
    const isLink = word.includes("{url}");
    const filled = fill(word, names, isLink ? encodeURIComponent : (name) => name);
    if (!isLink) return filled;
    leadsTo = filled;
    return "{url}";
  });
  if (words[0] === undefined || words[0] === "{url}") throw wrong(template, "names no program");
  return { words: words.includes("{url}") ? words : [...words, "{url}"], leadsTo };
}

export function wordsWithPage(command: BrowserCommand, page: string): readonly string[] {
  return command.words.map((word) => (word === "{url}" ? page : word));
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
  word: string,
  names: { readonly account: string; readonly role: string },
  encode: (name: string) => string,
): string {
  return word.replace(/\{(\w*)\}/g, (whole, name: string) => {
    if (name === "url") return whole;
    if (name === "account" || name === "role") return encode(names[name]);
    throw wrong(word, `has ${whole}; there are {url}, {account} and {role}`);
  });
}

/** Blanks part words; quotes of either kind keep them together. A backslash is a character like others. */
function split(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, double, blank, plain] of text.matchAll(
    /'([^']*)'|"([^"]*)"|(\s+)|([\s\S])/g,
  )) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (plain === "'" || plain === '"') throw wrong(text, "has a quote that is not closed");
    word = (word ?? "") + (single ?? double ?? plain ?? "");
  }
  return word === undefined ? words : [...words, word];
}

function wrong(text: string, what: string): AwstError {
  return new AwstError("USAGE", `--browser ${JSON.stringify(text)} ${what}`, {
    hint: "--browser 'firefox -P {account} {url}'",
  });
}
