// docs/admin.md is true: it shows every command of the administrator, and its answers are awst's.

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadAdminCommands } from "../../src/cli/commands.ts";
import { root } from "../support/processes.ts";
import { runAdminPage, withoutChance } from "./admin-page.ts";

const path = `${root}/docs/admin.md`;

// UPDATE_ADMIN_PAGE=1 writes the answers into the page; read the difference before you commit it.
test("every answer of docs/admin.md is what awst prints", async () => {
  const page = readFileSync(path, "utf8");
  const answered = await runAdminPage(page);
  if (process.env.UPDATE_ADMIN_PAGE !== undefined) writeFileSync(path, answered);
  expect(answered.match(/^\$ awst admin /gm)?.length).toBeGreaterThan(15);
  expect(withoutChance(page)).toBe(withoutChance(answered));
});

test("docs/admin.md shows every command of the administrator", async () => {
  const page = readFileSync(path, "utf8");
  const names = Object.keys(await loadAdminCommands());
  const isShown = (name: string) => new RegExp(`\\bawst ${name}(?![a-z-])`).test(page);
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !isShown(name))).toEqual([]);
});
