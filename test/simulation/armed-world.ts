import { expect } from "vitest";
import type { CutoverState } from "../../src/decision/state.ts";
import { arm } from "../../src/guard/arm.ts";
import { durationMs, epochMs, weightPercent } from "../../src/kernel/units.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import { pinnedRoutes } from "../../src/signals/routes.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { sha256 } from "../../src/wiring-local.ts";
import { allCheckers } from "./checkers/index.ts";
import { faultsOf } from "./faults/faults.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { cutoverOf, parametersOf, policyOf } from "./parameters.ts";
import type { Run, RunKind } from "./world/run.ts";
import { type World, type WorldPorts, worldOf } from "./world/world.ts";

export const START = Date.UTC(2026, 10, 22, 3);
export const TIMEOUT_MS = durationMs(1_000);

/** An armed cutover in a world without faults, in which a test does what no guard may. */
export const armedWorld = async (without: readonly string[] = FAULT_KINDS, start: Partial<Policy["start"]> = {}) => {
  const parameters = { ...parametersOf(1, { policy: "drill" }), routes: 1, dwellFactor: 1 };
  const drill = policyOf(parameters);
  const checkers = allCheckers(sha256, false);
  const broken: { promise: string; what: string }[] = [];
  const ended: Run[] = [];
  const world: World = worldOf({
    ...{ seed: 1, start: START, cutover: cutoverOf(parameters) },
    policy: { ...drill, start: { ...drill.start, ...start } },
    faults: faultsOf({ seed: 1, from: START, until: START + 3_600_000, weather: 100, without }),
    ...{ keepsEvidence: false, digest: sha256 },
    watchers: [
      (event) => {
        if (event.kind === "ended") ended.push(event.run);
        for (const checker of checkers)
          for (const what of [checker.watch(event, world) ?? []].flat())
            broken.push({ promise: checker.promise, what });
      },
    ],
  });
  const does = async (
    kind: RunKind,
    work: (ports: WorldPorts, run: Run) => Promise<unknown>,
    tick: number | null = null,
    goesBack = false,
  ) => {
    world.launch(kind, tick, work, goesBack ? { by: "operator" } : null);
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
  /** A tick that is judged, after whose look the state is as given. */
  const shows = (tick: number, change: Partial<CutoverState>) =>
    does(
      "promote",
      async (ports) => {
        await ports.rules.readListener(route.listenerArn, TIMEOUT_MS);
        const read = await ports.state.read(cutover.name, TIMEOUT_MS);
        const state = read.ok ? read.value : null;
        if (state === null) throw new Error("not armed");
        const snapshot = { tick: epochMs(tick), epoch: state.epoch, cutover: cutover.name } as Snapshot;
        await ports.snapshots.putOnce(snapshot, TIMEOUT_MS);
        const next = { ...state, ...change, version: state.version + 1, writeId: "rogue", lastTick: epochMs(tick) };
        await ports.state.transition(state.version, next, TIMEOUT_MS);
      },
      tick,
    );
  const atEnd = async (): Promise<void> => {
    for (const checker of checkers)
      for (const what of (await checker.end?.(world)) ?? []) broken.push({ promise: checker.promise, what });
  };
  const says = (promise: string) => broken.filter((one) => one.promise === promise).map(({ what }) => what);
  return { world, broken, ended, does, store, weighs, shows, says, atEnd, route };
};

export const LATCH: NonNullable<CutoverState["latch"]> = {
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

export const ONCE = { attempts: 1, timeoutMs: TIMEOUT_MS };
