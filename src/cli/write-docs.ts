// npm run docs: writes docs/commands.md. Built into build/, run from the checkout.

import { mkdirSync, writeFileSync } from "node:fs";
import { commandsPage } from "./commands-page.ts";
import { verbs } from "./verbs.ts";

mkdirSync("docs", { recursive: true });
writeFileSync("docs/commands.md", commandsPage(verbs));
