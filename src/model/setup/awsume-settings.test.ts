import { expect, test } from "vitest";
import { awsumeRemarks } from "./awsume-settings.ts";

test.each<[text: string, remarks: readonly RegExp[]]>([
  ["region: eu-west-3\n", [/region eu-west-3 of .*in awst: defaultRegion$/]],
  ["role-duration: 43200\n", [/role-duration 43200 s .*\[roles\.NAME\] duration$/]],
  ["role-duration: 0\n", [/no setting in it/]],
  ["role-session-name: jane\n", [/role-session-name jane .*sessionName$/]],
  ["region: 'eu-west-3' # mine\r\n", [/region eu-west-3 of/]],
  ['"region": "eu-west-3"\n', [/region eu-west-3 of/]],
  ["config-file: ~/aws/config\ncredentials-file: ~/aws/c\n", [/AWS_CONFIG_FILE/, /AWS_SHARED/]],
  ["colors: true\nfuzzy-match: false\n", [/no setting in it/]],
  ["console:\n  region: eu-west-1\n", [/no setting in it/]],
  ["region:\n", [/no setting in it/]],
  ["# region: eu-west-3\n", [/no setting in it/]],
  ["{}\n", [/no setting in it/]],
  ["", [/no setting in it/]],
])("%j", (text, expected) => {
  const remarks = awsumeRemarks("/home/x/.awsume/config.yaml", text);
  expect(remarks).toHaveLength(expected.length);
  for (const [at, pattern] of expected.entries()) {
    expect(remarks[at]).toMatch(/^not taken over: .*\/home\/x\/\.awsume\/config\.yaml/);
    expect(remarks[at]).toMatch(pattern);
  }
});

test("a file that can't be read is named", () => {
  expect(awsumeRemarks("/x/config.yaml", undefined)).toEqual([
    "not taken over: /x/config.yaml of AWSume, which can't be read",
  ]);
});
