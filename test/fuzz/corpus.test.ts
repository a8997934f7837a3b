// Every input of the corpus keeps the rule of its target. `npm run fuzz` adds the inputs of the faults that it finds.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTargets, withServer } from "../../tools/fuzz-targets.ts";

const folder = join(import.meta.dirname, "corpus");

test("every target has a corpus, and keeps its rule for each input", async () => {
  await withServer(async (server) => {
    const targets = await openTargets(server);
    const names = targets.map(({ name }) => `${name}.json`);
    expect(readdirSync(folder).sort()).toEqual(names.sort());
    for (const target of targets) {
      const inputs: string[] = JSON.parse(
        readFileSync(join(folder, `${target.name}.json`), "utf8"),
      );
      expect(inputs.length).toBeGreaterThan(0);
      for (const input of inputs) await target.run(input);
    }
  });
});
