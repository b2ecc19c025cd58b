import { describe, expect, it } from "vitest";
import type { OutsideAction } from "../../../src/decommission/acts.ts";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import { later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { beginDecommission, type Decommissioning } from "../../support/decommission.ts";

const HALF_AN_HOUR = 30 * MINUTE_MS;

/** The sides were compared; then an alarm held the point of no return for so long, and is quiet again. */
const heldFor = async (heldMs: number): Promise<Decommissioning & { readonly compared: () => number }> => {
  const of = await beginDecommission();
  const [alarm] = of.world.cutover.alarms;
  of.world.truth.firing.add(alarm?.arn ?? "");
  let compared = 0;
  const compare = of.acts["final-diff"];
  const acts = {
    ...of.acts,
    "final-diff": (...asked: Parameters<typeof compare>) => {
      compared += 1;
      return compare(...asked);
    },
  };
  const run: Decommissioning["run"] = (through = of.world.ports) =>
    runDecommission({ ...through, acts, hasTime: () => true }, of.world.cutover);
  expect(await run()).toMatchObject({
    done: ["final-diff"],
    stopped: expect.stringContaining("alarms that are not OK"),
  });
  of.world.clock.advanceTo(later(of.world.clock.now(), heldMs));
  of.change({ approval: { by: "olga", reason: "again", epoch: 1, at: of.world.clock.now() } });
  of.grantPermit();
  return { ...of, run, compared: () => compared };
};
const quieten = ({ world }: Decommissioning): void => world.truth.firing.clear();

describe("the point of no return is passed on a comparison of at most half an hour ago:", () => {
  it("a younger one is good enough", async () => {
    const of = await heldFor(HALF_AN_HOUR - MINUTE_MS);
    quieten(of);
    expect((await of.run()).done).toEqual(["point-of-no-return"]);
    expect(of.compared()).toBe(1);
  });

  it("an older one is made again, under the same permit and in the same run", async () => {
    const of = await heldFor(9 * 24 * 60 * MINUTE_MS);
    quieten(of);
    expect((await of.run()).done).toEqual(["final-diff", "point-of-no-return"]);
    expect(of.compared()).toBe(2);
    const journal = await of.world.journal.list("orders");
    const entry = journal.ok ? journal.value.find(({ action }) => action === "final-diff") : undefined;
    expect(of.world.clock.now() - (entry?.finishedAt ?? 0)).toBeLessThan(MINUTE_MS);
  });

  it("but not before everything else allows the point of no return: it reads every row of green", async () => {
    const of = await heldFor(24 * 60 * MINUTE_MS);
    expect((await of.run()).stopped).toContain("alarms that are not OK");
    expect(of.compared()).toBe(1);
  });

  it("where the sides differ by now, nothing is passed and somebody is called", async () => {
    const of = await heldFor(24 * 60 * MINUTE_MS);
    quieten(of);
    of.instead.set("final-diff" satisfies OutsideAction, { kind: "failed", message: "2 of 900 rows differ." });
    expect((await of.run()).stopped).toBe("final-diff failed: 2 of 900 rows differ.");
    expect(of.world.state().wayBack).toBe("open");
    expect(of.world.notify.sent.at(-1)).toMatchObject({ subject: "orders: decommission stopped at final-diff" });
  });

  it("and sides that differ by now are told at once, however lately people were told that the return waits", async () => {
    const of = await heldFor(20 * MINUTE_MS);
    await of.run();
    of.world.clock.advanceTo(later(of.world.clock.now(), HALF_AN_HOUR));
    quieten(of);
    of.grantPermit();
    of.instead.set("final-diff", { kind: "failed", message: "2 of 900 rows differ." });
    await of.run();
    expect(of.world.notify.sent.filter(({ urgency }) => urgency === "page").map(({ subject }) => subject)).toEqual([
      "orders: decommission stopped at point-of-no-return",
      "orders: decommission stopped at final-diff",
    ]);
  });

  it("and nobody is told that the point of no return has come about while the sides are compared again", async () => {
    const of = await heldFor(20 * MINUTE_MS);
    await of.run();
    expect(of.world.state().stoppedAct?.action).toBe("point-of-no-return");
    of.world.clock.advanceTo(later(of.world.clock.now(), HALF_AN_HOUR));
    quieten(of);
    of.grantPermit();
    of.instead.set("final-diff", { kind: "waiting", for: "a drain" });
    await of.run();
    expect(of.world.state().wayBack).toBe("open");
    expect(of.world.notify.sent.filter(({ subject }) => subject.includes("goes on"))).toEqual([]);
    of.instead.clear();
    of.grantPermit();
    await of.run();
    expect(of.world.state().wayBack).toBe("restorable");
  });
});

it("a comparison that another executor began again as the return was passed is not made any more", async () => {
  const of = await beginDecommission();
  await of.run();
  expect(of.world.state().wayBack).toBe("restorable");
  const again = { action: "final-diff", epoch: 1, startedAt: of.world.clock.now(), detail: {} };
  await of.world.journal.put("orders", again);
  of.instead.set("final-diff", { kind: "failed", message: "rows differ." });
  await of.runMinutes(9);
  expect(of.world.state()).toMatchObject({ phase: "complete" });
});
