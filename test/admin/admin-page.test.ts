// docs/admin.md is true: its answers are awst's, and its table of IAM actions is that of the help texts.

import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
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
