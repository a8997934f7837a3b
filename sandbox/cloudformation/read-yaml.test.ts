import { expect, test } from "vitest";
import { readYaml } from "./read-yaml.ts";

test.each([
  ["a: 1\nb: text # comment\nc: 'it''s'", { a: 1, b: "text", c: "it's" }],
  ['a: "x # y"\nb: "\\\\d{2}"', { a: "x # y", b: "\\d{2}" }],
  ["a:\n  - 1\n  - b: 2\n    c: 3\n  - [x, y]", { a: [1, { b: 2, c: 3 }, ["x", "y"]] }],
  ["a: !Ref B", { a: { Ref: "B" } }],
  ["a: !GetAtt B.Arn", { a: { "Fn::GetAtt": ["B", "Arn"] } }],
  [
    "a: !If [C, [!Ref D], !Ref AWS::NoValue]",
    { a: { "Fn::If": ["C", [{ Ref: "D" }], { Ref: "AWS::NoValue" }] } },
  ],
  [
    "a:\n  - !If\n    - C\n    - Name: x\n    - !Ref AWS::NoValue",
    { a: [{ "Fn::If": ["C", { Name: "x" }, { Ref: "AWS::NoValue" }] }] },
  ],
  ['a: {b: !Ref C, "d:e": f}', { a: { b: { Ref: "C" }, "d:e": "f" } }],
  ['For:Like: {"aws:x": y-*}', { "For:Like": { "aws:x": "y-*" } }],
  ["a: cron(0 6 * * ? *)", { a: "cron(0 6 * * ? *)" }],
  ["a: '{\"round\":1}'", { a: '{"round":1}' }],
  [`a: !Sub arn:\${AWS::Partition}:user/*`, { a: { "Fn::Sub": `arn:\${AWS::Partition}:user/*` } }],
  ["a: true\nb: false\nc: ''", { a: true, b: false, c: "" }],
  ["a:\nb: 1", { a: null, b: 1 }],
])("%j", (text, value) => {
  expect(readYaml(text)).toEqual(value);
});

test.each([
  ["a: |\n  text", "line 1"],
  ["a: &anchor b", "line 1"],
  ["a: !Base64 b", "line 1"],
  ["a: 1\na: 2", "line 2"],
  ["a:\n    b: 1\n  c: 2", "line 3"],
  ["a: [1, 2", "line 1"],
  ["a: {b: 1", "line 1"],
  ["just text", "line 1"],
])("%j is refused", (text, where) => {
  expect(() => readYaml(text)).toThrow(where);
});
