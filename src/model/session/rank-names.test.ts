import { expect, test } from "vitest";
import { pickKey, rankNames, withPick } from "./frecency.ts";

const now = new Date("2025-06-15T12:00:00Z");
const names = [
  { account: "main", role: "Dev" },
  { account: "main", role: "Admin" },
  { account: "prod", role: "Dev" },
];

test("rankNames() keeps the configuration's order where nothing was picked", () => {
  expect(rankNames(names, {}, now)).toEqual(names);
});

test("rankNames() puts what is used most first and leaves the others in order", () => {
  let picks = withPick({}, pickKey("prod", "Dev"), now);
  picks = withPick(picks, pickKey("prod", "Dev"), now);
  picks = withPick(picks, pickKey("main", "Admin"), now);
  expect(rankNames(names, picks, now)).toEqual([names[2], names[1], names[0]]);
});
