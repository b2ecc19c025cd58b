import { describe, expect, it } from "vitest";
import { checkBefore } from "../../../src/cdc/check.ts";
import { dismantlingFunctions } from "../../../src/cdc/dismantle.ts";
import type { DatabaseFacts } from "../../../src/cdc/facts.ts";
import { fenceFunctions } from "../../../src/cdc/fence.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { database, shopCutover, soundFacts } from "../../support/cdc-facts.ts";

const { forward } = shopCutover.streams;
const customers: CutoverBindings = {
  ...shopCutover,
  name: "customers",
  tables: [{ name: "appdb.customers", key: "id" }],
  streams: { ...shopCutover.streams, forward: { ...forward, slot: "customers_sync" } },
};

/** The bodies as `pg_proc` holds them once this cutover has been applied on blue. */
const functionsOf = (cutover: CutoverBindings): DatabaseFacts["pawlFunctions"] =>
  [...fenceFunctions(cutover, "blue"), ...dismantlingFunctions(cutover, "blue")].flatMap(({ sql }) => {
    const [, name, body] = /\.(pawl_set_fence|pawl_drop_slot)\([\s\S]*?\$pawl\$([\s\S]*)\$pawl\$/.exec(sql) ?? [];
    return name === undefined || body === undefined ? [] : [{ schema: "appdb", name, body }];
  });
const OWN_TRIGGERS = ["appdb.orders", "appdb.pawl_tombstone", "appdb.pawl_token"];
const refusedOn = (of: Partial<DatabaseFacts>) =>
  checkBefore(shopCutover, soundFacts({ blue: database("blue", of) })).map(({ name, what, remedy, statements }) => ({
    ...{ name, what, remedy, sql: statements?.map(({ sql }) => sql) ?? [] },
  }));

describe("what pawl has made in a database belongs to the cutover that it was made for:", () => {
  it("this one's own is applied again without a word", () => {
    expect(functionsOf(shopCutover).map(({ name }) => name)).toEqual(["pawl_set_fence", "pawl_drop_slot"]);
    expect(refusedOn({ pawlTriggers: OWN_TRIGGERS, pawlFunctions: functionsOf(shopCutover) })).toEqual([]);
  });

  it("so is this one's with a table less: one was added since", () => {
    const before = { ...shopCutover, tables: [{ name: "appdb.orders", key: "id" }] };
    const grown = { ...shopCutover, tables: [...before.tables, { name: "appdb.refunds", key: "id" }] };
    const blue = database("blue", { pawlTriggers: OWN_TRIGGERS, pawlFunctions: functionsOf(before) });
    expect(checkBefore(grown, soundFacts({ blue })).map(({ name }) => name)).not.toContain("foreign-cutover");
  });

  it("another's is refused while its triggers stand, and nothing is offered to be dropped", () => {
    const refused = refusedOn({
      pawlTriggers: ["appdb.customers", "appdb.pawl_tombstone", "appdb.pawl_token"],
      pawlFunctions: functionsOf(customers),
    });
    expect(refused).toEqual([
      {
        name: "foreign-cutover",
        what: expect.stringMatching(/^On blue, .*: appdb\.customers, slot customers_sync\.$/),
        remedy: expect.stringMatching(/in one cutover, or each cutover's in a schema of its own/),
        sql: [],
      },
    ]);
  });

  it("a table that was taken out of the bindings is refused too: its triggers would write into tables that go", () => {
    expect(refusedOn({ pawlTriggers: [...OWN_TRIGGERS, "appdb.refunds"] })).toMatchObject([
      { name: "foreign-cutover", what: expect.stringContaining("appdb.refunds"), sql: [] },
    ]);
  });

  it("what a complete one left is said, with what would drop it, and is not taken over", () => {
    expect(refusedOn({ pawlFunctions: functionsOf(customers) })).toMatchObject([
      {
        name: "foreign-cutover",
        what: expect.stringContaining("appdb.customers, slot customers_sync"),
        sql: [
          `drop function if exists "appdb".pawl_set_fence(text, boolean)`,
          `drop function if exists "appdb".pawl_drop_slot(text)`,
          `drop function if exists "appdb".pawl_dismantle(text)`,
        ],
      },
    ]);
  });

  it("one of the same tables by another slot is another: taking it apart would drop the wrong slot", () => {
    const other = { ...customers, tables: shopCutover.tables };
    expect(refusedOn({ pawlTriggers: OWN_TRIGGERS, pawlFunctions: functionsOf(other) })).toMatchObject([
      { name: "foreign-cutover", what: expect.stringContaining("slot customers_sync") },
    ]);
  });

  it("functions of these names that pawl has not written are nobody's to replace", () => {
    const body = "begin raise notice 'mine'; end";
    const names = ["pawl_set_fence", "pawl_drop_slot"];
    expect(refusedOn({ pawlFunctions: names.map((name) => ({ schema: "appdb", name, body })) })).toMatchObject([
      { name: "foreign-cutover", what: expect.stringContaining("tables that it does not name, slot of an unknown") },
    ]);
  });
});
