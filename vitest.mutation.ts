import { defineConfig } from "vitest/config";

/** The quick tests that speak of each pure room. What only a whole run of the guard shows is no statement about a room. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  ledger: ["test/spec/ledger/**/*.test.ts", "test/property/evolve.property.test.ts"],
  actuation: ["test/spec/actuation/**/*.test.ts", "test/property/conditions.property.test.ts"],
  decision: ["test/spec/decision/**/*.test.ts", "test/property/{decide,evolve}.property.test.ts"],
  snapshot: ["test/spec/snapshot/**/*.test.ts", "test/property/rows.property.test.ts"],
  policy: [
    "test/spec/policy/**/*.test.ts",
    "test/property/{policy,evidence,lint,diff,judge-fuzz,reuse}.property.test.ts",
  ],
};

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
    passWithNoTests: false,
  },
});
