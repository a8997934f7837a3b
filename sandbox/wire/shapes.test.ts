import { expect, test } from "vitest";
import { checkShape, listEntries, type Shape } from "./shapes.ts";

const shape: Shape = {
  Name: { required: true, min: 2, max: 5, pattern: /[a-z]*/ },
  Seconds: { number: true, min: 900, max: 3600 },
  Status: { oneOf: ["Active", "Inactive"] },
  Tags: { max: 2, list: { Key: { required: true, max: 3 }, Value: { required: true } } },
  Texts: { list: { min: 2 } },
};

const fails = "failed to satisfy constraint: Member must";

test.each<[string, Record<string, string>, string | undefined]>([
  [
    "all is well",
    { Name: "abc", Seconds: "900", Status: "Active", "Texts.member.1": "ab" },
    undefined,
  ],
  ["missing", {}, `1 validation error detected: Value null at 'name' ${fails} not be null`],
  [
    "too short",
    { Name: "a" },
    `1 validation error detected: Value 'a' at 'name' ${fails} have length greater than or equal to 2`,
  ],
  [
    "too long",
    { Name: "abcdef" },
    `1 validation error detected: Value 'abcdef' at 'name' ${fails} have length less than or equal to 5`,
  ],
  [
    "off its pattern",
    { Name: "ab1" },
    `1 validation error detected: Value 'ab1' at 'name' ${fails} satisfy regular expression pattern: [a-z]*`,
  ],
  [
    "too small",
    { Name: "ab", Seconds: "899" },
    `1 validation error detected: Value '899' at 'seconds' ${fails} have value greater than or equal to 900`,
  ],
  [
    "too large",
    { Name: "ab", Seconds: "3601" },
    `1 validation error detected: Value '3601' at 'seconds' ${fails} have value less than or equal to 3600`,
  ],
  [
    "no number",
    { Name: "ab", Seconds: "1h" },
    `1 validation error detected: Value '1h' at 'seconds' ${fails} be a whole number`,
  ],
  [
    "none of the set",
    { Name: "ab", Status: "Off" },
    `1 validation error detected: Value 'Off' at 'status' ${fails} satisfy enum value set: [Active, Inactive]`,
  ],
  [
    "inside a list",
    { Name: "ab", "Tags.member.1.Key": "abcd", "Tags.member.1.Value": "" },
    `1 validation error detected: Value 'abcd' at 'tags.1.member.key' ${fails} have length less than or equal to 3`,
  ],
  [
    "a text of a list",
    { Name: "ab", "Texts.member.1": "ab", "Texts.member.2": "x" },
    `1 validation error detected: Value 'x' at 'texts.2.member' ${fails} have length greater than or equal to 2`,
  ],
  [
    "two at once",
    { Seconds: "1" },
    `2 validation errors detected: Value null at 'name' ${fails} not be null; Value '1' at 'seconds' ${fails} have value greater than or equal to 900`,
  ],
])("%s", (_name, parameters, message) => {
  const check = () => checkShape(new Map(Object.entries(parameters)), shape);
  if (message === undefined) check();
  else expect(check).toThrow(message);
});

test("list entries come in the order of their numbers", () => {
  const parameters = new Map([
    ["Tags.member.10.Key", "c"],
    ["Tags.member.2.Key", "b"],
    ["Tags.member.2.Value", "x"],
    ["Tags.member.1.Key", "a"],
    ["TagsX.member.1.Key", "z"],
  ]);
  expect(listEntries(parameters, "Tags").map((entry) => [...entry])).toEqual([
    [["Key", "a"]],
    [
      ["Key", "b"],
      ["Value", "x"],
    ],
    [["Key", "c"]],
  ]);
});
