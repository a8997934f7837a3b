import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "sandbox/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A golden file that is missing would be made, and agreed with: it is red. `vitest --update` makes it.
    update: "none",
    reporters: ["default", ["json", { outputFile: "build/test-report.json" }]],
  },
});
