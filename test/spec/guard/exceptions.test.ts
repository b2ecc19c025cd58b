import { describe, expect, it } from "vitest";
import { explainCommand } from "../../../src/cli/commands/explain.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { later } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { deskBefore } from "../../support/cli.ts";
import { DRILL, type FakeWorld, fakeWorld, wholeLedger } from "../../support/fake-world.ts";

const armedWith = async (changes: (world: FakeWorld) => Partial<Policy>): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm({ ...DRILL, ...changes(world) });
  return world;
};

const inMinutes = (world: FakeWorld, minutes: number): string => toIso(later(world.clock.now(), minutes * 60_000));
const frozen = (from: number, to: number) => (world: FakeWorld) => ({
  freeze: [{ from: inMinutes(world, from), to: inMinutes(world, to), why: "month end" }],
});

describe("a freeze", () => {
  it("holds every step, is shown with its end, and lets go by itself", async () => {
    const world = await armedWith(frozen(0, 20));

    await world.minutes(18);

    expect(world.state()).toMatchObject({ phase: "armed", weightPercent: 0 });
    expect(world.state().blocking.map(({ what }) => what)).toContain("freeze");
    const { document, lines } = await statusCommand(deskBefore(world).context);
    expect(document.freeze).toMatchObject({ why: "month end" });
    expect(lines.join("\n")).toMatch(/frozen {5}until 2026-.*: month end/);
    expect((await explainCommand(deskBefore(world).context)).document.reasons).toContain("freeze: month end");
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect((await statusCommand(deskBefore(world).context)).document.freeze).toBeUndefined();
  });

  it("never stands in the way of a rollback", async () => {
    const world = await armedWith(frozen(15, 600));
    await world.until("10 %", () => world.state().weightPercent === 10);
    await world.until("the freeze", () => world.state().blocking.some(({ what }) => what === "freeze"));

    world.truth.greenErrorRatio = 0.6;
    await world.until("blue", () => world.state().phase === "rolledBack");

    expect(world.rules.greenPercent()).toBe(0);
  });

  it("lets the soak clock run, and decommission does not begin in it", async () => {
    const toGreen = fakeWorld();
    await toGreen.arm();
    const minutes = await toGreen.until("100 %", () => toGreen.state().phase === "soaking", 200);
    const world = await armedWith(frozen(minutes + 1, 120));
    await world.until("100 %", () => world.state().phase === "soaking", 200);

    await world.until("a whole soak", () => world.state().soak.healthyMs >= 480_000);
    await world.minute();

    expect(world.state().phase).toBe("soaking");
    expect(world.state().blocking.map(({ what }) => what)).toContain("freeze");
  });
});

describe("a waiver", () => {
  const waived = (world: FakeWorld) => ({
    waivers: [{ gate: "p99", why: "a slow report", by: "ada", expires: inMinutes(world, 90) }],
  });

  it("lets a step go on over a gate that fails, and every record says by whose word", async () => {
    const world = await armedWith(waived);
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.truth.greenP99Ms = 5_000;

    await world.until("50 %", () => world.state().weightPercent === 50);

    const advanced = wholeLedger(world).find(({ kind, summary }) => kind === "advance" && summary.startsWith("10 %"));
    expect(advanced?.summary).toContain("p99 passes: only by waiver; it is fail");
    expect(advanced?.detail["reasons"]).toContainEqual(expect.stringMatching(/^waived until .* by ada: p99, a slow/));
    expect((await statusCommand(deskBefore(world).context)).document.waivers).toMatchObject([{ gate: "p99" }]);
  });

  it("has ended when it expires, and never counts in the soak", async () => {
    const world = await armedWith(
      (now) => ({ waivers: [{ ...waived(now).waivers[0], expires: inMinutes(now, 0) }] }) as Partial<Policy>,
    );
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.truth.greenP99Ms = 5_000;
    await world.minutes(30);
    expect(world.state().weightPercent).toBe(10);
    expect(world.state().blocking.map(({ what }) => what)).toContain("gate:p99");
  });
});
