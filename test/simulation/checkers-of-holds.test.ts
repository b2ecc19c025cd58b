import { describe, expect, it } from "vitest";
import { epochMs, weightPercent } from "../../src/kernel/units.ts";
import { armedWorld, LATCH, ONCE, START, TIMEOUT_MS } from "./armed-world.ts";
import type { Run } from "./world/run.ts";
import { minuteAfter, type WorldPorts } from "./world/world.ts";

const TICK = minuteAfter(START);
const UNKNOWN = { label: "unknown", seconds: null, reasons: ["not read"], at: epochMs(START) } as const;
const TO_BE_HELD = { ...LATCH, expected: UNKNOWN };
const HELD = { ...TO_BE_HELD, mode: "held" } as const;

const on10 = async () => {
  const one = await armedWorld();
  await one.weighs("promote", 10, TICK);
  await one.store({ weightPercent: weightPercent(10), whenNotLossless: "hold" });
  const { world, route, does, says } = one;
  const weighs = (ports: WorldPorts, greenPercent: number) =>
    ports.rules.writeWeights({ route, greenPercent, stickySeconds: null }, [], ONCE);
  const looks = (ports: WorldPorts) => ports.rules.readListener(route.listenerArn, TIMEOUT_MS);
  const lowers = (kind: "promote" | "rollback", before = async (_: WorldPorts, _run: Run): Promise<void> => {}) =>
    does(kind, async (ports, run) => {
      await looks(ports);
      await before(ports, run);
      await ports.state.read("orders", TIMEOUT_MS);
      await weighs(ports, 0);
    });
  const lost = () => says("P4").filter((what) => /green to 0|green was put to 0/.test(what));
  return { ...one, world, weighs, lowers, lost };
};

describe("the checker of holds fails where green is put to 0 all the same", () => {
  it("P4: by promote, under a latch that is held or is to be", async () => {
    for (const latch of [HELD, TO_BE_HELD]) {
      const { store, lowers, lost } = await on10();
      await store({ latch });
      await lowers("promote");
      expect(lost()).toEqual(["promote put green to 0 under a rollback that is to be held"]);
    }
  });

  it("P4: by promote, whose own latch got no answer", async () => {
    const { lowers, lost } = await on10();
    await lowers("promote", async (_, run) => {
      run.unanswered = true;
    });
    expect(lost()).toEqual(["promote's rollback was to be held, its latch got no answer, and green was put to 0"]);
  });

  it("P4: by the step that such a rollback has overtaken, whatever it had measured before", async () => {
    const { store, weighs, lowers, lost } = await on10();
    await store({ latch: HELD });
    await lowers("promote", async (ports) => {
      await weighs(ports, 50);
    });
    expect(lost()).toEqual(["a step was overtaken by a rollback that is to be held, and green was put to 0"]);
  });

  it("P4: by rollback's function, which knows that it is held", async () => {
    const { store, lowers, lost } = await on10();
    await store({ latch: HELD });
    await lowers("rollback");
    expect(lost()).toEqual(["green was put to 0 under a held latch"]);
  });

  it("says nothing where it is gone back for what does not wait: released, snapped, or a hard-down alarm", async () => {
    const cannotWait = { ...TO_BE_HELD, cause: { kind: "operator", by: "olga", reason: "enough" } } as const;
    for (const latch of [LATCH, cannotWait]) {
      const { store, lowers, lost } = await on10();
      await store({ latch });
      await lowers("promote");
      expect(lost()).toEqual([]);
    }
    const { store, world, lowers, lost } = await on10();
    await store({ latch: HELD });
    world.alarms.setOff();
    const arns = world.cutover.alarms.map(({ arn }) => arn);
    await lowers("promote", async (ports) => {
      await ports.alarms.read(arns, TIMEOUT_MS);
    });
    expect(lost()).toEqual([]);
  });
});
