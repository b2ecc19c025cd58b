import { describe, expect, it } from "vitest";
import { ledgerVerifyCommand } from "../../../src/cli/commands/ledger-verify.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import { requestAdopt, requestApprove } from "../../../src/guard/requests.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { awaitsApproval } from "../../support/awaits-approval.ts";
import { deskBefore } from "../../support/cli.ts";
import { DRILL, type FakeWorld, fakeWorld, sha256, wholeLedger } from "../../support/fake-world.ts";
import { Killed, mortal } from "../../support/mortal.ts";

/** The drill with another name, and whatever else a spec changes. */
const variant = (changes: Partial<Policy> = {}): Policy => ({ ...DRILL, name: "orders-other", ...changes });

const publish = (world: FakeWorld, policy: Policy): string => {
  const digest = policyDigest(policy, sha256);
  world.policies.all.set(digest, policy);
  return digest;
};

const at = async (weight: number): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  if (weight > 0) await world.until(`${weight} %`, () => world.state().weightPercent === weight, 120);
  return world;
};

const adopt = (world: FakeWorld, policyDigestAsked: string, restartStep?: boolean) =>
  requestAdopt(world.ports, "orders", {
    by: "olga",
    reason: "the limit was wrong",
    policyDigest: policyDigestAsked,
    ...(restartStep === undefined ? {} : { restartStep }),
  });

const OLD = policyDigest(DRILL, sha256);

describe("an adoption", () => {
  it("takes over before the first step with the tick that takes it, and that tick judges by it", async () => {
    const world = await at(0);
    const digest = publish(world, variant());

    expect(await adopt(world, digest)).toMatchObject({ kind: "accepted", takeover: "next-tick" });
    await world.minute();

    expect(world.state()).toMatchObject({ policyDigest: digest, phase: "armed" });
    expect(world.state().adoption).toBeUndefined();
    const record = wholeLedger(world).at(-1);
    expect(record).toMatchObject({ kind: "adopt", detail: { policy: digest } });
    expect(record?.summary).toContain(`policy ${digest} judges from here on, adopted by olga: the limit was wrong`);
  });

  it("waits for the next step where one is under way, is shown, and takes over in the write that commits the step", async () => {
    const world = await at(10);
    const digest = publish(world, variant());

    expect(await adopt(world, digest)).toMatchObject({ kind: "accepted", takeover: "next-step" });
    await world.minute();

    expect(world.state()).toMatchObject({ policyDigest: OLD, adoption: { policyDigest: digest, by: "olga" } });
    const { document, lines } = await statusCommand(deskBefore(world).context);
    expect(document.adoption).toMatchObject({ policyDigest: digest, takeover: "next-step" });
    expect(lines.join("\n")).toContain("adopting");
    await world.until("50 %", () => world.state().weightPercent === 50);
    expect(world.state()).toMatchObject({ policyDigest: digest, step: 1 });
    expect(world.state().adoption).toBeUndefined();
    const step = wholeLedger(world).findLast(({ kind }) => kind === "step");
    expect(step?.summary).toMatch(/^green has 50 %\. policy [0-9a-f]{64} judges from here on/);
    // Transition minutes belong to the new step as ever: adopting with it does not move its beginning.
    expect(world.state().steppedAt).toBeLessThanOrEqual(world.state().verifiedAt);
  });

  it("leaves records that anybody comes to again, before it, with it and after it", async () => {
    const world = await at(0);
    await adopt(world, publish(world, variant()));
    await world.until("10 %", () => world.state().weightPercent === 10);
    await adopt(world, publish(world, variant({ name: "orders-third" })));
    await world.until("50 %", () => world.state().weightPercent === 50);
    await adopt(world, publish(world, variant()), true);
    await world.minutes(3);

    const { document } = await ledgerVerifyCommand(deskBefore(world).context, { recompute: true });

    expect(document).toMatchObject({ intact: true, recomputed: { differences: [] } });
  });

  it("is judged by the policy in force until then: a looser one opens nothing early", async () => {
    const world = await at(10);
    const digest = publish(world, variant({ params: { ...DRILL.params, p99Ms: 60_000 } }));
    await adopt(world, digest);
    world.truth.greenP99Ms = 5_000;

    await world.minutes(30);

    expect(world.state()).toMatchObject({ weightPercent: 10, policyDigest: OLD });
    expect(world.state().blocking.map(({ what }) => what)).toContain("gate:p99");
  });

  it("takes over at once where the step is to begin again, and then everything has to be proven anew", async () => {
    const world = await at(10);
    const digest = publish(world, variant({ params: { ...DRILL.params, p99Ms: 60_000 } }));
    world.truth.greenP99Ms = 5_000;
    await world.minutes(8);

    expect(await adopt(world, digest, true)).toMatchObject({ kind: "accepted", takeover: "next-tick" });
    await world.minute();

    const { policyDigest: now, verifiedAt, weightPercent, evidence } = world.state();
    expect({ now, weightPercent }).toEqual({ now: digest, weightPercent: 10 });
    expect(verifiedAt).toBeGreaterThan(world.clock.now() - 60_000);
    for (const sum of Object.values({ ...evidence.gates, ...evidence.rollback })) expect(sum.observed).toBe(0);
    expect(world.state().blocking.map(({ what }) => what)).toContain("dwell");
    const minutes = await world.until("50 %", () => world.state().weightPercent === 50);
    expect(minutes).toBeGreaterThanOrEqual(5);
  });

  it("in the soak starts its clock again", async () => {
    const world = await at(100);
    await world.until("half a soak", () => world.state().soak.healthyMs >= 240_000);
    await requestApprove(world.ports, "orders", { by: "olga", reason: "all well" });
    await world.minute();
    expect(world.state().approval).toBeDefined();
    const digest = publish(world, variant());

    expect(await adopt(world, digest)).toMatchObject({ kind: "accepted", takeover: "next-tick" });
    await world.minute();

    expect(world.state()).toMatchObject({ phase: "soaking", policyDigest: digest });
    expect(world.state().soak.healthyMs).toBe(0);
    expect(world.state().approval).toBeUndefined();
    await world.until("a whole soak", () => world.state().soak.healthyMs >= 480_000);
    expect(world.state().blocking.map(({ what }) => what)).toEqual(["approval"]);
  });

  it("is dropped by a rollback", async () => {
    const world = await at(10);
    await adopt(world, publish(world, variant()));
    await world.minute();
    world.truth.greenErrorRatio = 0.6;

    await world.until("blue", () => world.state().phase === "rolledBack");

    expect(world.state()).toMatchObject({ policyDigest: OLD });
    expect(world.state().adoption).toBeUndefined();
    expect(await adopt(world, publish(world, variant()))).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("a rollback is latched"),
    });
  });

  it("is withdrawn by adopting the policy in force", async () => {
    const world = await at(10);
    expect(await adopt(world, OLD)).toMatchObject({ kind: "refused", why: "it is in force already" });
    await adopt(world, publish(world, variant()));
    await world.minute();

    expect(await adopt(world, OLD)).toMatchObject({ kind: "accepted", takeover: "withdrawn" });
    await world.minute();

    expect(world.state().adoption).toBeUndefined();
    expect(world.state().policyDigest).toBe(OLD);
  });

  it("is not called withdrawn where the other policy has come into force while it was asked", async () => {
    const world = await at(10);
    const other = publish(world, variant());
    await adopt(world, other);
    await world.minute();
    const { state } = world.ports;
    let overtaken = false;
    const transition: typeof state.transition = async (...args) => {
      if (!overtaken) {
        overtaken = true;
        await world.until("the next step", () => world.state().policyDigest === other, 120);
      }
      return state.transition(...args);
    };
    const asked = { by: "olga", reason: "not after all", policyDigest: OLD };

    const report = await requestAdopt({ ...world.ports, state: { ...state, transition } }, "orders", asked);

    expect(world.state()).toMatchObject({ policyDigest: other, request: { verb: "adopt", policyDigest: OLD } });
    expect(report).toMatchObject({ kind: "accepted", takeover: "next-step" });
  });

  it("is told of with whatever else people are told at that tick: a step, a page, or what goes on", async () => {
    const taken = / judges from here on, adopted by olga/;
    const told = (world: FakeWorld) => world.notify.sent.filter(({ body }) => taken.test(body));

    const stepping = await at(10);
    await adopt(stepping, publish(stepping, variant()));
    await stepping.until("50 %", () => stepping.state().weightPercent === 50);
    expect(told(stepping)).toMatchObject([{ subject: "orders: green has 50 %", urgency: "info" }]);

    const paged = await at(0);
    const [route] = paged.cutover.routes;
    paged.rules.edit(route?.weightedRuleArn ?? expect.fail(), (rule) => ({ ...rule, otherActions: [{ Type: "x" }] }));
    await adopt(paged, publish(paged, variant()));
    await paged.minute();
    expect(told(paged)).toMatchObject([{ subject: "orders needs somebody", urgency: "page" }]);

    const dropping = await at(10);
    const adoption = { policyDigest: "f".repeat(64), by: "olga", reason: "the limit was wrong", at: epochMs(0) };
    await dropping.until("50 %", () => {
      if (dropping.state().weightPercent > 10) return true;
      dropping.store.put({ ...dropping.state(), adoption });
      return false;
    });
    await dropping.minute();
    const goesOn = /is not adopted: the table has no policy of this digest\. It goes on: 10 % → 50 %\.$/;
    expect(dropping.notify.sent.filter(({ body }) => goesOn.test(body))).toMatchObject([
      { subject: "orders: its policy", urgency: "info" },
    ]);
  });

  it("waits where the table does not answer, and is dropped with the reason where what was true is true no more", async () => {
    const world = await at(10);
    const digest = publish(world, variant());
    await adopt(world, digest);
    await world.minute();
    world.policies.all.delete(digest);

    await world.minute();

    expect(world.state().adoption).toBeUndefined();
    expect(wholeLedger(world).at(-1)?.summary).toContain("is not adopted: the table has no policy of this digest");
  });

  it("that cannot be read where it was to take over lets nothing go on by the policy before it", async () => {
    const world = await at(100);
    await world.until("the soak", () => awaitsApproval(world), 60);
    const digest = publish(world, variant());
    await requestApprove(world.ports, "orders", { by: "olga", reason: "the soak is over" });
    const state = world.state();
    const asked = { by: "ada", reason: "the limit was wrong", policyDigest: digest, at: world.clock.now() };
    world.store.put({ ...state, version: state.version + 1, adoption: asked });
    const half = {
      ...world.ports,
      policies: {
        ...world.ports.policies,
        read: async (of: string, ...rest: [never]) =>
          of === digest ? outsideFailure("timed-out", "no answer") : world.ports.policies.read(of, ...rest),
      },
    };

    await world.minute(half);

    expect(world.state()).toMatchObject({ phase: "soaking", adoption: { policyDigest: digest } });
    expect(world.state().blocking.map(({ what }) => what)).toEqual(["adoption"]);
    await world.minute();
    expect(world.state()).toMatchObject({ phase: "soaking", policyDigest: digest, soak: { restarts: 1 } });
    expect(world.state().approval).toBeUndefined();
  });

  it("is void where no tick took the request within five minutes", async () => {
    const world = await at(10);
    const digest = publish(world, variant());
    await adopt(world, digest);
    world.clock.advanceTo(epochMs(world.clock.now() + 360_000));
    await world.minute();
    expect(world.state().request).toBeUndefined();
    expect(world.state().adoption).toBeUndefined();
  });
});

/** At 10 % with an adoption that waits, one minute before the tick that takes the next step. */
const beforeBoundary = async (): Promise<FakeWorld> => {
  const waiting = async (): Promise<FakeWorld> => {
    const world = await at(10);
    await adopt(world, publish(world, variant()));
    await world.minute();
    return world;
  };
  const probe = await waiting();
  const minutes = await probe.until("50 %", () => probe.state().weightPercent === 50);
  const world = await waiting();
  await world.minutes(minutes - 1);
  expect(world.state()).toMatchObject({ weightPercent: 10, policyDigest: OLD });
  return world;
};

describe("promote, killed at any call of the tick that commits the step an adoption waits for", () => {
  it("leaves the old policy at the old weight or the new one at the new, and comes to the new", async () => {
    const digest = policyDigest(variant(), sha256);
    const probe = await beforeBoundary();
    const counting = mortal(probe.ports, null);
    await probe.minute(counting.ports);
    expect(counting.calls()).toBeGreaterThan(10);
    for (let call = 1; call <= counting.calls(); call += 2)
      for (const when of ["before", "after"] as const) {
        const world = await beforeBoundary();
        const dying = mortal(world.ports, { call, when });
        await world.minute(dying.ports).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
        world.invoke.jobs.length = 0;
        const whole = (): void => {
          const { weightPercent, policyDigest: now } = world.state();
          expect(now).toBe(weightPercent === 10 ? OLD : digest);
        };
        whole();
        await world.until("at rest", () => {
          whole();
          return world.state().weightPercent === 50 && world.state().intent === undefined;
        });
      }
  }, 120_000);
});

const steps = (...weights: readonly number[]): Policy["steps"] =>
  weights.map((weight) => ({
    ...(DRILL.steps.find((step) => step.weight === weight) ?? DRILL.steps[0]),
    id: `w${weight}`,
    weight,
  })) as Policy["steps"];

describe("an adoption is refused", () => {
  it.each<[string, number, Partial<Policy>, boolean | undefined, string]>([
    [
      "other weights so far",
      10,
      { steps: steps(20, 50, 100) },
      undefined,
      "the weights so far are 10, 50 here and 20, 50",
    ],
    [
      "another next step",
      10,
      { steps: steps(10, 25, 50, 100) },
      undefined,
      "it would take over at the next step, 50 %",
    ],
    ["a step that is not there", 50, { steps: steps(10, 100) }, true, "green stands at 50 %"],
    ["no drill for a drill", 10, { drill: false }, undefined, "this is a drill, the new policy is none"],
  ])("for %s", async (_, weight, changes, restartStep, why) => {
    const world = await at(weight);
    const report = await adopt(world, publish(world, variant(changes)), restartStep);
    expect(report).toMatchObject({ kind: "refused", why: expect.stringContaining(why) });
  });

  it("and taken where the step begins again and the steps behind it differ", async () => {
    const world = await at(10);
    const digest = publish(world, variant({ steps: steps(10, 25, 50, 100) }));
    expect(await adopt(world, digest, true)).toMatchObject({ kind: "accepted" });
    await world.until("25 %", () => world.state().weightPercent === 25);
    expect(world.state()).toMatchObject({ step: 1, policyDigest: digest });
  });

  it("for a policy that is not published, and where the table does not answer", async () => {
    const world = await at(10);
    expect(await adopt(world, "f".repeat(64))).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("no policy"),
    });
    world.store.down = true;
    expect(await adopt(world, "f".repeat(64))).toMatchObject({ kind: "failed" });
  });

  it.each([
    ["decommissioning", "open"],
    ["decommissioning", "restorable"],
  ] as const)("while %s, with the way back %s", async (phase, wayBack) => {
    const world = await at(100);
    world.store.put({ ...world.state(), phase, wayBack });
    expect(await adopt(world, publish(world, variant()))).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("it is decommissioning"),
    });
  });
});
