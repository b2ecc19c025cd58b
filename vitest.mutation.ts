import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The quick tests that speak of each pure room. What only a whole run of the guard shows is no statement about a room. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  ledger: ["test/spec/ledger/**/*.test.ts", "test/property/evolve.property.test.ts"],
  actuation: ["test/spec/actuation/**/*.test.ts", "test/property/conditions.property.test.ts"],
  decision: ["test/spec/decision/**/*.test.ts", "test/property/{decide,evolve}.property.test.ts"],
  snapshot: ["test/spec/snapshot/**/*.test.ts", "test/property/rows.property.test.ts"],
  policy: [
    "test/spec/policy/**/*.test.ts",
    "test/property/{policy,evidence,lint,lint-claims,diff,judge-fuzz,reuse}.property.test.ts",
  ],
};

/** Most broken places are found by a quick test: the laws, and the specs that draw or lint a great deal, come last. */
const SLOW = /\/property\/|\/(statistics|diff-proven|lint-size|lint)\.test\.ts$/;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification): number => Number(SLOW.test(moduleId));
    return files.toSorted((a, b) => isSlow(a) - isSlow(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

const room = (process.env["MUTATED_ROOM"] ?? "ledger").split("/")[0] ?? "";

export default defineConfig({
  plugins: [
    {
      // A law that breaks does so within the first hundred cases, or it is a poor guard of that place.
      name: "fewer-runs",
      enforce: "pre",
      transform: (code, id) =>
        id.endsWith(".property.test.ts")
          ? code.replace(/numRuns: [\d_]+/g, "numRuns: 100").replace(/CASES = [\d_]+/, "CASES = 500")
          : undefined,
    },
  ],
  test: {
    include: [...(TESTS[room] ?? [])],
    setupFiles: ["test/support/same-seed.ts"],
    testTimeout: 30_000,
    sequence: { sequencer: QuickFirst },
    // Each run loads the room anew, all the same; the files of one run share it.
    isolate: false,
    passWithNoTests: false,
  },
});
