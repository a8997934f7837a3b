import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that start no awst and need no build: `npm run test:unit` runs these alone. */
const unit = [
  "src/**/*.test.ts",
  "sandbox/**/*.test.ts",
  "test/{architecture,docs,language,test-map}.test.ts",
];

export default defineConfig({
  test: {
    // Tests of whole processes mostly wait, so three run at once even on two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Ends what hangs. On an idle machine every test needs less than a tenth of it.
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // A missing golden file fails the test; `vitest --update` creates it.
    update: "none",
    reporters: ["default", ["json", { outputFile: "build/test-report.json" }]],
    projects: [
      { extends: true, test: { name: "unit", include: unit } },
      { extends: true, test: { name: "processes", include: ["test/**/*.test.ts"], exclude: unit } },
    ],
  },
});
