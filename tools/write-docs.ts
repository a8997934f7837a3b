// npm run docs: writes docs/commands.md, and the table of IAM actions in docs/admin.md, from the command definitions.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadDefinitions } from "../src/cli/commands.ts";
import { commandsPage } from "../src/cli/commands-page.ts";
import { withNeededActions } from "./needed-actions.ts";

mkdirSync("docs", { recursive: true });
const commands = await loadDefinitions();
writeFileSync("docs/commands.md", commandsPage(commands));
const adminPage = readFileSync("docs/admin.md", "utf8");
writeFileSync("docs/admin.md", withNeededActions(adminPage, commands));
