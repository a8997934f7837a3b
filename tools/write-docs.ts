// npm run docs: writes docs/commands.md from the command definitions.

import { mkdirSync, writeFileSync } from "node:fs";
import { commandsPage } from "../src/cli/commands-page.ts";
import { verbs } from "../src/cli/verbs.ts";

mkdirSync("docs", { recursive: true });
writeFileSync("docs/commands.md", commandsPage(verbs));
