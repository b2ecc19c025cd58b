import { expect, it } from "vitest";
import type { CutoverState } from "../../../src/decision/state.ts";
import { cleared } from "../../../src/ledger/compose.ts";
import { atTenPercent } from "../../contract/sample-state.ts";

it("an outbox that was carried where it belongs keeps what came in meanwhile, in a write of its own", () => {
  const before: CutoverState = { ...atTenPercent("orders"), version: 7 };
  const full = { ...before, outbox: ["a", "b", "c"].map((id) => ({ id })) };
  expect(cleared(full, new Set(["a", "c"]), "w9")).toEqual({
    ...before,
    version: 8,
    writeId: "w9",
    outbox: [{ id: "b" }],
  });
});
