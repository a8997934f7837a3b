// The report page: what it says, that nothing in it can leave its place, and how a real Chromium shows it: no request,
// keyboard, names for screen readers, filters, sorting and print with 5,000 users.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportMark, reportPage } from "../../src/admin/output/report-page.ts";
import { type BrowserPage, findChromium, startChromium } from "../support/chromium.ts";
import { hostileTexts, makeReport } from "./report-scene.ts";

const one = ["111111111111"];
const several = ["111111111111", "222222222222", "333333333333"];

describe("the text", () => {
  const text = reportPage(makeReport(60, several));

  test("begins with the mark that lets a later report replace it", () => {
    expect(text.startsWith(reportMark)).toBe(true);
  });

  test("allows its own style and script by their hashes, and nothing else", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? "";
    const hash = (tag: string) => {
      const inner = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)?.[1] ?? "";
      return `sha256-${createHash("sha256").update(inner, "utf8").digest("base64")}`;
    };
    expect(policy.replaceAll("&#39;", "'").split("; ")).toEqual([
      "default-src 'none'",
      `style-src '${hash("style")}'`,
      `script-src '${hash("script")}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test("has only the elements and attributes of its templates", () => {
    const tags = text.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1></$1>");
    const names = new Set([...tags.matchAll(/<([a-z]+\d?)/g)].map(([, name]) => name));
    const known =
      `html head meta title style body header h1 h2 p code strong time main dl div dt dd table caption thead
      tbody tr th td svg rect form label input select option button span small script`.split(/\s+/);
    expect([...names].filter((name) => !known.includes(name ?? ""))).toEqual([]);
    const attributes = [...tags.matchAll(/<[a-z]+\d?((?: [\w-]+(?:="[^"]*")?)*)\/?>/g)]
      .map(([, all = ""]) => all.replaceAll(/="[^"]*"/g, ""))
      .flatMap((all) => all.trim().split(" "));
    expect(attributes.length).toBeGreaterThan(100);
    expect(attributes.filter((name) => /^(on|style|href|src|action)/.test(name ?? ""))).toEqual([]);
  });

  test("of an account that failed, the reason; of one without notes, none", () => {
    const report = makeReport(3, one);
    const failed = { ...report.accounts[0], id: "222222222222", name: "audit", users: [] };
    const accounts = [
      ...report.accounts,
      { ...failed, notes: [], unread: [], reportMadeAt: undefined, failure: "denied <here>" },
    ];
    const page = reportPage({ ...report, accounts });
    expect(page).toContain("audit (222222222222) could not be read: denied &lt;here&gt;");
    expect(reportPage(report)).not.toContain('class="notes"');
  });

  test("no users at all", () => {
    const page = reportPage(makeReport(0, one));
    expect(page).toContain("<dd>0</dd>");
    expect(page).toContain("<p>Nothing.</p>");
  });
});

const program = findChromium();

describe.skipIf(program === undefined)("in Chromium", () => {
  let folder: string;
  let page: BrowserPage;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "awst-report-"));
    page = await startChromium(program ?? "");
  });
  afterAll(async () => {
    await page[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function show(users: number, accounts: readonly string[], name = "report.html") {
    const path = join(folder, name);
    writeFileSync(path, reportPage(makeReport(users, accounts)));
    const url = pathToFileURL(path).href;
    await page.open(url);
    return url;
  }
  const shownText = () => page.run<string>("document.getElementById('shown').textContent");
  const firstNames = (count: number) =>
    page.run<string[]>(
      `[...document.querySelectorAll("#users tbody th")].slice(0, ${count}).map((each) => each.firstChild.data)`,
    );
  const active = () =>
    page.run<string>(
      "((each) => each.name || each.textContent || each.id)(document.activeElement)",
    );

  test("hostile names stay text: no script runs, nothing is requested, nothing is blocked", async () => {
    const url = await show(hostileTexts.length, one, "hostile.html");
    expect(await page.run("window.broken ?? 'whole'")).toBe("whole");
    expect(page.requests.filter((each) => each !== url)).toEqual([]);
    expect(page.problems).toEqual([]);
    const cells = await page.run<string[]>(
      `[...document.querySelectorAll("#users tbody th")].map((each) => each.firstChild.data)`,
    );
    expect(cells).toHaveLength(hostileTexts.length);
    for (const text of hostileTexts.slice(0, 9)) {
      expect(cells.some((cell) => cell.endsWith(text))).toBe(true);
    }
  });

  test("the policy stops a script and a picture that were put in all the same", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const changed = reportPage(makeReport(3, one)).replace(
      "</main>",
      `<script>window.broken = 1</script><img src="http://127.0.0.1:${port}/x.png"></main>`,
    );
    const open = async (text: string) => {
      const path = join(folder, "changed.html");
      writeFileSync(path, text);
      await page.open(pathToFileURL(path).href);
      return page.run("window.broken ?? 'whole'");
    };
    try {
      expect(await open(changed)).toBe("whole");
      expect(asked).toEqual([]);
      // Without the policy the same page is broken, so the test can fail.
      expect(await open(changed.replace("Content-Security-Policy", "none"))).toBe(1);
      expect(asked).toEqual(["/x.png"]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("5,000 users: filters count what fits, and 200 rows are laid out", async () => {
    await show(5_000, several);
    expect(await shownText()).toBe("5,000 of 5,000 users fit, the first 200 are shown.");
    await page.run("document.querySelector('input').focus()");
    await page.type("user-012");
    expect(await shownText()).toBe("10 of 5,000 users fit.");
    await page.run("document.querySelector('form').reset()");
    await page.run("new Promise((resolve) => setTimeout(resolve))");
    const choose = (name: string, value: string) =>
      page.run(
        `((each) => { each.value = ${JSON.stringify(value)}; each.dispatchEvent(new Event("input", { bubbles: true })); })(document.querySelector("[name=${name}]"))`,
      );
    await choose("verdict", "dormant");
    expect(await shownText()).toBe("715 of 5,000 users fit, the first 200 are shown.");
    await choose("account", "222222222222");
    await choose("mfa", "yes");
    await choose("category", "AllHumanUsers");
    const fitting = makeReport(5_000, several).accounts[1]?.users.filter(
      (each) =>
        each.verdict === "dormant" && each.hasMfa && each.categories.includes("AllHumanUsers"),
    );
    expect(await shownText()).toContain(`${fitting?.length} of 5,000 users fit`);
    await page.run("document.querySelector('[name=all]').click()");
    expect(await page.run("document.querySelectorAll('#users tbody tr').length")).toBe(
      fitting?.length,
    );
  });

  test("sorting: by number where there is one, up and down, and the heads say so", async () => {
    await show(5_000, one);
    const head = (name: string) =>
      `[...document.querySelectorAll("#users thead th")].find((each) => each.textContent === ${JSON.stringify(name)})`;
    const sorted = () =>
      page.run<[string, string][]>(
        `[...document.querySelectorAll("#users thead th[aria-sort]")].map((each) => [each.textContent, each.ariaSort])`,
      );
    expect(await sorted()).toEqual([["User", "ascending"]]);
    await page.run(`${head("Access keys")}.querySelector("button").click()`);
    await page.run(`${head("Access keys")}.querySelector("button").click()`);
    expect(await sorted()).toEqual([["Access keys", "descending"]]);
    const ages = await page.run<number[]>(
      `[...document.querySelectorAll("#users tbody tr")].map((row) => Number(row.cells[4].dataset.sort))`,
    );
    expect(ages).toEqual([...ages].sort((a, b) => b - a));
    expect(ages[0]).toBeGreaterThan(700);
    await page.run(`${head("User")}.querySelector("button").click()`);
    expect((await firstNames(14)).at(-1)).toBe("user-0013");
  });

  test("the keyboard reaches every control, and Enter sorts", async () => {
    await show(5_000, one);
    const reached: string[] = [];
    for (let at = 0; at < 20; at++) {
      await page.press("Tab");
      reached.push(await active());
    }
    const parts = [
      "search",
      "verdict",
      "mfa",
      "category",
      "Clear",
      "User",
      "Next step",
      "more",
      "all",
    ];
    expect(parts.filter((part) => !reached.includes(part))).toEqual([]);
    await page.run(`[...document.querySelectorAll("th button")].at(-1).focus()`);
    await page.press("Enter");
    await page.press("Enter");
    const text = "document.querySelector('#users tbody tr').cells[8].textContent";
    expect(await page.run(text)).toMatch(/^warn/);
  });

  test("a screen reader hears a name for every control, table and region", async () => {
    await show(60, several);
    const { nodes } = await page.send<{ nodes: AccessibleNode[] }>("Accessibility.getFullAXTree");
    const named = nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name }) => [role?.value ?? "", name?.value ?? ""] as const);
    const roles = ["textbox", "searchbox", "combobox", "button", "table", "region", "search"];
    const nameless = named.filter(([role, name]) => roles.includes(role) && name === "");
    expect(nameless).toEqual([]);
    const has = (role: string, name: string) =>
      expect(named).toContainEqual([role, expect.stringContaining(name)]);
    has("searchbox", "Search");
    has("combobox", "Verdict");
    has("combobox", "Account");
    has("table", "Active access keys: age");
    has("table", "Users");
    has("columnheader", "Verdict");
    has("rowheader", "user-0020");
    has("status", "");
    expect(named.filter(([role]) => role === "heading").map(([, name]) => name)).toEqual([
      "IAM users of 3 AWS accounts, 2026-11-29",
      "Overview",
      "Accounts",
      "What the next enforcement would do",
      "Users",
    ]);
  });

  test("print has every row that fits, and no controls", async () => {
    await show(450, one);
    const pages = async () => {
      const { data } = await page.send<{ data: string }>("Page.printToPDF", {});
      return (
        Buffer.from(data, "base64")
          .toString("latin1")
          .match(/\/Type\s*\/Page\b/g)?.length ?? 0
      );
    };
    const whole = await pages();
    expect(await page.run("document.querySelectorAll('#users tbody tr').length")).toBe(200);
    await page.run("document.querySelector('input').focus()");
    await page.type("user-0400");
    expect(await pages()).toBeLessThan(whole / 3);
    await page.send("Emulation.setEmulatedMedia", { media: "print" });
    expect(await page.run("getComputedStyle(document.forms[0]).display")).toBe("none");
    await page.send("Emulation.setEmulatedMedia", { media: "" });
  });

  test.each(["light", "dark"])("%s: text is readable on its background", async (value) => {
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value }],
    });
    await show(60, several);
    const contrasts = await page.run<[string, number][]>(contrastScript);
    expect(contrasts.length).toBeGreaterThan(50);
    expect(contrasts.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
    await page.send("Emulation.setEmulatedMedia", { features: [] });
  });

  test("without scripts every user is there", async () => {
    await page.send("Emulation.setScriptExecutionDisabled", { value: true });
    await show(450, one);
    await page.send("Emulation.setScriptExecutionDisabled", { value: false });
    expect(await page.run("document.querySelectorAll('#users tbody tr').length")).toBe(450);
    expect(await page.run("document.forms[0].hidden")).toBe(true);
  });
});

interface AccessibleNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

/** The contrast of each text with the nearest background, by WCAG's formula. */
const contrastScript = `(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => parts(color).slice(0, 3)
    .map((each) => each / 255)
    .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
  const back = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    const isClear = parts(color)[3] === 0;
    return !isClear ? color : element.parentElement ? back(element.parentElement) : "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *:not(script)")]
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
    .map((each) => {
      const [a, b] = [light(getComputedStyle(each).color), light(back(each))].sort((x, y) => y - x);
      return [each.textContent.slice(0, 40), (a + 0.05) / (b + 0.05)];
    });
})()`;

test.runIf(program === undefined)("Chromium", (context) => {
  console.log("Chromium: skipped: not installed");
  context.skip("not installed");
});
