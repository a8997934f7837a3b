// The tests that `npm run mutation` runs against changed decisions: those that need no build and no process.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["src/model/**/*.test.ts", "src/admin/**/*.test.ts"], testTimeout: 60_000 },
});
