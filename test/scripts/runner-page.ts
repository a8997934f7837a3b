// A page of the manual, taken apart, and the scene its commands play in.

import type { Home } from "../support/home.ts";
import type { Finished } from "../support/processes.ts";
import type { Pty } from "../support/pty.ts";

export interface Page {
  readonly lines: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

export interface Scene {
  readonly home: Home;
  readonly page: Page;
  /** What `env` lines changed. */
  readonly env: Record<string, string | undefined>;
  /** Whose machine it is now; undefined: the main user's. */
  machine: string | undefined;
  /** The last program that ended. */
  answered: Finished | undefined;
  /** stdin of the next program. */
  input: string | undefined;
  /** The program on the terminal, until its end was waited for. */
  pty: Pty | undefined;
  /** Why the rest of the page is left out. */
  skipped: string | undefined;
}

export function parsePage(text: string): Page {
  const [script = "", ...parts] = text.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let at = 0; at < parts.length; at += 2) files.set(parts[at] ?? "", parts[at + 1] ?? "");
  return { lines: script.split("\n"), files };
}
