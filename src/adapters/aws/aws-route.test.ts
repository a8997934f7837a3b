import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { type AwsService, findRoute, overrideMessage } from "./aws-route.ts";

const folder = mkdtempSync(join(tmpdir(), "awst-route-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the endpoint", () => {
  const cases: [AwsService, string, Record<string, string>, url: string, signedFor: string][] = [
    ["STS", "eu-west-1", {}, "https://sts.eu-west-1.amazonaws.com/", "eu-west-1"],
    ["IAM", "eu-west-1", {}, "https://iam.amazonaws.com/", "us-east-1"],
    ["STS", "cn-north-1", {}, "https://sts.cn-north-1.amazonaws.com.cn/", "cn-north-1"],
    [
      "STS",
      "eu-west-1",
      { AWS_USE_FIPS_ENDPOINT: "true" },
      "https://sts-fips.eu-west-1.amazonaws.com/",
      "eu-west-1",
    ],
    [
      "STS",
      "eu-west-1",
      { AWS_USE_FIPS_ENDPOINT: "false" },
      "https://sts.eu-west-1.amazonaws.com/",
      "eu-west-1",
    ],
    [
      "STS",
      "eu-west-1",
      { AWS_USE_DUALSTACK_ENDPOINT: "TRUE" },
      "https://sts.eu-west-1.api.aws/",
      "eu-west-1",
    ],
    [
      "STS",
      "eu-west-1",
      { AWS_ENDPOINT_URL: "http://localhost:4566" },
      "http://localhost:4566/",
      "eu-west-1",
    ],
    [
      "IAM",
      "eu-west-1",
      { AWS_ENDPOINT_URL: "http://localhost:4566" },
      "http://localhost:4566/",
      "us-east-1",
    ],
    [
      "STS",
      "eu-west-1",
      {
        AWS_ENDPOINT_URL: "http://a",
        AWS_ENDPOINT_URL_STS: "http://b",
        AWS_ENDPOINT_URL_IAM: "http://c",
      },
      "http://b/",
      "eu-west-1",
    ],
    [
      "IAM",
      "eu-west-1",
      {
        AWS_ENDPOINT_URL: "http://a",
        AWS_ENDPOINT_URL_STS: "http://b",
        AWS_ENDPOINT_URL_IAM: "http://c",
      },
      "http://c/",
      "us-east-1",
    ],
    [
      "IAM",
      "eu-west-1",
      { AWS_ENDPOINT_URL: "http://a", AWS_ENDPOINT_URL_IAM: "" },
      "http://a/",
      "us-east-1",
    ],
    [
      "SIGNIN",
      "eu-west-1",
      { AWS_ENDPOINT_URL: "http://a", AWS_ENDPOINT_URL_STS: "http://b" },
      "https://signin.aws.amazon.com/",
      "eu-west-1",
    ],
    ["SIGNIN", "eu-west-1", { AWS_ENDPOINT_URL_SIGNIN: "http://a" }, "http://a/", "eu-west-1"],
    [
      "STS",
      "eu-west-1",
      { AWS_PROFILE: "hostile", AWS_REGION: "us-west-2" },
      "https://sts.eu-west-1.amazonaws.com/",
      "eu-west-1",
    ],
  ];
  test.each(cases)("%s in %s with %j", (service, region, env, url, signedFor) => {
    const route = findRoute(service, region, env);
    expect(route.url.href).toBe(url);
    expect(route.signingRegion).toBe(signedFor);
  });

  test.each<[AwsService, Record<string, string>, string | undefined]>([
    ["STS", { AWS_ENDPOINT_URL: "http://a:1" }, "AWS_ENDPOINT_URL: calls go to a:1 instead of AWS"],
    [
      "IAM",
      { AWS_ENDPOINT_URL_IAM: "https://u:p@b/x" },
      "AWS_ENDPOINT_URL_IAM: calls go to b instead of AWS",
    ],
    ["SIGNIN", { AWS_ENDPOINT_URL: "http://a:1" }, undefined],
    ["STS", {}, undefined],
  ])("an override of %s by %j is named without what is secret in it", (service, env, message) => {
    expect(overrideMessage(findRoute(service, "eu-west-1", env))).toBe(message);
  });

  test.each([
    [{ AWS_ENDPOINT_URL: "localhost:4566" }, "AWS_ENDPOINT_URL"],
    [{ AWS_ENDPOINT_URL_STS: "nonsense" }, "AWS_ENDPOINT_URL_STS"],
    [{ HTTPS_PROXY: "socks5://user:hunter2@127.0.0.1:1080" }, "HTTPS_PROXY"],
    [{ AWS_ENDPOINT_URL: "http://127.0.0.1:1", HTTP_PROXY: "http://:bad:url:" }, "HTTP_PROXY"],
  ])("%j is refused by name, without its text", (env, name) => {
    const message = `the environment's ${name} is not an http or https URL`;
    expect(() => findRoute("STS", "eu-west-1", env)).toThrow(
      expect.objectContaining({ code: "USAGE", message }),
    );
  });
});

describe("the proxy", () => {
  test("its user and password become a header, percent signs undone", () => {
    const { proxy } = findRoute("STS", "eu-west-1", { HTTPS_PROXY: "http://me:p%40ss@proxy:3128" });
    expect(proxy?.url.host).toBe("proxy:3128");
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  });

  test("a percent sign that is no escape stands for itself", () => {
    const { proxy } = findRoute("STS", "eu-west-1", { HTTPS_PROXY: "http://me:50%off@proxy:3128" });
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from("me:50%off").toString("base64")}`);
  });

  test("no user: no header; NO_PROXY: no proxy", () => {
    const env = { HTTPS_PROXY: "http://proxy:3128" };
    expect(findRoute("STS", "eu-west-1", env).proxy?.authorization).toBeUndefined();
    const excepted = { ...env, NO_PROXY: "amazonaws.com" };
    expect(findRoute("STS", "eu-west-1", excepted).proxy).toBeUndefined();
  });
});

test.each(["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"])(
  "a relative %s is refused: the current folder decides no trust",
  (name) => {
    for (const path of ["ca.pem", "./ca.pem", "../ca.pem", "certs/ca.pem"]) {
      expect(() => findRoute("STS", "eu-west-1", { [name]: path })).toThrow(
        `${name} must be an absolute path`,
      );
    }
  },
);

describe("AWS_CA_BUNDLE", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nTest\n-----END CERTIFICATE-----\n";
  const bundle = join(folder, "ca.pem");
  writeFileSync(bundle, pem);

  test("is added to the default roots", () => {
    const { certificates } = findRoute("STS", "eu-west-1", { AWS_CA_BUNDLE: bundle });
    expect(certificates).toContain(pem);
    expect(certificates?.length).toBeGreaterThan(rootCertificates.length / 2);
  });

  test("unset, or a plain http endpoint: Node decides", () => {
    expect(findRoute("STS", "eu-west-1", {}).certificates).toBeUndefined();
    const env = { AWS_CA_BUNDLE: bundle, AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    expect(findRoute("STS", "eu-west-1", env).certificates).toBeUndefined();
  });

  test("a file that is not there, or no PEM, is named", () => {
    const missing = join(folder, "missing.pem");
    expect(() => findRoute("STS", "eu-west-1", { AWS_CA_BUNDLE: missing })).toThrow(
      expect.objectContaining({
        code: "FILE_UNREADABLE",
        message: `AWS_CA_BUNDLE names ${missing}, which cannot be read: ENOENT`,
      }),
    );
    const text = join(folder, "text.pem");
    writeFileSync(text, "not a certificate");
    expect(() => findRoute("STS", "eu-west-1", { AWS_CA_BUNDLE: text })).toThrow(
      expect.objectContaining({ code: "FILE_MALFORMED" }),
    );
  });
});
