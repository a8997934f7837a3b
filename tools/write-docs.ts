// npm run docs: writes docs/commands.md from the command definitions.

import { mkdirSync, writeFileSync } from "node:fs";
import { loadDefinitions } from "../src/cli/commands.ts";
import { commandsPage } from "../src/cli/commands-page.ts";

mkdirSync("docs", { recursive: true });
writeFileSync("docs/commands.md", commandsPage(await loadDefinitions()));
