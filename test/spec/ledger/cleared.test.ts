import { describe, expect, it } from "vitest";
import type { LedgerRecord } from "../../../src/decision/record.ts";
import type { CutoverState, OutboxEntry } from "../../../src/decision/state.ts";
import { cleared } from "../../../src/ledger/compose.ts";
import { atTenPercent } from "../../contract/sample-state.ts";

const before: CutoverState = { ...atTenPercent("orders"), version: 7 };
const notification = { subject: "s", body: "b", urgency: "page" } as const;
const record = { seq: 1 } as LedgerRecord;
const entry = (id: string, of: Partial<OutboxEntry>): OutboxEntry => ({ id, at: before.armedAt, ...of });
const full: CutoverState = {
  ...before,
  outbox: [entry("a", { record, notification }), entry("b", { record }), entry("c", { notification })],
};
const ids = (...of: readonly string[]) => new Set(of);

describe("an outbox that was carried where it belongs", () => {
  it("keeps what came in meanwhile, and of an entry what has not arrived, in a write of its own", () => {
    expect(cleared(full, { recorded: ids("a", "b"), told: ids() }, "w9")).toEqual({
      ...before,
      version: 8,
      writeId: "w9",
      outbox: [entry("a", { notification }), entry("c", { notification })],
    });
    expect(cleared(full, { recorded: ids(), told: ids("a", "c") }, "w9").outbox).toEqual([
      entry("a", { record }),
      entry("b", { record }),
    ]);
  });

  it("is left as it is where somebody else has taken all of it out", () => {
    expect(cleared(full, { recorded: ids("x", "c"), told: ids("b") }, "w9")).toBe(full);
  });
});
