import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "sandbox/**/*.test.ts", "test/**/*.test.ts"],
    // Much of a test of whole processes is waiting: two at once even on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Against what hangs: nothing takes a tenth of it on a machine that does nothing else.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // A golden file that is missing would be made, and agreed with: it is red. `vitest --update` makes it.
    update: "none",
    reporters: ["default", ["json", { outputFile: "build/test-report.json" }]],
  },
});
