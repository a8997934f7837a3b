import { describe, expect, test } from "vitest";
import { proxyFor } from "./no-proxy.ts";

const proxy = "http://proxy.example:3128";
const sts = "https://sts.eu-west-1.amazonaws.com/";

describe("the variable", () => {
  const cases: [string, string, Record<string, string>, string | undefined][] = [
    ["none", sts, {}, undefined],
    ["upper case", sts, { HTTPS_PROXY: proxy }, proxy],
    ["lower case", sts, { https_proxy: proxy }, proxy],
    ["lower case wins", sts, { https_proxy: proxy, HTTPS_PROXY: "http://other" }, proxy],
    ["empty is none", sts, { HTTPS_PROXY: "" }, undefined],
    ["lower case empty switches off", sts, { https_proxy: "", HTTPS_PROXY: proxy }, undefined],
    ["HTTP_PROXY is not for https", sts, { HTTP_PROXY: proxy }, undefined],
    ["HTTP_PROXY is for http", "http://127.0.0.1:4566/", { HTTP_PROXY: proxy }, proxy],
    ["HTTPS_PROXY is not for http", "http://127.0.0.1:4566/", { HTTPS_PROXY: proxy }, undefined],
    ["a bare host", sts, { HTTPS_PROXY: "proxy.example:3128" }, proxy],
    ["spaces around", sts, { HTTPS_PROXY: ` ${proxy} ` }, proxy],
  ];
  test.each(cases)("%s", (_, url, env, expected) => {
    expect(proxyFor(new URL(url), env)).toBe(expected);
  });
});

describe("NO_PROXY", () => {
  const direct: [string, string][] = [
    [sts, "*"],
    [sts, "sts.eu-west-1.amazonaws.com"],
    [sts, "STS.EU-WEST-1.AMAZONAWS.COM"],
    [sts, "amazonaws.com"],
    [sts, ".amazonaws.com"],
    [sts, "*.amazonaws.com"],
    [sts, "*amazonaws.com"],
    [sts, "localhost, amazonaws.com"],
    [sts, "localhost amazonaws.com"],
    [sts, "amazonaws.com:443"],
    [sts, "amazonaws.com."],
    ["https://127.0.0.1:8443/", "127.0.0.1"],
    ["https://127.0.0.1:8443/", "127.0.0.1:8443"],
    ["https://10.1.2.3/", "10.0.0.0/8"],
    ["https://10.1.2.3/", "0.0.0.0/0"],
    ["https://[::1]:8443/", "::1"],
    ["https://[::1]:8443/", "[::1]:8443"],
  ];
  test.each(direct)("%s goes direct under %s", (url, exceptions) => {
    expect(proxyFor(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBeUndefined();
  });

  const proxied: [string, string][] = [
    [sts, ""],
    [sts, ","],
    [sts, "zonaws.com"],
    [sts, "amazonaws.com:8443"],
    [sts, "amazonaws.com.cn"],
    ["https://amazonaws.com/", ".amazonaws.com"],
    ["https://amazonaws.com/", "*.amazonaws.com"],
    ["https://127.0.0.1:8443/", "127.0.0.1:443"],
    ["https://127.0.0.1/", "localhost"],
    ["https://11.1.2.3/", "10.0.0.0/8"],
    ["https://10.1.2.3/", "10.0.0.0/33"],
    ["https://10.1.2.3/", "10.0.0/8"],
    [sts, "10.0.0.0/0"],
  ];
  test.each(proxied)("%s is proxied under %s", (url, exceptions) => {
    expect(proxyFor(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: exceptions })).toBe(proxy);
  });

  test("the lower-case variable wins", () => {
    const env = { HTTPS_PROXY: proxy, NO_PROXY: "*", no_proxy: "localhost" };
    expect(proxyFor(new URL(sts), env)).toBe(proxy);
  });
});
