import { expect, test } from "vitest";
import { regionProblem } from "./decode-region.ts";

test.each([
  ...["eu-west-1", "us-east-1", "ap-southeast-4", "ap-northeast-3", "il-central-1", "mx-central-1"],
  ...["cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1"],
  ...["eusc-de-east-1", "eu-isoe-west-1", "xx-south-12"],
])("%s is a region", (region) => {
  expect(regionProblem(region)).toBeUndefined();
});

test.each([
  ["eu-wst-1", 'did you mean "eu-west-1"?'],
  ["eu-wets-1", 'did you mean "eu-west-1"?'],
  ["us-eats-1", 'did you mean "us-east-1"?'],
  ["ap-sotheast-2", 'did you mean "ap-southeast-2"?'],
  ["us-gov-wset-1", 'did you mean "us-gov-west-1"?'],
  ["eu-centrl-1", 'did you mean "eu-central-1"?'],
  ["eu-xyzxyz-1", "regions look like eu-west-1"],
  ["eu-west", "regions look like eu-west-1"],
  ["eu-west-1a", "regions look like eu-west-1"],
  ["EU-WEST-1", "regions look like eu-west-1"],
  ["eu_west_1", "regions look like eu-west-1"],
  ["evil.example/", "regions look like eu-west-1"],
])("%s is not: %s", (text, hint) => {
  expect(regionProblem(text)?.hint).toBe(hint);
});
