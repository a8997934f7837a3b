// The page that `awst console` gives to a browser, in a real Chromium, against the sandbox's sign-in service: it signs
// in, and the link with the token stays in no history and no referrer.

import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { openBrowser } from "../../src/adapters/child/browser.ts";
import { redirectPage } from "../../src/model/console/browser-command.ts";
import { Secret } from "../../src/model/secret.ts";
import { type BrowserPage, findChromium, startChromium } from "../support/chromium.ts";
import { type Home, makeHome } from "../support/home.ts";
import { until } from "../support/until.ts";

const program = findChromium();
const role = ["main-account", "DeveloperAccess"];
const consoleHost = "https://eu-west-1.console.aws.amazon.com/";

let home: Home | undefined;
afterEach(() => home?.remove());

/** A browser whose path and arguments contain spaces: it writes down its arguments. */
async function openConsole(browser: (path: string) => string): Promise<readonly string[]> {
  home = await makeHome();
  const folder = join(home.path, "my browsers");
  mkdirSync(folder);
  const path = join(folder, "the browser");
  home.write(
    "my browsers/the browser",
    '#!/bin/sh\nprintf "%s\\n" "$@" > args.new; mv args.new args\n',
  );
  chmodSync(path, 0o700);
  const args = ["console", ...role, "--mfa-code", home.code(), "--browser", browser(path)];
  const { status, stderr } = await home.awst(args);
  expect([status, stderr]).toEqual([0, stderr]);
  const written = await until("the browser has started", () => home?.read("args"));
  return written.trimEnd().split("\n");
}

async function navigated(page: BrowserPage): Promise<string> {
  return until("the console is open", async () => {
    // Between two pages there is nothing to ask.
    const at = await page.run<string>("location.href").catch(() => "");
    return at.startsWith(consoleHost) && at;
  });
}

describe.skipIf(program === undefined)("in Chromium", () => {
  test("signs in; history and referrer know neither the link nor the page on disk", async () => {
    const args = await openConsole((path) => `"${path}" --profile "{account} {role}" {url}`);
    const [option, profile, address = ""] = args;
    expect([option, profile]).toEqual(["--profile", "main-account DeveloperAccess"]);
    await using page = await startChromium(program ?? "");
    await page.answer(consoleHost, "<title>console</title>");
    await page.open(address);
    expect(await navigated(page)).toBe(`${consoleHost}console/home?region=eu-west-1`);
    expect(page.requests.filter((each) => each.includes("SigninToken="))).toHaveLength(1);

    expect(await page.run<string>("document.referrer")).toBe("");
    // The protocol names the page on disk for the redirected request, although Chromium does not send it.
    expect(page.referrers.join(" ")).not.toMatch(/SigninToken|federation/);
    // What the list behind the back button shows. `userTypedURL`, which no list shows, differs with the moment at which
    // Chromium replaces the page on disk.
    const { entries } = await page.send<{ entries: { url: string }[] }>(
      "Page.getNavigationHistory",
    );
    const addresses = entries.map(({ url }) => url).join(" ");
    expect(addresses).toContain(consoleHost);
    expect(addresses).not.toMatch(/SigninToken|federation|sign-in\.html/);

    // The browser has the sign-in service's cookie, so it is signed in.
    await page.open(`${home?.sandbox.url}/console`);
    const text = await page.run<string>("document.body.innerText");
    expect(text).toContain(":assumed-role/DeveloperAccess/");
  });

  test("a container's link has the whole sign-in link in it", async () => {
    const template = "ext+container:name={role}&url={url}";
    const [address = "", ...more] = await openConsole((path) => `"${path}" ${template}`);
    expect([address.startsWith("file:///"), more]).toEqual([true, []]);
    await using page = await startChromium(program ?? "");
    await page.open(address);
    const href = await page.run<string>('document.querySelector("a").href');
    expect(href.startsWith("ext+container:name=DeveloperAccess&url=")).toBe(true);
    const link = new URL(new URLSearchParams(href.slice("ext+container:".length)).get("url") ?? "");
    expect(link.origin).toBe(home?.sandbox.url);
    expect(link.searchParams.get("Destination")).toContain(consoleHost);
    // A browser that does not know the address follows it nowhere.
    expect(page.requests.filter((each) => each.startsWith("http"))).toEqual([]);
    // The link is whole: the service takes its token.
    expect((await fetch(link, { redirect: "manual" })).status).toBe(302);
  });

  test.each([
    ["&", "a=1&b=2"],
    ["quotes", `a="1"&b='2'`],
    ["an element", "a=<b>&c=</script>"],
    ["escapes of HTML", "a=&amp;&b=&#38;&c=&quot;"],
    ["percent signs", "a=%26%22&b=100%25"],
    ["; and =, as in the instruction itself", "a=0; url=http://127.0.0.1/no&b==="],
    ["a name outside ASCII", "a=Zoë 日本"],
  ])("a link with %s arrives as it is", async (_name, query) => {
    home = await makeHome();
    const link = `${consoleHost}?${query}`;
    let address = "";
    const paths = { home: home.path, runtime: join(home.path, "run") };
    const browser = openBrowser({ PATH: process.env.PATH }, paths, 60);
    await browser.open(redirectPage(new Secret(link), undefined), (page) => {
      address = page;
      return ["true"];
    });
    await using page = await startChromium(program ?? "");
    await page.answer(consoleHost, "<title>console</title>");
    await page.open(address);
    expect(await navigated(page)).toBe(new URL(link).href);
  });

  test("the page is gone afterwards, and Back does not find it", async () => {
    home = await makeHome();
    let address = "";
    const paths = { home: home.path, runtime: join(home.path, "run") };
    const browser = openBrowser({ PATH: process.env.PATH }, paths, 1);
    await browser.open(redirectPage(new Secret(consoleHost), undefined), (page) => {
      address = page;
      return ["true"];
    });
    await using page = await startChromium(program ?? "");
    await until("the page is deleted", () => !existsSync(fileURLToPath(address)));
    await page.answer(consoleHost, "<title>console</title>");
    const answer = await page.send<{ errorText?: string }>("Page.navigate", { url: address });
    expect(answer.errorText).toBe("net::ERR_FILE_NOT_FOUND");
  });
});

test.runIf(program === undefined)("Chromium", (context) => {
  console.log("Chromium: skipped: not installed");
  context.skip("not installed");
});
