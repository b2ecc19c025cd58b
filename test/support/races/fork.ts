import { durationMs } from "../../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld } from "../fake-world.ts";

/**
 * Another world that stands where this one does: what is stored, what the rules are and have been, what green is like.
 * Coming there minute by minute takes longer than the race. Nothing may be under way to the load balancer.
 */
export const forked = async (from: FakeWorld): Promise<FakeWorld> => {
  const world = fakeWorld(from.cutover);
  const [route] = world.cutover.routes;
  for (const { at, greenPercent } of from.rules.history) {
    world.clock.advanceTo(at);
    world.rules.edit(route?.weightedRuleArn ?? "", (rule) => ({
      ...rule,
      forward: shares(rule.forward, greenPercent),
    }));
  }
  world.clock.advanceTo(from.clock.now());
  for (const { listenerArn } of world.cutover.routes) {
    const read = await from.rules.readListener(listenerArn, durationMs(1_000));
    for (const rule of read.ok ? read.value.rules : []) world.rules.edit(rule.ruleArn, () => rule);
  }
  world.store.put(from.state());
  await world.active.put(world.cutover.name, world.clock.now());
  world.snapshots.all.push(...from.snapshots.all);
  world.observed.all.push(...from.observed.all);
  world.ledger.records.push(...from.ledger.records);
  world.notify.sent.push(...from.notify.sent);
  world.invoke.jobs.push(...from.invoke.jobs);
  for (const [digest, policy] of from.policies.all) world.policies.all.set(digest, policy);
  Object.assign(world.truth, { greenErrorRatio: from.truth.greenErrorRatio });
  return world;
};

type Forward = Parameters<Parameters<FakeWorld["rules"]["edit"]>[1]>[0]["forward"];

const shares = (forward: Forward, greenPercent: number): Forward => {
  if (forward === null) return null;
  const weights = [100 - greenPercent, greenPercent];
  return { ...forward, targets: forward.targets.map((target, index) => ({ ...target, weight: weights[index] ?? 0 })) };
};
