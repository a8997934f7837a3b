import { expect, test } from "vitest";
import { matchingChoices } from "./matching-choices.ts";

const choices = [
  { label: "production Dev", hint: "111111111111" },
  { label: "main Admin", hint: "222222222222, no code until 18:00" },
  { label: "my-dev Admin" },
];

test.each([
  ["", 3],
  ["dev", ["production Dev", "my-dev Admin"]],
  ["DEV adm", ["my-dev Admin"]],
  ["2222", ["main Admin"]],
  ["no code", ["main Admin"]],
  // letters in their order, where no choice has the words
  ["prdev", ["production Dev"]],
  ["prod dv", ["production Dev"]],
  ["mdadm", ["my-dev Admin"]],
  ["mad", ["main Admin", "my-dev Admin"]],
  ["xyz", []],
])("%j", (typed, labels) => {
  const found = matchingChoices(choices, typed).map(({ label }) => label);
  if (typeof labels === "number") expect(found).toHaveLength(labels);
  else expect(found).toEqual(labels);
});
