import { describe, expect, it } from "vitest";
import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { PLAIN, type PlainWorld, plainWorld } from "../../support/plain-cutover.ts";

const CUTOVER = PLAIN["a rule without a pin"];
const [ROUTE] = CUTOVER.routes;
const ELSEWHERE = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/other/1";

const stranger: ObservedRule = {
  ruleArn: "arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule/app/orders/1/2/9",
  priority: 7,
  conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
  forward: { targets: [{ targetGroupArn: ELSEWHERE, weight: 1 }], sticky: false },
  otherActions: [],
};

/** Half of the users are on green, and the table has gone. */
const withoutTable = async (): Promise<PlainWorld> => {
  const world = plainWorld(CUTOVER);
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  world.store.down = true;
  world.outage.table = true;
  return world;
};

const goBack = (world: PlainWorld) =>
  snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "to see", acceptLoss: false });

describe("a rollback without the table and without a pin, where the rules are not as bound", () => {
  it("writes a rule that names blue below a stranger's, and says what stands there", async () => {
    const world = await withoutTable();
    world.rules.add(ROUTE?.listenerArn ?? "", stranger);
    expect(await goBack(world)).toMatchObject({
      kind: "unverified",
      why: `rule ${stranger.ruleArn} stands above and takes requests of this route`,
    });
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("writes nothing to a rule that does not name blue, and does not say that it could not be read", async () => {
    const world = await withoutTable();
    const targets = [
      { targetGroupArn: ROUTE?.green ?? "", weight: 50 },
      { targetGroupArn: ELSEWHERE, weight: 50 },
    ];
    world.rules.edit(ROUTE?.weightedRuleArn ?? "", (rule) => ({ ...rule, forward: { targets, sticky: false } }));
    const before = world.rules.writes.length;
    const report = await goBack(world);
    expect(report).toMatchObject({
      kind: "unverified",
      why: expect.stringContaining(`NotAsBound: the weighted rule forwards to ${ELSEWHERE}`),
    });
    expect(report).toMatchObject({ why: expect.not.stringContaining("could not be read") });
    expect(world.rules.writes.slice(before)).toEqual([]);
  });
});
