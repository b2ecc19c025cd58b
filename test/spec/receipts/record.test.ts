import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ordersFromRecord } from "../../../lab/load/known-orders.ts";
import { openRecorder } from "../../../lab/load/recorder.ts";
import { type RecordLine, readRecord } from "../../../lab/receipts/record.ts";
import { acked, intent, read, refused, unknown } from "../../support/receipts.ts";

const inserted = { op: "insert", opId: "a", from: 0, delta: "10.00", value: "a" } as const;
const updated = { op: "update", opId: "b", from: 1, delta: "2.50", value: "b" } as const;
const deleted = { op: "delete", opId: "c", from: 2 } as const;

describe("a record on disk", () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "pawl-record-"));
    path = join(dir, "receipts.ndjson");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (...lines: readonly (readonly RecordLine[])[]): void => {
    const recorder = openRecorder(path);
    for (const line of lines.flat()) recorder.write(line);
    recorder.close();
  };
  const lines = async (): Promise<readonly RecordLine[]> => {
    const all: RecordLine[] = [];
    for await (const line of readRecord(path)) all.push(line);
    return all;
  };

  it("is read as it was written, and only ever appended to", async () => {
    write(acked(inserted));
    write(acked(updated));
    expect(await lines()).toEqual([...acked(inserted), ...acked(updated)]);
  });

  it("may end in a torn line, as a killed load leaves it", async () => {
    write(acked(inserted));
    appendFileSync(path, '{"type":"int');
    expect(await lines()).toEqual(acked(inserted));
  });

  it("may not be torn in the middle", async () => {
    appendFileSync(path, '{"type":"int\n');
    write(acked(inserted));
    await expect(lines()).rejects.toThrow("line 1");
  });

  it("tells a load what its users have, have seen, and are in doubt about", async () => {
    const other = { ...inserted, opId: "x", key: "8" };
    write(acked(inserted), acked(updated), read(1), acked(other), unknown({ ...updated, opId: "y", key: "8" }));
    const orders = (await ordersFromRecord(path)).get("ada");
    expect(orders).toMatchObject([
      { key: "7", seen: 2, doubt: "none", content: null },
      { key: "8", seen: 1, doubt: "alone" },
    ]);
  });

  it("leaves a write without answer in doubt, and forgets what was deleted", async () => {
    write(acked(inserted), [intent(updated)]);
    expect((await ordersFromRecord(path)).get("ada")).toMatchObject([{ key: "7", seen: 1, doubt: "alone" }]);
    write(acked(updated), refused(deleted), acked(deleted));
    expect((await ordersFromRecord(path)).get("ada")).toEqual([]);
  });

  it("tells nothing where there is none yet", async () => {
    expect((await ordersFromRecord(path)).size).toBe(0);
  });
});
