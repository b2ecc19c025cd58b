import { expect, it } from "vitest";
import { appliedLines } from "../../../src/cli/commands/cdc-apply.ts";

const counts = { done: 0, already: 91, tookMs: 2_340 };

it("cdc apply that only mended says that it compared nothing, and not that 0 rows are equal", () => {
  expect(appliedLines("orders", { ...counts, rowsCompared: null })[0]).toBe(
    "CDC of orders runs both ways: 0 done, 91 there already, no row compared, as both streams were seeded before, 2.3 s.",
  );
});

it("cdc apply that seeded says how many rows it found equal, be they none", () => {
  for (const rowsCompared of [0, 40_002])
    expect(appliedLines("orders", { ...counts, rowsCompared })[0]).toContain(`, ${rowsCompared} rows compared equal, `);
});
