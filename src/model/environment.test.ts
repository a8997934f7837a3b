import { expect, test } from "vitest";
import { ambientRegion } from "./environment.ts";

test("AWS_REGION goes before AWS_DEFAULT_REGION, an empty one is none", () => {
  const both = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
  expect(ambientRegion(both)).toEqual({ region: "eu-west-1", source: "AWS_REGION" });
  expect(ambientRegion({ ...both, AWS_REGION: "" })?.source).toBe("AWS_DEFAULT_REGION");
  expect(ambientRegion({})).toBeUndefined();
});
