import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { togetherFaults } from "../../../scripts/template/check-together.ts";
import { readCutovers } from "../../../scripts/template/read-cutovers.ts";
import type { StreamBinding } from "../../../src/signals/bindings.ts";
import type { PinnedCutover } from "../../../src/signals/routes.ts";

const root = join(import.meta.dirname, "../../..");
const [orders] = readCutovers(root) as readonly [PinnedCutover];
const [route] = orders.routes;
if (route === undefined) throw new Error("unreachable");

const renamed = (stream: StreamBinding): StreamBinding => ({
  source: `${stream.source}-2`,
  sink: `${stream.sink}-2`,
  group: `${stream.group}-2`,
  topics: stream.topics.map(moved),
  slot: `${stream.slot}_2`,
  publication: `${stream.publication}_2`,
  origin: `${stream.origin}_2`,
});

const moved = (name: string): string => name.replace("appdb.", "paydb.");

/** Another path of the same listener: everything of its own, a schema too, its rule right below the first one's. */
const payments: PinnedCutover = {
  ...orders,
  name: "payments",
  routes: [
    {
      ...route,
      weightedRuleArn: `${route.weightedRuleArn}2`,
      pin: { ruleArn: `${route.pin.ruleArn}2`, raisedPriority: 102, parkedPriority: 104 },
    },
  ],
  tables: orders.tables.map((table) => ({ ...table, name: moved(table.name) })),
  streams: { forward: renamed(orders.streams.forward), reverse: renamed(orders.streams.reverse) },
};

const withPins = (raisedPriority: number, parkedPriority: number): PinnedCutover => ({
  ...payments,
  routes: payments.routes.map((one) => ({ ...one, pin: { ...one.pin, raisedPriority, parkedPriority } })),
});

describe("two cutovers of one stack", () => {
  test("may stand on one listener, each with its own rules, numbers, streams and schema", () => {
    expect(togetherFaults([orders, payments])).toEqual([]);
    // Parked far away: whether a raised pin overtakes anything the rules tell, not the numbers.
    expect(togetherFaults([orders, withPins(98, 50_000)])).toEqual([]);
  });

  test("and two routes of one cutover cannot both have a number", () => {
    const second = {
      ...route,
      weightedRuleArn: `${route.weightedRuleArn}2`,
      pin: { ...route.pin, ruleArn: `${route.pin.ruleArn}2`, parkedPriority: 103 },
    };
    expect(togetherFaults([{ ...orders, routes: [route, second] }])).toEqual([
      expect.stringMatching(
        /^Two routes of policies\/orders\/cutover\.json want one number for their pins on .*99 and 103, 99 and 101/,
      ),
    ]);
  });

  test.each<[string, PinnedCutover, string]>([
    ["a rule", { ...payments, routes: [{ ...route, pin: payments.routes[0]?.pin ?? route.pin }] }, "the rule "],
    [
      "a number for their pins: one could not park while the other is raised",
      withPins(101, 104),
      "want one number for their pins on",
    ],
    [
      "a connector: to decommission one would delete the other's",
      {
        ...payments,
        streams: {
          ...payments.streams,
          reverse: { ...payments.streams.reverse, sink: orders.streams.reverse.sink },
        },
      },
      "the connector ",
    ],
    [
      "a slot",
      {
        ...payments,
        streams: {
          ...payments.streams,
          forward: { ...payments.streams.forward, slot: orders.streams.forward.slot },
        },
      },
      "the slot ",
    ],
    ["a table", { ...payments, tables: orders.tables }, "tables in the schema appdb"],
    [
      "a schema: pawl's tables and functions there are named alike, and the second would take over the first's",
      { ...payments, tables: orders.tables.map((table) => ({ ...table, name: `${table.name}_2` })) },
      "tables in the schema appdb",
    ],
    [
      "a schema by a table that is not the first",
      { ...payments, tables: [...payments.tables, { name: "appdb.refunds", key: "id" }] },
      "tables in the schema appdb",
    ],
  ])("may not share %s", (_what, other, claim) => {
    const faults = togetherFaults([orders, other]);
    expect(faults).not.toEqual([]);
    for (const fault of faults) {
      expect(fault).toContain("policies/payments/cutover.json and policies/orders/cutover.json ");
      expect(fault).toContain(claim);
    }
  });
});

test("of one schema it is said what to do: one cutover of both, or a schema or a stack of its own", () => {
  const refunds = { ...payments, tables: [{ name: "appdb.refunds", key: "id" }] };
  expect(togetherFaults([orders, refunds])).toEqual([
    expect.stringMatching(/Make one cutover of both, with the tables of both, or give each a schema.*a stack/),
  ]);
});

test("a folder copied without a new name in it is refused", () => {
  const copy = mkdtempSync(join(tmpdir(), "pawl-cutovers-"));
  try {
    cpSync(join(root, "policies/orders"), join(copy, "policies/orders"), { recursive: true });
    mkdirSync(join(copy, "policies/payments"));
    writeFileSync(join(copy, "policies/payments/cutover.json"), JSON.stringify(orders));
    expect(() => readCutovers(copy)).toThrow(/policies\/payments\/cutover.json describes the cutover "orders"/);
  } finally {
    rmSync(copy, { recursive: true });
  }
});
