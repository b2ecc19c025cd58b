import { describe, expect, it } from "vitest";
import type { AdminDatabasePort } from "../../../src/cdc/ports.ts";
import { cdcApplyCommand } from "../../../src/cli/commands/cdc-apply.ts";
import { ok } from "../../../src/kernel/result.ts";
import type { Side } from "../../../src/signals/bindings.ts";
import type { CdcAdminReach } from "../../../src/wiring-cdc.ts";
import { addresses, database, ordersTable, shopCutover, soundFacts } from "../../support/cdc-facts.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { digest, healthyCdc } from "../../support/fake-cdc.ts";
import { fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { alone, route, ruleOf, to } from "../../support/route-rules.ts";

type World = ReturnType<typeof fakeWorld>;

/** An administrator before databases that take no statement: how far an apply got is the first one it tried. */
const administrator = async (seeded: boolean) => {
  const world = fakeWorld();
  const { context } = deskBefore(world);
  const cdc = await healthyCdc();
  const tried: string[] = [];
  const databaseOf = (side: Side): AdminDatabasePort => ({
    ...cdc.ports.databases[side],
    facts: async () => ok(database(side, { tables: [ordersTable()] })),
    holds: async (sql) => ok(seeded && sql.includes("pawl_seed")),
    setPassword: async () => ok(undefined),
    writeSeed: async () => ok(undefined),
    execute: async (sql) => {
      tried.push(`${side}: ${sql.split("\n")[0]}`);
      return { ok: false, failure: { kind: "refused", message: "this spec ends here" } };
    },
  });
  const reach: CdcAdminReach = {
    ports: {
      ...cdc.ports,
      databases: { blue: databaseOf("blue"), green: databaseOf("green") },
      broker: { ...cdc.ports.broker, topics: async () => ok([]) },
      connect: {
        ...cdc.ports.connect,
        config: async () => ok(null),
        plugins: async () => ok(soundFacts().connect.plugins),
      },
    },
    streams: { read: async () => ({}) },
    drain: {
      prove: async () => ({ ok: false, failure: { kind: "impossible", message: "" } }),
      openTransactions: async () => ok(0),
    },
    addresses,
    close: async () => {},
  };
  const passwords = { PAWL_CDC_SOURCE_PASSWORD: "", PAWL_CDC_SINK_PASSWORD: "", PAWL_BLUE_URL: "", PAWL_GREEN_URL: "" };
  const bindings = { ...shopCutover, routes: ORDERS.routes, loadBalancerArn: ORDERS.loadBalancerArn };
  const apply = (options = {}) =>
    failed(cdcApplyCommand({ ...context, bindings, ports: { ...world.ports, reach, passwords, digest } }, options));
  return { world, tried, apply };
};

const { blue, green, weightedRuleArn, pin, listenerArn } = route;
const FENCES = [expect.stringMatching(/^green: create or replace function .*pawl_fenced/)];

describe("applying CDC that is not known to be seeded", () => {
  it.each<[string, RegExp, (world: World) => void]>([
    [
      "the weighted rule gives green a share",
      /gives green 25 %/,
      ({ rules }) => rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: to(25, 75, true) })),
    ],
    [
      "cookies may hold users on green",
      /stickiness on: cookies/,
      ({ rules }) => rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: to(0, 100, true) })),
    ],
    [
      "another rule leads to green",
      /rule other also forwards to green/,
      ({ rules }) => rules.add(listenerArn, ruleOf({ forward: alone(green) })),
    ],
    [
      "the rules are not as bound, and one of them leads to green",
      /forwards to green \(the pin does not forward to blue alone\)/,
      ({ rules }) => {
        rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: alone(green) }));
        rules.edit(pin.ruleArn, (rule) => ({ ...rule, forward: to(50, 50, false) }));
      },
    ],
    [
      "the load balancer does not answer",
      /Whether green has users cannot be told/,
      ({ rules }) => Object.assign(rules, { describeFails: true }),
    ],
  ])("is refused, with nothing changed, where %s", async (_, why, spoil) => {
    const { world, tried, apply } = await administrator(false);
    spoil(world);

    const refusal = await apply();

    expect(refusal).toMatchObject({ exitCode: 1, what: "CDC of orders was not applied; nothing was changed." });
    expect(refusal.why).toMatch(why);
    expect(refusal.next).toContain("pawl cdc apply orders --accept-fenced-green");
    expect(tried).toEqual([]);
  });

  it.each<[string, (world: World) => void]>([
    ["all is on blue", () => {}],
    [
      "the pin is raised, whatever the rule below it says",
      ({ rules }) => {
        rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: to(25, 75, true) }));
        rules.edit(pin.ruleArn, (rule) => ({ ...rule, priority: pin.raisedPriority }));
      },
    ],
    [
      "no pin is made yet",
      ({ rules }) => rules.edit(pin.ruleArn, (rule) => ({ ...rule, forward: alone(blue), conditions: [] })),
    ],
  ])("fences green first where %s", async (_, spoil) => {
    const { world, tried, apply } = await administrator(false);
    spoil(world);

    expect(await apply()).toMatchObject({ exitCode: 3, what: expect.stringContaining("stopped in fence-green") });
    expect(tried).toEqual(FENCES);
  });

  it("fences green whatever its users, where somebody accepts that", async () => {
    const { world, tried, apply } = await administrator(false);
    world.rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: to(25, 75, true) }));

    await apply({ acceptFencedGreen: true });

    expect(tried).toEqual(FENCES);
  });
});

it("streams that are seeded are mended while green has users", async () => {
  const { world, tried, apply } = await administrator(true);
  world.rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: to(25, 75, true) }));

  expect(await apply()).toMatchObject({ exitCode: 3, what: expect.stringContaining("stopped in roles") });
  expect(tried).toEqual(["blue: create role cdc_source login replication"]);
});
