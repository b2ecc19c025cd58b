import { describe, expect, it } from "vitest";
import { tablesOf } from "../../../lab/receipts/tables.ts";
import { judgeEquality } from "../../../lab/receipts/verdicts.ts";
import { acked, eventRow, intent, orderRow, refused, unknown, verdictsOf } from "../../support/receipts.ts";

const inserted = { op: "insert", opId: "a", from: 0, delta: "10.00", value: "a" } as const;
const updated = { op: "update", opId: "b", from: 1, delta: "2.50", value: "b" } as const;
const deleted = { op: "delete", opId: "c", from: 2 } as const;

const rowAfterInsert = orderRow({ version: 1, ref: "a", total: "10.00" });
const rowAfterUpdate = orderRow({ version: 2, ref: "b", total: "12.50" });
const insertEvent = eventRow("a", "insert", 1, "10.00");
const updateEvent = eventRow("b", "update", 2, "2.50");
const deleteEvent = eventRow("c", "delete", 3);

describe("a side where everything is as the users were told", () => {
  it("has no verdict after an insert and an update", async () => {
    const rows = [rowAfterUpdate, insertEvent, updateEvent];
    expect(await verdictsOf([acked(inserted), acked(updated, "green")], rows)).toEqual([]);
  });

  it("has no verdict after a delete", async () => {
    const rows = [insertEvent, updateEvent, deleteEvent];
    expect(await verdictsOf([acked(inserted), acked(updated), acked(deleted)], rows)).toEqual([]);
  });

  it("may show a write of unknown end, or not show it", async () => {
    const record = [acked(inserted), unknown(updated)];
    expect(await verdictsOf(record, [rowAfterInsert, insertEvent])).toEqual([]);
    expect(await verdictsOf(record, [rowAfterUpdate, insertEvent, updateEvent])).toEqual([]);
  });

  it("may show a write whose answer the load did not live to see", async () => {
    const record = [acked(inserted), [intent(updated)]];
    expect(await verdictsOf(record, [rowAfterUpdate, insertEvent, updateEvent])).toEqual([]);
  });

  it("may show an insert of unknown end, whose key only its event tells", async () => {
    expect(await verdictsOf([unknown(inserted)], [rowAfterInsert, insertEvent])).toEqual([]);
    expect(await verdictsOf([unknown(inserted)], [])).toEqual([]);
  });

  it("may have done a delete of unknown end, or not", async () => {
    const record = [acked(inserted), unknown({ ...deleted, from: 1 })];
    expect(await verdictsOf(record, [insertEvent, eventRow("c", "delete", 2)])).toEqual([]);
    expect(await verdictsOf(record, [rowAfterInsert, insertEvent])).toEqual([]);
  });

  it("shows a write that was refused first and acked on a later try", async () => {
    const record = [acked(inserted), refused(updated), acked(updated)];
    expect(await verdictsOf(record, [rowAfterUpdate, insertEvent, updateEvent])).toEqual([]);
  });

  it("does not show a write that was refused", async () => {
    expect(await verdictsOf([acked(inserted), refused(updated)], [rowAfterInsert, insertEvent])).toEqual([]);
  });
});

describe("lost", () => {
  it("names an acked write without event", async () => {
    expect(await verdictsOf([acked(inserted), acked(updated)], [rowAfterInsert, insertEvent])).toEqual([
      "lost order_events/b",
      "stale orders/7",
    ]);
  });

  it("names a total that is not the sum of its deltas", async () => {
    const overwritten = orderRow({ version: 2, ref: "b", total: "2.50" });
    expect(await verdictsOf([acked(inserted), acked(updated)], [overwritten, insertEvent, updateEvent])).toEqual([
      "lost orders/7",
    ]);
  });

  it("names an acked order that is gone although nobody deleted it", async () => {
    expect(await verdictsOf([acked(inserted)], [insertEvent])).toEqual(["half orders/7", "lost orders/7"]);
  });

  it("names an acked write whose event tells of another one", async () => {
    const other = eventRow("a", "insert", 1, "11.00");
    const row = orderRow({ version: 1, ref: "a", total: "11.00" });
    expect(await verdictsOf([acked(inserted)], [row, other])).toEqual(["lost order_events/a"]);
  });
});

describe("stale", () => {
  it("names an older version than the last acked", async () => {
    const rows = [rowAfterInsert, insertEvent, updateEvent];
    expect(await verdictsOf([acked(inserted), acked(updated)], rows)).toContain("stale orders/7");
  });

  it("names content that no write left behind", async () => {
    const spoilt = orderRow({ version: 1, ref: "a", total: "10.00", value: "__debezium_unavailable_value" });
    expect(await verdictsOf([acked(inserted)], [spoilt, insertEvent])).toEqual(["stale orders/7"]);
  });

  it("stays quiet where a later unknown write was done", async () => {
    const rows = [rowAfterUpdate, insertEvent, updateEvent];
    expect(await verdictsOf([acked(inserted), unknown(updated)], rows)).toEqual([]);
  });

  it("does not excuse a row by an unknown write that came before the last acked one", async () => {
    const later = { op: "update", opId: "d", from: 2, delta: "1.00", value: "d" } as const;
    const rows = [rowAfterUpdate, insertEvent, updateEvent, eventRow("d", "update", 3, "1.00")];
    expect(await verdictsOf([acked(inserted), unknown(updated), acked(later)], rows)).toContain("stale orders/7");
  });
});

describe("duplicate", () => {
  it("names a second event of the same operation", async () => {
    expect(await verdictsOf([acked(inserted)], [rowAfterInsert, insertEvent, insertEvent])).toEqual([
      "duplicate order_events/a",
    ]);
  });

  it("names a copy of a row", async () => {
    const copy = orderRow({ id: "8", version: 1, ref: "a", total: "10.00" });
    const found = await verdictsOf([acked(inserted)], [rowAfterInsert, copy, insertEvent]);
    expect(found).toContain("duplicate orders/8");
    expect(found.filter((one) => one.endsWith("orders/7"))).toEqual([]);
  });

  it("names an insert that was acked as two orders", async () => {
    const second = orderRow({ id: "8", version: 1, ref: "a", total: "10.00" });
    const record = [acked(inserted), acked({ ...inserted, key: "8" }, "green")];
    expect(await verdictsOf(record, [rowAfterInsert, second, insertEvent])).toContain("duplicate order_events/a");
  });

  it("stays quiet where the same operation is acked again with the same result", async () => {
    expect(await verdictsOf([acked(inserted), acked(inserted)], [rowAfterInsert, insertEvent])).toEqual([]);
  });
});

describe("resurrected", () => {
  const record = [acked(inserted), acked({ ...deleted, from: 1 })];

  it("names an order that is there after its delete was acked", async () => {
    const rows = [rowAfterInsert, insertEvent, eventRow("c", "delete", 2)];
    expect(await verdictsOf(record, rows)).toEqual(["half orders/7", "resurrected orders/7"]);
  });

  it("stays quiet where the delete was refused", async () => {
    const kept = [acked(inserted), refused({ ...deleted, from: 1 })];
    expect(await verdictsOf(kept, [rowAfterInsert, insertEvent])).toEqual([]);
  });
});

describe("ghost", () => {
  it("names an event that nobody sent", async () => {
    const rows = [rowAfterInsert, insertEvent, eventRow("z", "update", 1, "0")];
    expect(await verdictsOf([acked(inserted)], rows)).toEqual(["ghost order_events/z"]);
  });

  it("names a write whose last answer was refused", async () => {
    const rows = [rowAfterUpdate, insertEvent, updateEvent];
    expect(await verdictsOf([acked(inserted), refused(updated)], rows)).toEqual([
      "ghost order_events/b",
      "ghost orders/7",
      "stale orders/7",
    ]);
  });

  it("names an order that nobody inserted", async () => {
    const row = orderRow({ id: "9", version: 1, ref: "z", total: "0.00" });
    expect(await verdictsOf([acked(inserted)], [rowAfterInsert, insertEvent, row])).toContain("ghost orders/9");
  });
});

describe("half", () => {
  it("names an event that is ahead of its row", async () => {
    const rows = [rowAfterInsert, insertEvent, updateEvent];
    expect(await verdictsOf([acked(inserted), unknown(updated)], rows)).toEqual(["half orders/7", "lost orders/7"]);
  });

  it("names events of an order that is nowhere", async () => {
    expect(await verdictsOf([unknown(inserted)], [insertEvent])).toEqual(["half orders/7"]);
  });

  it("names a delete whose order is still there, also where nobody was told that it is done", async () => {
    const rows = [rowAfterInsert, insertEvent, eventRow("c", "delete", 2)];
    expect(await verdictsOf([acked(inserted), unknown({ ...deleted, from: 1 })], rows)).toEqual(["half orders/7"]);
  });
});

describe("unequal", () => {
  const compare = async (blue: Parameters<typeof tablesOf>[0], green: Parameters<typeof tablesOf>[0]) =>
    judgeEquality(await tablesOf(blue), await tablesOf(green)).map(({ subject, why }) => `${subject}: ${why}`);

  it("names a row that differs, and rows that only one side has", async () => {
    const blue = [rowAfterInsert, insertEvent];
    const green = [rowAfterUpdate, updateEvent];
    expect(await compare(blue, green)).toEqual([
      "orders/7: blue and green differ",
      "order_events/a: only blue has it",
      "order_events/b: only green has it",
    ]);
  });

  it("stays quiet where both sides have the same rows", async () => {
    expect(await compare([rowAfterInsert, insertEvent], [insertEvent, rowAfterInsert])).toEqual([]);
  });
});
