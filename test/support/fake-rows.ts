import type { DatabasePort, RowDigest, TableRows } from "../../src/cdc/ports.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../src/kernel/result.ts";

/** One side's rows, by table and key, with what stands in each; `order` is how this side sorts its keys. */
export interface FakeRows {
  readonly tables: Readonly<Record<string, Map<string, string>>>;
  readonly order: (one: string, other: string) => number;
  /** Runs before each question is answered: lets time pass, or the rows change. */
  asked: (what: "rowsAfter" | "rowsByKey", rows: TableRows, timeoutMs: number) => void;
  /** Answers nothing in time. */
  isSlow: boolean;
}

export const codeUnitOrder = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

export const fakeRows = (tables: FakeRows["tables"], order: FakeRows["order"] = codeUnitOrder): FakeRows => ({
  ...{ tables, order },
  asked: () => {},
  isSlow: false,
});

export const rowsPort = (side: FakeRows): Pick<DatabasePort, "columns" | "rowsAfter" | "rowsByKey"> => {
  const answer = (
    what: "rowsAfter" | "rowsByKey",
    rows: TableRows,
    timeoutMs: number,
    keysOf: (all: Map<string, string>) => readonly string[],
  ): Result<readonly RowDigest[], OutsideFailure> => {
    side.asked(what, rows, timeoutMs);
    if (side.isSlow) return outsideFailure("timed-out", "PostgreSQL: canceling statement due to statement timeout");
    const all = side.tables[rows.table.plain] ?? new Map<string, string>();
    const digestOf = (key: string): string => (rows.columns.length === 0 ? "" : (all.get(key) ?? ""));
    return ok(keysOf(all).map((key) => ({ key, digest: digestOf(key) })));
  };
  return {
    columns: async () => ok(["id", "total"]),
    rowsAfter: async (rows, after, limit, timeoutMs) =>
      answer("rowsAfter", rows, timeoutMs, (all) =>
        [...all.keys()]
          .sort(side.order)
          .filter((key) => after === null || side.order(key, after) > 0)
          .slice(0, limit),
      ),
    rowsByKey: async (rows, keys, timeoutMs) =>
      answer("rowsByKey", rows, timeoutMs, (all) => keys.filter((key) => all.has(key))),
  };
};
