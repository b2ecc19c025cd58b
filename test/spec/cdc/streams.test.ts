import { describe, expect, it } from "vitest";
import type { ConnectorState } from "../../../src/cdc/ports.ts";
import { streamsOver } from "../../../src/cdc/streams.ts";
import { durationMs, epochMs } from "../../../src/kernel/units.ts";
import { SIGNALS } from "../../../src/signals/catalogue.ts";
import type { Observation } from "../../../src/signals/observation.ts";
import { shopCutover } from "../../support/cdc-facts.ts";
import { digest, type FakeCdc, healthyCdc } from "../../support/fake-cdc.ts";

const read = (cdc: FakeCdc) =>
  streamsOver(cdc.ports, () => epochMs(60_000), digest).read(shopCutover, durationMs(5_000));
const told = (observation: Observation | undefined): unknown =>
  observation?.known === true ? observation.value : "unknown";
const seenAfter = async (spoil: (cdc: FakeCdc) => unknown, ...names: readonly string[]) => {
  const cdc = await healthyCdc();
  spoil(cdc);
  const observed = await read(cdc);
  return names.map((name) => told(observed[`forward.${name}`]));
};
const ORDERS = "migration.appdb.orders";

describe("one reading of the streams", () => {
  it("has every signal of the catalogue that only the inside of the VPC can see, and no other", async () => {
    const observed = await read(await healthyCdc());
    // What is new among the conflicts only the guard knows, which remembers how many there were when it was armed.
    const wanted = Object.keys(SIGNALS)
      .filter((path) => /^(forward|reverse|conflicts|sequences)\./.test(path))
      .filter((path) => path !== "conflicts.new");

    expect(Object.keys(observed).sort()).toEqual(wanted.sort());
    expect(Object.values(observed).every((observation) => observation.readAt === 60_000)).toBe(true);
  });

  it("says that healthy streams are healthy", async () => {
    expect(
      await seenAfter(
        () => {},
        "state",
        "tasksRunning",
        "tasksExpected",
        "lagRecords",
        "lagSeconds",
        "drained",
        "stalled",
        "dataGap",
      ),
    ).toEqual([...["RUNNING", 2, 2, 0, 1, true, false, false]]);
  });

  it.each<[ConnectorState, ConnectorState, ConnectorState]>([
    ["RUNNING", "FAILED", "FAILED"],
    ["PAUSED", "RUNNING", "PAUSED"],
    ["UNASSIGNED", "PAUSED", "PAUSED"],
    ["STOPPED", "FAILED", "FAILED"],
    ["ABSENT", "FAILED", "ABSENT"],
  ])("takes the worst of source %s and sink %s: %s", async (source, sink, worst) => {
    const spoil = (cdc: FakeCdc) => {
      cdc.statuses.set("blue-to-green-sync", {
        state: source,
        tasksRunning: source === "RUNNING" ? 1 : 0,
        trace: null,
      });
      cdc.statuses.set("green-sync-sink", { state: sink, tasksRunning: sink === "RUNNING" ? 1 : 0, trace: null });
    };

    expect(await seenAfter(spoil, "state")).toEqual([worst]);
  });

  it("measures a token's age by the source's clock alone", async () => {
    const spoil = (cdc: FakeCdc) => {
      cdc.sides.blue.clockMs = 1_030_000;
      cdc.sides.green.clockMs = 9;
    };

    expect(await seenAfter(spoil, "lagSeconds", "stalled", "drained")).toEqual([31, true, false]);
  });

  it.each([
    ["an hour", 1_000_000 - 3_600_000, ["unknown", "unknown", "unknown"]],
    ["little more than a second", 997_999, ["unknown", "unknown", "unknown"]],
    ["a second, as a correction would", 998_000, [0, false, true]],
  ])("takes no token for new because the source's clock went back by %s", async (_, clockMs, expected) => {
    const spoil = (cdc: FakeCdc) => Object.assign(cdc.sides.blue, { clockMs });

    expect(await seenAfter(spoil, "lagSeconds", "stalled", "drained")).toEqual(expected);
  });

  it.each<[string, (cdc: FakeCdc) => unknown]>([
    ["the slot is gone", (cdc) => Object.assign(cdc.sides.blue, { slotExists: false })],
    ["the slot is lost", (cdc) => Object.assign(cdc.sides.blue, { walStatus: "lost" })],
    ["records expired", (cdc) => cdc.positions.set(ORDERS, { committed: 2n, start: 5n, end: 10n })],
    ["a topic was made again", (cdc) => cdc.positions.set(ORDERS, { committed: 1n, start: 0n, end: 1n })],
    ["a configuration was changed", (cdc) => cdc.configs.set("green-sync-sink", { "tasks.max": "1" })],
    ["the source failed over", (cdc) => Object.assign(cdc.sides.blue, { timeline: 2 })],
    [
      "the target failed over, and may have lost what was applied",
      (cdc) => Object.assign(cdc.sides.green, { timeline: 2 }),
    ],
    [
      "what a side remembers of the ends is no offset",
      (cdc) => Object.assign(cdc.sides.green.seeds[0]?.facts ?? {}, { ends: { [`${ORDERS}/0`]: "many" } }),
    ],
    ["one side does not remember being seeded", (cdc) => cdc.sides.green.seeds.splice(0)],
    ["a trigger that versions the source's writes is off", (cdc) => cdc.sides.blue.denied.push("'pawl_app'")],
    ["the source's publication leaves something out", (cdc) => cdc.sides.blue.denied.push("'pawl_forward'")],
    ["the source sends half of a changed row", (cdc) => cdc.sides.blue.denied.push("relreplident")],
    ["a subscription writes a table of the source", (cdc) => cdc.sides.blue.denied.push("pg_subscription_rel")],
    ["a trigger over what the sink applies is off", (cdc) => cdc.sides.green.denied.push("'pawl_sync'")],
  ])("has a gap when %s", async (_, spoil) => {
    expect(await seenAfter(spoil, "dataGap")).toEqual([true]);
  });

  it("has a gap for certain where one side shows it and the other one cannot be read", async () => {
    const spoil = (cdc: FakeCdc) => {
      cdc.sides.blue.denied.push("'pawl_app'");
      cdc.sides.green.reachable = false;
    };

    expect(await seenAfter(spoil, "dataGap")).toEqual([true]);
  });

  it("has none of what only the other stream needs", async () => {
    const spoil = (cdc: FakeCdc) => {
      cdc.sides.green.denied.push("'pawl_app'", "relreplident", "'pawl_reverse'");
      cdc.sides.blue.denied.push("'pawl_sync'");
    };

    expect(await seenAfter(spoil, "dataGap")).toEqual([false]);
  });

  it("does not deny a gap that it could not look for", async () => {
    expect(
      await seenAfter(
        (cdc) => Object.assign(cdc.sides.green, { reachable: false }),
        "dataGap",
        "lagRecords",
        "lagSeconds",
      ),
    ).toEqual([...["unknown", 0, "unknown"]]);
  });

  it("does not say of a lost slot that nothing limits it", async () => {
    const cdc = await healthyCdc();
    Object.assign(cdc.sides.blue, { walStatus: "lost", safeBytes: null });
    Object.assign(cdc.sides.green, { safeBytes: null });
    const observed = await read(cdc);

    expect(observed["forward.slotSafeBytes"]).toMatchObject({ known: false, reason: "the slot is lost" });
    expect(observed["reverse.slotSafeBytes"]).toMatchObject({
      known: false,
      reason: expect.stringMatching("max_slot_wal_keep_size is -1"),
    });
  });

  it("has nothing left of a slot that is past its limit and not lost yet, which PostgreSQL tells as less than nothing", async () => {
    const cdc = await healthyCdc();
    Object.assign(cdc.sides.blue, { walStatus: "unreserved", safeBytes: -16_777_216 });
    const observed = await read(cdc);

    // Less than 0 is outside the signal's range: a recording that holds it is none.
    expect(told(observed["forward.slotSafeBytes"])).toBe(0);
  });

  it("counts a conflict that both sides stored once", async () => {
    const cdc = await healthyCdc();
    cdc.sides.blue.conflicts.push("orders/1/5blue", "orders/2/6blue");
    cdc.sides.green.conflicts.push("orders/1/5blue");

    expect(told((await read(cdc))["conflicts.total"])).toBe(2);
  });

  it("does not call it no dead letters where the sink passes over errors", async () => {
    const spoil = (cdc: FakeCdc) =>
      cdc.configs.set("green-sync-sink", { ...cdc.configs.get("green-sync-sink"), "errors.tolerance": "all" });

    expect(await seenAfter(spoil, "deadLetters", "dataGap")).toEqual(["unknown", true]);
  });
});
