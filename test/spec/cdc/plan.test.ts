import { describe, expect, it } from "vitest";
import { actionsByRight, planCdc } from "../../../src/cdc/plan.ts";
import type { SqlAction } from "../../../src/cdc/plan-types.ts";
import { shopCutover, soundFacts } from "../../support/cdc-facts.ts";

const plan = planCdc(shopCutover, soundFacts());
const actions = plan.phases.flatMap((phase) => phase.actions.map((action) => ({ ...action, phase: phase.name })));
const statements = actions.filter(
  (action): action is SqlAction & { phase: (typeof action)["phase"] } => action.kind === "sql",
);

describe("the plan of a first apply", () => {
  it("goes in start order, fence first and unfence last", () => {
    expect(plan.phases.map(({ name }) => name)).toEqual([
      "fence-green",
      "roles",
      "tables",
      "rights",
      "triggers",
      "publications",
      "topics",
      "forward",
      "sequences",
      "equal",
      "reverse",
      "loop-probe",
      "settle-forward",
      "seed",
      "unfence-green",
    ]);
  });

  it("starts every sink before its source, and forward with a copy that reverse never makes", () => {
    const connectors = actions.filter((action) => action.kind === "connector");

    expect(connectors.map(({ name, config }) => [name, config["snapshot.mode"] ?? "-"])).toEqual([
      ["green-sync-sink", "-"],
      ["blue-to-green-sync", "initial"],
      ["blue-sync-sink", "-"],
      ["green-to-blue-sync", "no_data"],
      ["blue-to-green-sync", "no_data"],
    ]);
  });

  it("says of every statement when it has nothing left to do", () => {
    expect(statements.filter(({ unless }) => unless === undefined || !unless.startsWith("select "))).toEqual([]);
  });

  it("has nothing left to do for a trigger only where it fires for whom it has to", () => {
    const triggers = new Set(statements.flatMap(({ sql }) => sql.match(/^create trigger (\w+)/)?.[1] ?? []));
    const asked = statements.flatMap(({ unless }) => unless?.match(/tgname = '(\w+)' and tgenabled = '([AO])'/) ?? []);
    const state = new Map(asked.flatMap((_, at) => (at % 3 === 0 ? [[asked[at + 1] ?? "", asked[at + 2] ?? ""]] : [])));

    expect([...state.keys()].sort()).toEqual([...triggers].sort());
    expect([state.get("pawl_app"), state.get("pawl_bury"), state.get("pawl_sync"), state.get("pawl_guard")]).toEqual([
      ...["O", "O", "A", "A"],
    ]);
  });

  it("has nothing left to do for a publication only where it sends whole rows and every kind of write", () => {
    const asked = statements.filter(({ sql }) => sql.startsWith("alter publication")).map(({ unless }) => unless);

    expect(asked.filter((unless) => unless?.includes("prqual is not null or prattrs is not null"))).toHaveLength(2);
    expect(asked.filter((unless) => unless?.includes("pubinsert and pubupdate and pubdelete"))).toHaveLength(2);
  });

  it("runs every statement alone", () => {
    const outsideOfBodies = statements.map(({ sql }) => sql.replace(/\$pawl\$[\s\S]*\$pawl\$/g, ""));

    expect(outsideOfBodies.filter((sql) => sql.includes(";"))).toEqual([]);
  });

  it("raises the fence on green alone", () => {
    const fences = statements.filter(({ sql }) => sql.includes("pawl_set_fence('"));

    expect(fences.map(({ side, sql, phase }) => [phase, side, sql])).toEqual([
      ["fence-green", "green", `select "appdb".pawl_set_fence('appdb.orders', true)`],
      ["unfence-green", "green", `select "appdb".pawl_set_fence('appdb.orders', false)`],
    ]);
  });

  it("creates each side's origin for what comes from the other", () => {
    const origins = statements.filter(({ sql }) => sql.includes("pg_replication_origin_create"));

    expect(origins.map(({ side, sql }) => [side, sql])).toEqual([
      ["blue", "select pg_replication_origin_create('from_green')"],
      ["green", "select pg_replication_origin_create('from_blue')"],
    ]);
  });

  it("makes the token topics, which the bindings do not list", () => {
    const topics = actions.filter((action) => action.kind === "topics").flatMap((action) => action.topics);

    expect(topics).toContain("migration.appdb.pawl_token");
    expect(topics).toContain("migration-reverse.appdb.pawl_token");
  });

  it("holds no password, only the names of the settings that do", () => {
    const passwords = actions.flatMap((action) =>
      action.kind === "connector"
        ? Object.entries(action.config).filter(([name]) => name.endsWith("password"))
        : action.kind === "password"
          ? [[action.role, action.setting]]
          : [],
    );

    expect(new Set(passwords.map(([, value]) => value))).toEqual(
      new Set([
        "<PAWL_CDC_SOURCE_PASSWORD>",
        "<PAWL_CDC_SINK_PASSWORD>",
        "PAWL_CDC_SOURCE_PASSWORD",
        "PAWL_CDC_SINK_PASSWORD",
        "PAWL_BLUE_URL",
        "PAWL_GREEN_URL",
      ]),
    );
    expect(statements.filter(({ sql }) => /password '/.test(sql))).toEqual([]);
  });

  it("groups the same actions by the right each needs", () => {
    const groups = actionsByRight(plan);

    expect(Object.values(groups).reduce((sum, group) => sum + group.length, 0)).toBe(actions.length);
    expect(groups.admin.map((action) => (action.kind === "sql" ? action.sql : ""))).toContain(
      "grant set on parameter session_replication_role to cdc_sink",
    );
    expect(groups.kafka).toHaveLength(1);
  });

  it("puts parameters that need a restart into a group of their own, to be printed and never run", () => {
    const facts = soundFacts();
    const blue = { ...facts.blue, settings: { ...facts.blue.settings, wal_level: "replica" } };
    const refused = planCdc(shopCutover, { ...facts, blue });

    expect(actionsByRight(refused).parameters.map((action) => (action.kind === "sql" ? action.sql : ""))).toEqual([
      "alter system set wal_level = 'logical'",
    ]);
    expect(refused.phases.flatMap((phase) => phase.actions).filter(({ right }) => right === "parameters")).toEqual([]);
  });
});

describe("the plan for a cutover that is already seeded", () => {
  const repair = planCdc(shopCutover, soundFacts({ seededStreams: ["forward", "reverse"] }));

  it("neither fences green nor copies again", () => {
    const all = repair.phases.flatMap((phase) => phase.actions);

    expect(repair.alreadySeeded).toBe(true);
    expect(all.filter((action) => action.kind === "sql" && action.sql.includes(", true)"))).toEqual([]);
    expect(all.filter((action) => action.kind === "connector" && action.config["snapshot.mode"] === "initial")).toEqual(
      [],
    );
  });

  it("compares every row once both streams are drained, after all else is done", () => {
    const last = repair.phases.at(-1);

    expect(last?.name).toBe("equal");
    expect(last?.actions.map((action) => (action.kind === "proof" ? action.proof : null))).toEqual([
      { of: "drained", direction: "forward" },
      { of: "drained", direction: "reverse" },
      { of: "equal", directions: ["forward", "reverse"] },
    ]);
  });

  it("seeds again where only one stream was", () => {
    expect(planCdc(shopCutover, soundFacts({ seededStreams: ["forward"] })).alreadySeeded).toBe(false);
  });
});

describe("versions and tombstones go by the key that the bindings name", () => {
  const cutover = {
    ...shopCutover,
    tables: [{ name: "shop.Events", key: "op id" }],
  };
  const sql = planCdc(cutover, soundFacts())
    .phases.flatMap((phase) => phase.actions)
    .flatMap((action) => (action.kind === "sql" ? [action.sql] : []));

  it("quotes names of any form", () => {
    expect(sql.find((text) => text.includes("create trigger pawl_bury_key"))).toContain(
      'on "shop"."Events" for each row when (old."op id" is distinct from new."op id")',
    );
    expect(sql.find((text) => text.startsWith('create or replace function "shop"."pawl_app_Events"'))).toContain(
      `k = new."op id"::text`,
    );
  });

  it("takes the key's own type to apply a delete", () => {
    expect(sql.find((text) => text.startsWith('create or replace function "shop"."pawl_tombstone_apply"'))).toContain(
      'key_0 "shop"."Events"."op id"%type',
    );
  });
});
