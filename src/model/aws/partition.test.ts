import fc from "fast-check";
import { expect, test } from "vitest";
import { iamEndpoint, isRegion, partitionOf, stsEndpoint } from "./partition.ts";

const plain = { fips: false, dualstack: false };
const fips = { fips: true, dualstack: false };
const dual = { fips: false, dualstack: true };
const both = { fips: true, dualstack: true };

test.each([
  ["us-east-1", "aws"],
  ["ap-southeast-2", "aws"],
  ["mx-central-1", "aws"],
  ["xx-new-1", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["eusc-de-east-1", "aws-eusc"],
  ["us-iso-west-1", "aws-iso"],
  ["us-isob-east-1", "aws-iso-b"],
  ["eu-isoe-west-1", "aws-iso-e"],
  ["us-isof-east-1", "aws-iso-f"],
])("%s is in partition %s", (region, name) => {
  expect(partitionOf(region).name).toBe(name);
});

test.each([
  ["eu-west-1", plain, "https://sts.eu-west-1.amazonaws.com"],
  ["eu-west-1", fips, "https://sts-fips.eu-west-1.amazonaws.com"],
  ["eu-west-1", dual, "https://sts.eu-west-1.api.aws"],
  ["eu-west-1", both, "https://sts-fips.eu-west-1.api.aws"],
  ["us-gov-west-1", plain, "https://sts.us-gov-west-1.amazonaws.com"],
  ["us-gov-west-1", fips, "https://sts.us-gov-west-1.amazonaws.com"],
  ["us-gov-west-1", both, "https://sts-fips.us-gov-west-1.api.aws"],
  ["cn-north-1", dual, "https://sts.cn-north-1.api.amazonwebservices.com.cn"],
  ["eusc-de-east-1", plain, "https://sts.eusc-de-east-1.amazonaws.eu"],
  ["us-isob-east-1", plain, "https://sts.us-isob-east-1.sc2s.sgov.gov"],
])("STS of %s (%o) is %s, signed for the region itself", (region, how, url) => {
  expect(stsEndpoint(region, how)).toEqual({ url, signingRegion: region });
});

test.each([
  ["eu-west-1", plain, "https://iam.amazonaws.com", "us-east-1"],
  ["eu-west-1", fips, "https://iam-fips.amazonaws.com", "us-east-1"],
  ["eu-west-1", dual, "https://iam.global.api.aws", "us-east-1"],
  ["eu-west-1", both, "https://iam-fips.global.api.aws", "us-east-1"],
  ["cn-northwest-1", plain, "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"],
  ["us-gov-east-1", plain, "https://iam.us-gov.amazonaws.com", "us-gov-west-1"],
  ["us-gov-east-1", dual, "https://iam.us-gov.api.aws", "us-gov-west-1"],
  ["eusc-de-east-1", plain, "https://iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"],
  ["eu-isoe-west-1", fips, "https://iam-fips.cloud.adc-e.uk", "eu-isoe-west-1"],
])("IAM of %s (%o) is %s, signed for %s", (region, how, url, signingRegion) => {
  expect(iamEndpoint(region, how)).toEqual({ url, signingRegion });
});

test.each([
  "",
  "evil.example/x-1",
  "eu-west-1.evil.example",
  "eu-west",
  "EU-WEST-1",
  "eu-west-1\n",
])("%j is no region and becomes no host", (text) => {
  expect(isRegion(text)).toBe(false);
  expect(() => stsEndpoint(text, plain)).toThrow("is not the name of a region");
  expect(() => iamEndpoint(text, plain)).toThrow("is not the name of a region");
});

test("whatever is typed for a region, no host is called outside AWS's suffixes", () => {
  const typed = fc.oneof(
    fc.stringMatching(/^[a-z]{2,4}(-[a-z]{2,9}){1,3}-[0-9]{1,2}$/),
    fc.stringMatching(/^[a-z]{2,4}[-a-z./@:#?]{1,9}-[0-9]{1,2}$/),
  );
  fc.assert(
    fc.property(typed, fc.boolean(), fc.boolean(), (region, isFips, isDual) => {
      if (!isRegion(region)) {
        expect(() => partitionOf(region)).toThrow();
        return;
      }
      const { hostname } = new URL(stsEndpoint(region, { fips: isFips, dualstack: isDual }).url);
      const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
      const suffix = isDual ? dualStackDnsSuffix : dnsSuffix;
      expect([`sts.${region}.${suffix}`, `sts-fips.${region}.${suffix}`]).toContain(hostname);
    }),
  );
});
