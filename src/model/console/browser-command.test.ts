import fc from "fast-check";
import { expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { argsWithPage, readBrowserCommand, redirectPage } from "./browser-command.ts";

const names = { account: "main account", role: "audit/Read&Only" };
const page = "file:///run/user/1/page.html";
const link = new Secret("https://signin.example/federation?Action=login&SigninToken=a%2Bb");

test.each<[string, readonly string[], string?]>([
  ["firefox", ["firefox", page]],
  ["firefox -P {account} {url}", ["firefox", "-P", "main account", page]],
  [
    `"C:\\Program Files\\Chrome\\chrome.exe" '--profile-directory={role}' {url} --new-window`,
    [
      "C:\\Program Files\\Chrome\\chrome.exe",
      "--profile-directory=audit/Read&Only",
      page,
      "--new-window",
    ],
  ],
  [
    "firefox --new-tab ext+container:name={role}&url={url}",
    ["firefox", "--new-tab", page],
    "ext+container:name=audit%2FRead%26Only&url={url}",
  ],
])("%s", (template, args, leadsTo) => {
  const command = readBrowserCommand(template, names);
  expect(argsWithPage(command, page)).toEqual(args);
  expect(command.leadsTo).toBe(leadsTo);
});

test.each(["", "  ", "{url}", "firefox 'a", "firefox {profile}", "firefox {} x"])(
  "%j is refused",
  (template) => {
    expect(() => readBrowserCommand(template, names)).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  },
);

test("the page leads to the link, as it is or inside another address", () => {
  const href = (text: string) =>
    (/href="([^"]*)"/.exec(text)?.[1] ?? "").replace(/&#(\d+);/g, (_, sign) =>
      String.fromCharCode(Number(sign)),
    );
  expect(href(redirectPage(link, undefined).reveal())).toBe(link.reveal());
  const container = href(redirectPage(link, "ext+container:name=a%20b&url={url}").reveal());
  expect(container).toBe(`ext+container:name=a%20b&url=${encodeURIComponent(link.reveal())}`);
});

test("whatever the names and the template are, the link stands in no arg and breaks out of no page", () => {
  const plain = redirectPage(new Secret("https://a/"), undefined).reveal();
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (account, role, extra) => {
      const arg = `x:${extra.replace(/[\s'"{}]/g, "")}={account}&u={url}`;
      const command = readBrowserCommand(`b ${arg}`, { account, role });
      expect(argsWithPage(command, page)).toEqual(["b", page]);
      const text = redirectPage(new Secret(`https://a/?"'<>&${role}`), command.leadsTo).reveal();
      expect(text.match(/</g)).toHaveLength(plain.match(/</g)?.length ?? 0);
      expect(text.match(/"/g)).toHaveLength(plain.match(/"/g)?.length ?? 0);
    }),
  );
});
