import { describe, expect, test } from "vitest";
import { html, type Markup } from "./markup.ts";

describe("a value in a template", () => {
  test.each([
    ["plain", "plain"],
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    [`" onmouseover="alert(1)`, "&quot; onmouseover=&quot;alert(1)"],
    ["' onfocus='alert(1)", "&#39; onfocus=&#39;alert(1)"],
    ["&lt;", "&amp;lt;"],
    ["a`b", "a&#96;b"],
    ["</style><!--", "&lt;/style&gt;&lt;!--"],
    ["two\nlines\u2028three", "two lines three"],
    ["\u202egnp.exe", " gnp.exe"],
    ["nul\u0000", "nul "],
    ["half \ud800", "half \ufffd"],
  ])("%j is text", (text, expected) => {
    expect(String(html`<b title="${text}">${text}</b>`)).toBe(
      `<b title="${expected}">${expected}</b>`,
    );
  });

  test("a template, a list of templates, a number and nothing", () => {
    const rows = ["<a>", "b"].map((each) => html`<li>${each}</li>`);
    expect(String(html`<ul>${rows}</ul>${5}${undefined}${["<", html`<hr>`]}`)).toBe(
      "<ul><li>&lt;a&gt;</li><li>b</li></ul>5&lt;<hr>",
    );
  });

  test("an object that looks like markup is escaped", () => {
    const foreign = { toString: () => "<b>" } as unknown as Markup;
    expect(String(html`${foreign}`)).toBe("&lt;b&gt;");
  });
});
