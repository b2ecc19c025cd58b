import { describe, expect, it } from "vitest";
import type { ActOutcome } from "../../../src/decommission/acts.ts";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { beginDecommission } from "../../support/decommission.ts";
import { Killed, mortal } from "../../support/mortal.ts";

const PARTS = 5;

/** A comparison of five parts, of which an invocation has time for so many turns. */
const inParts = async (turns: number) => {
  const of = await beginDecommission();
  const began: JsonObject[] = [];
  const waits = { for: "" };
  const compare = async (_cutover: unknown, before: JsonObject = {}): Promise<ActOutcome> => {
    began.push(before);
    if (waits.for !== "") return { kind: "waiting", for: waits.for };
    const after = Number(before["after"] ?? 0) + 1;
    if (after < PARTS) return { kind: "partly", detail: { after }, soFar: `${after} parts are compared` };
    return of.acts["final-diff"](of.world.cutover);
  };
  const acts = { ...of.acts, "final-diff": compare };
  const run = (through = of.world.ports) => {
    let left = turns;
    const hasTime = (): boolean => {
      left -= 1;
      return left >= 0;
    };
    return runDecommission({ ...through, acts, hasTime }, of.world.cutover);
  };
  const minute = (ms: number = MINUTE_MS) => {
    of.world.clock.advanceTo(later(of.world.clock.now(), ms));
    of.grantPermit();
    return run();
  };
  return { ...of, run, minute, waits, places: () => began.map(({ after }) => after ?? 0) };
};

describe("an act that is done in parts", () => {
  it("goes on in the same invocation and in the next ones from where it was", async () => {
    const of = await inParts(2);
    expect(await of.run()).toEqual({
      done: [],
      stopped: "2 parts are compared; out of time; the next tick goes on",
    });
    expect(of.world.state().wayBack).toBe("open");
    await of.minute();
    expect((await of.minute()).done).toEqual(["final-diff", "point-of-no-return"]);
    expect(of.places()).toEqual([0, 1, 2, 3, 4]);
    expect(of.premature).toEqual([]);
  });

  it("does no further part without a permit", async () => {
    const of = await inParts(1);
    await of.run();
    of.takePermit();
    expect((await of.run()).stopped).toContain("final-diff waits for a permit");
    expect(of.places()).toEqual([0]);
  });

  it("begins anew after half an hour in which nothing of it was done: what was compared is old", async () => {
    const of = await inParts(2);
    await of.run();
    await of.minute(29 * MINUTE_MS);
    await of.minute(31 * MINUTE_MS);
    expect(of.places()).toEqual([0, 1, 2, 3, 0, 1]);
  });

  it("repeats at most the part in which it was killed", async () => {
    const probe = await inParts(9);
    const whole = mortal(probe.world.ports, null);
    await probe.run(whole.ports);
    expect(probe.world.state().wayBack).toBe("restorable");
    for (let call = 1; call <= whole.calls(); call += 1)
      for (const when of ["before", "after"] as const) {
        const of = await inParts(9);
        await of.run(mortal(of.world.ports, { call, when }).ports).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
        });
        await of.minute();
        await of.minute();
        expect(of.world.state().wayBack).toBe("restorable");
        expect(of.places().length).toBeLessThanOrEqual(PARTS + 1);
      }
  });

  it("is told of as waiting only once nothing of it has been done for a quarter of an hour", async () => {
    const of = await inParts(1);
    const pages = () => of.world.notify.sent.filter(({ urgency }) => urgency === "page");
    await of.run();
    await of.minute(20 * MINUTE_MS);
    of.waits.for = "5000 rows";
    await of.minute();
    expect(pages()).toEqual([]);
    await of.minute(16 * MINUTE_MS);
    expect(pages()).toMatchObject([{ body: expect.stringMatching(/^It waits: 5000 rows\./) }]);
  });
});
