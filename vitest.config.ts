import { defineConfig } from "vitest/config";

const fast = ["spec", "property", "contract", "architecture", "simulation"].map((name) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 30_000 },
}));

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/closing-line.ts"],
    passWithNoTests: false,
    projects: [
      ...fast,
      {
        extends: true as const,
        // The real stack: PostgreSQL, Kafka, Connect. One file at a time, or two stacks fight over two cores.
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
