/**
 * Mutation testing of the pure rooms: the code is broken on purpose, one place at a time, and some spec or law has to
 * notice. `./scripts/mutation [room]`; never in CI, because a room takes many minutes.
 *
 * @see docs/decisions/mutation.md
 */
const room = process.env.MUTATED_ROOM ?? "ledger";
const named = room.replaceAll(/[/,]/g, "-").slice(0, 60);

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutation.ts", related: false },
  mutate: room.split(",").map((part) => (part.endsWith(".ts") ? `src/${part}` : `src/${part}/**/*.ts`)),
  // Only the tests that reach a mutant are run against it.
  coverageAnalysis: "perTest",
  // Constants are behaviour too: the soak's length, the order of the worst. They cost a fresh start each, so they are few.
  ignoreStatic: false,
  concurrency: 1,
  timeoutMS: 8_000,
  incremental: true,
  incrementalFile: `.build/mutation/${named}.incremental.json`,
  tempDirName: `.build/mutation/sandbox-${named}`,
  // biome.json: a second one inside the checkout would stop the linter while this runs.
  ignorePatterns: [".build", ".serverless", ".pawl", "docs/model", "biome.json"],
  // TypeScript 7 has no compiler API for Stryker to rewrite the settings with, and nothing is compiled.
  tsconfigFile: "no-tsconfig.json",
  reporters: ["clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `.build/mutation/${named}.json` },
  thresholds: { high: 98, low: 95, break: 95 },
};
