// The table of verbs as completions take it.

import type { CompletionTable } from "../output/shell/completion-table.ts";
import { globalOptions } from "./verb.ts";
import { groups, verbs } from "./verbs.ts";

export const completionVerbs: CompletionTable = { verbs, groups, globals: globalOptions };
