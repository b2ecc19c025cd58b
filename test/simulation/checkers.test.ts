import { describe, expect, it } from "vitest";
import type { CutoverState } from "../../src/decision/state.ts";
import { arm } from "../../src/guard/arm.ts";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { durationMs, epochMs, MINUTE_MS, weightPercent } from "../../src/kernel/units.ts";
import { standInDigest } from "../../src/rehearsal/world/digest.ts";
import { pinnedRoutes } from "../../src/signals/routes.ts";
import { allCheckers } from "./checkers/index.ts";
import { endingOf } from "./ending.ts";
import { faultsOf } from "./faults/faults.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { cutoverOf, parametersOf, policyOf } from "./parameters.ts";
import type { Run, RunKind } from "./world/run.ts";
import { minuteAfter, type World, worldOf } from "./world/world.ts";

const START = Date.UTC(2026, 10, 22, 3);
const TIMEOUT_MS = durationMs(1_000);

/** An armed cutover in a world without faults, in which a test does what no guard may. */
const armedWorld = async (without: readonly string[] = FAULT_KINDS) => {
  const parameters = { ...parametersOf(1, { policy: "drill" }), routes: 1, dwellFactor: 1 };
  const checkers = allCheckers(standInDigest, false);
  const broken: { promise: string; what: string }[] = [];
  const world: World = worldOf({
    ...{ seed: 1, start: START, cutover: cutoverOf(parameters), policy: policyOf(parameters) },
    faults: faultsOf({ seed: 1, from: START, until: START + 3_600_000, weather: 100, without }),
    ...{ keepsEvidence: false, digest: standInDigest },
    watchers: [
      (event) => {
        for (const checker of checkers)
          for (const what of [checker.watch(event, world) ?? []].flat())
            broken.push({ promise: checker.promise, what });
      },
    ],
  });
  const does = async (
    kind: RunKind,
    work: (ports: GuardPorts, run: Run) => Promise<unknown>,
    tick: number | null = null,
  ) => {
    world.launch(kind, tick, work);
    await world.time.runTo(world.time.now() + 30_000);
  };
  const { cutover, policy } = world;
  await does("operator", (ports) => arm(ports, cutover, policy, "olga", { rehearsal: true, doctor: async () => [] }));
  expect(world.state()?.phase).toBe("armed");
  const [route] = pinnedRoutes(cutover);
  if (route === undefined) throw new Error("a cutover has a route");
  const store = (change: Partial<CutoverState>) =>
    does("promote", async (ports) => {
      const read = await ports.state.read(cutover.name, TIMEOUT_MS);
      const state = read.ok ? read.value : null;
      if (state === null) throw new Error("not armed");
      const next = { ...state, version: state.version + 1, writeId: "rogue", ...change };
      await ports.state.transition(state.version, next, TIMEOUT_MS);
    });
  const weighs = (kind: RunKind, greenPercent: number, tick: number | null = null) =>
    does(
      kind,
      async (ports) => {
        await ports.rules.readListener(route.listenerArn, TIMEOUT_MS);
        const limits = { attempts: 1, timeoutMs: TIMEOUT_MS };
        await ports.rules.writeWeights({ route, greenPercent, stickySeconds: null }, [], limits);
      },
      tick,
    );
  const atEnd = async (): Promise<void> => {
    for (const checker of checkers)
      for (const what of (await checker.end?.(world)) ?? []) broken.push({ promise: checker.promise, what });
  };
  const says = (promise: string) => broken.filter((one) => one.promise === promise).map(({ what }) => what);
  return { world, broken, does, store, weighs, says, atEnd, route };
};

const LATCH: NonNullable<CutoverState["latch"]> = {
  mode: "snapped",
  cause: { kind: "policy", rules: ["made up"] },
  at: epochMs(START),
  expected: { label: "lossless", seconds: 0, reasons: [], at: epochMs(START) },
  fromPercent: weightPercent(10),
  record: {
    id: "x",
    cutover: "orders",
    epoch: 2,
    tick: null,
    at: epochMs(START),
    kind: "latch",
    summary: "",
    detail: {},
  },
};

describe("each checker fails on a history that breaks its promise", () => {
  it("none says anything of an armed cutover", async () => {
    const { broken, world } = await armedWorld();
    world.deadMan.evaluate(world.time.now());
    expect(broken).toEqual([]);
  });

  it("P1: two steps at once, and green asked for by somebody else than promote", async () => {
    const { weighs, says } = await armedWorld();
    await weighs("promote", 50, minuteAfter(START));
    expect(says("P1")).toContain("0 % → 50 % is not one listed step");
    await weighs("rollback", 100);
    expect(says("P1")).toContain("rollback asked for 100 % green");
  });

  it("P2: said to be on blue while it is not, green raised afterwards, the pin let down under it", async () => {
    const { weighs, store, says, does, route, world } = await armedWorld();
    await weighs("promote", 10, minuteAfter(START));
    const latch = { ...LATCH, verifiedAt: epochMs(START + 1) };
    await store({ latch, epoch: 2 });
    expect(says("P2")).toContain("said to be on blue while route 0 has 10 % green");
    await weighs("promote", 50, minuteAfter(START));
    expect(says("P2")).toContain("green rose to 50 % after it was said to be on blue");
    await does("rollback", (ports) => ports.rules.movePin(route, "parked", { attempts: 1, timeoutMs: TIMEOUT_MS }));
    expect(says("P2")).toContain("the pin was let down under a verified rollback");
    world.tell({ kind: "minute", at: world.time.now() + 20 * MINUTE_MS });
    expect(says("P2").at(-1)).toMatch(/50 % green, 8 min after/);
  });

  it("P3: a step without evidence, and a rollback for nothing", async () => {
    const { weighs, store, says, world } = await armedWorld();
    await weighs("promote", 10, minuteAfter(START));
    expect(says("P3").join()).toMatch(/without knowing: the tick's snapshot was never stored/);
    await store({
      latch: { ...LATCH, cause: { kind: "alarm", alarmArn: "a", severity: "degraded", alarmAt: epochMs(1) } },
    });
    expect(says("P3")).toContain("rolled back for an alarm of before it was armed");
    expect(world.alarms.isFiring()).toBe(false);
  });

  it("P4: blue fenced while it has traffic, and rows of green left behind by what is called settled", async () => {
    const { does, says, world, weighs, store } = await armedWorld();
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["fence-blue"](world.cutover));
    expect(says("P4")).toContain("blue was fenced while it had traffic");
    await weighs("promote", 10, minuteAfter(START));
    await store({ settled: { label: "lossless", at: epochMs(START), reasons: [] } });
    expect(says("P4").at(-1)).toMatch(/settled as lossless, and rows of .* on green alone/);
  });

  it("P4: forward stopped with rows on blue alone; none are where blue was fenced first, whoever sends requests there", async () => {
    const early = await armedWorld();
    await early.does("decommission", (ports, run) =>
      early.world.cdc.actsOf(run, ports)["stop-forward"](early.world.cutover),
    );
    expect(early.says("P4").join()).toMatch(/forward was stopped with \d+ ms of rows on blue alone/);
    const { does, says, world, weighs } = await armedWorld();
    await weighs("promote", 100, minuteAfter(START));
    await world.time.runTo(world.time.now() + MINUTE_MS);
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["fence-blue"](world.cutover));
    await world.time.runTo(world.time.now() + MINUTE_MS);
    await weighs("promote", 0);
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["stop-forward"](world.cutover));
    expect(says("P4")).toEqual([]);
  });

  it("P5: an act before the soak, before the point of no return, out of order, and traffic sent to a fenced blue", async () => {
    const { does, says, world, weighs } = await armedWorld();
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["drop-reverse-slot"](world.cutover));
    expect(says("P5")).toEqual(
      expect.arrayContaining([
        "decommission began without green at 100 %",
        "decommission began without an approval",
        "drop-reverse-slot came before final-diff",
        "drop-reverse-slot before the point of no return",
      ]),
    );
    await weighs("promote", 10, minuteAfter(START));
    await does("decommission", (ports, run) => world.cdc.actsOf(run, ports)["fence-blue"](world.cutover));
    await weighs("promote", 0);
    expect(says("P5")).toContain("promote sent traffic to a fenced blue");
  });

  it("P6: an exception, a call left behind, a change that nobody announced, and unrest at the end", async () => {
    const { does, says, weighs, store, atEnd } = await armedWorld();
    await does("observe", () => Promise.reject(new Error("a bug")));
    expect(says("P6")).toContain("observe threw: a bug");
    await does("observe", async (ports) => void ports.clock.sleep(durationMs(5_000)));
    expect(says("P6").join()).toMatch(/observe ended with 1 calls still under way/);
    await weighs("promote", 10, minuteAfter(START));
    expect(says("P6")).toContain("10 % arrived unannounced, 0 % recorded");
    const at = epochMs(START);
    await store({ intent: { kind: "setWeight", epoch: 1, to: weightPercent(50), intentAt: at, notAfter: at } });
    await atEnd();
    expect(says("P6")).toEqual(
      expect.arrayContaining(["an intent (setWeight 50) is still open", "10 % green, 0 % recorded"]),
    );
  });

  it("P7: a rise that no record explains, and a ledger that was touched", async () => {
    const { weighs, says, atEnd, does, world } = await armedWorld();
    await weighs("promote", 10, minuteAfter(START));
    const [first] = world.table.records;
    if (first === undefined) throw new Error("arming is recorded");
    await does("promote", (ports) => ports.ledger.append("orders", { ...first, seq: 2 }, TIMEOUT_MS));
    await atEnd();
    expect(says("P7")).toContain("no record explains 10 % green");
    expect(says("P7").join()).toMatch(/the ledger is broken/);
  });

  it("P8: silence that nobody was told of, and a rollback that nobody was told of", async () => {
    const { world, says, store, atEnd } = await armedWorld();
    world.tell({ kind: "minute", at: world.time.now() + 8 * MINUTE_MS });
    expect(says("P8").join()).toMatch(/nobody was told after .* s without a judged tick/);
    await store({ latch: LATCH });
    await atEnd();
    expect(says("P8")).toContain("a rollback that nobody was told of");
  });

  it("the end: a cutover that just stands there, and nobody was told, has not ended", async () => {
    const { world } = await armedWorld();
    expect(endingOf(world, true)).toBeNull();
  });
});
