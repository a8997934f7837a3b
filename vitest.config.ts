import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that start no awst and need no build: `npm run test:unit` runs these alone. */
const unit = [
  "src/**/*.test.ts",
  "sandbox/**/*.test.ts",
  "test/{architecture,docs,docs-lines,language,test-map}.test.ts",
];

/**
 * Tests of whole processes whose files leave nothing behind in their worker: no variable, no library that reads one only
 * once, no timer. A worker keeps its modules for the next of them, which saves their loading.
 */
const tidy = [
  "test/{admin,children,cli,clients,mfa,scripts,sessions,shells,terminal}/**/*.test.ts",
];

/** The files that take longest, in this order. They start first, since one that starts last runs alone at the end. */
const longest = [
  "test/scripts/pages.test.ts",
  "test/faults/mfa-devices.test.ts",
  "test/clients/terraform-modules.test.ts",
  "test/sessions/hints.test.ts",
  "test/faults/mfa-kills.test.ts",
  "test/sessions/codes-once.test.ts",
  "test/schedule-cron.test.ts",
  "test/admin/lambda-function.test.ts",
  "test/cli/admin-policy.test.ts",
  "test/sessions/movers.test.ts",
  "test/sessions/one-failure.test.ts",
  "test/sessions/refusals.test.ts",
  "test/faults/rotation-kills.test.ts",
  "test/terminal/terminal.test.ts",
  "test/automatic-rotation.test.ts",
  "test/clients/matrix.test.ts",
  "test/faults/sealed-store.test.ts",
  "test/sessions/hostile-environment.test.ts",
  "test/sessions/single-flight.test.ts",
  "test/faults/rotation-storm.test.ts",
  "test/faults/admin-offboard.test.ts",
  "test/faults/rotation-matrix.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) =>
      longest.findIndex((name) => moduleId.endsWith(`/${name}`));
    const sorted = await super.sort(files);
    const first = sorted.filter((file) => placeOf(file) >= 0);
    first.sort((a, b) => placeOf(a) - placeOf(b));
    return [...first, ...sorted.filter((file) => placeOf(file) < 0)];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // At once within a file whose tests are marked as concurrent.
    maxConcurrency: 3,
    // Tests of whole processes mostly wait, so four run at once even on two cores.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    // Ends what hangs. On an idle machine every test needs less than a tenth of it.
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // A missing golden file fails the test; `vitest --update` creates it.
    update: "none",
    reporters: ["default", ["json", { outputFile: "build/test-report.json" }]],
    projects: [
      // They share nothing but modules, so a worker keeps those for its next file.
      { extends: true, test: { name: "unit", include: unit, isolate: false } },
      { extends: true, test: { name: "tidy", include: tidy, isolate: false } },
      {
        extends: true,
        test: {
          name: "processes",
          include: ["test/**/*.test.ts"],
          exclude: [...unit, ...tidy],
        },
      },
    ],
  },
});
