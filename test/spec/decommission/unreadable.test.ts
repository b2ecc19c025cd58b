import { describe, expect, it } from "vitest";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { earlier, later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { beginDecommission } from "../../support/decommission.ts";
import { fakeWorld } from "../../support/fake-world.ts";

const NO_ANSWER = outsideFailure("timed-out", "no answer");

describe("what cannot be read or written stops the run, and is said:", () => {
  it.each<[string, (ports: GuardPorts) => Partial<GuardPorts>, string]>([
    [
      "the state",
      ({ state }) => ({ state: { ...state, read: async () => NO_ANSWER } }),
      "the state could not be read: no answer",
    ],
    [
      "what the journal shows",
      ({ journal }) => ({ journal: { ...journal, list: async () => NO_ANSWER } }),
      "the journal could not be read: no answer",
    ],
    [
      "that an act is begun: then it is not",
      ({ journal }) => ({ journal: { ...journal, put: async () => NO_ANSWER } }),
      "the journal could not be written: no answer",
    ],
  ])("%s", async (_, without, stopped) => {
    const { world, run, effects } = await beginDecommission();
    expect(await run({ ...world.ports, ...without(world.ports) })).toEqual({ done: [], stopped });
    expect(effects).toEqual([]);
  });

  it("that an act came about; the next run finds that it has, and goes on", async () => {
    const { world, run, effects } = await beginDecommission();
    const put: GuardPorts["journal"]["put"] = async (cutover, entry) =>
      entry.finishedAt === undefined ? world.ports.journal.put(cutover, entry) : NO_ANSWER;
    expect(await run({ ...world.ports, journal: { ...world.ports.journal, put } })).toEqual({
      done: [],
      stopped: "the journal could not be written: no answer",
    });
    expect(effects).toEqual(["final-diff"]);
    expect((await run()).done.slice(0, 2)).toEqual(["final-diff", "point-of-no-return"]);
    expect(effects.filter((action) => action === "final-diff")).toHaveLength(1);
  });

  it("that a comparison is to be made again: the point of no return is not passed without it", async () => {
    const { world, change, grantPermit, run } = await beginDecommission();
    world.truth.firing.add(world.cutover.alarms[0]?.arn ?? "");
    await run();
    world.truth.firing.clear();
    world.clock.advanceTo(later(world.clock.now(), 60 * MINUTE_MS));
    change({ approval: { by: "olga", reason: "again", epoch: 1, at: world.clock.now() } });
    grantPermit();
    const put: GuardPorts["journal"]["put"] = async (cutover, entry) =>
      entry.action === "final-diff" ? NO_ANSWER : world.ports.journal.put(cutover, entry);
    expect(await run({ ...world.ports, journal: { ...world.ports.journal, put } })).toEqual({
      done: [],
      stopped: "point-of-no-return waits: the journal could not be written: no answer",
    });
    expect(world.state().wayBack).toBe("open");
  });

  it("that nothing is left to serve; the next run takes it off the list", async () => {
    const { world, run, runMinutes } = await beginDecommission();
    const remove = async () => NO_ANSWER;
    await run();
    await runMinutes(5);
    world.clock.advanceTo(later(world.clock.now(), MINUTE_MS));
    const active = world.ports.active;
    Object.assign(world.ports, { active: { ...active, remove } });
    expect((await runMinutes(4)).stopped).toBe("complete, but still listed as active: no answer");
    Object.assign(world.ports, { active });
    expect(await run()).toEqual({ done: [], stopped: "complete" });
    expect(await active.list(1_000 as never)).toEqual(ok([]));
  });
});

it("a cutover that nobody has armed has nothing to be taken apart", async () => {
  const world = fakeWorld();
  const acts = {} as never;
  expect(await runDecommission({ ...world.ports, acts, hasTime: () => true }, world.cutover)).toEqual({
    done: [],
    stopped: "it is not armed",
  });
});

it("a run without time does nothing, and says so", async () => {
  const { world, acts, effects } = await beginDecommission();
  expect(await runDecommission({ ...world.ports, acts, hasTime: () => false }, world.cutover)).toEqual({
    done: [],
    stopped: "out of time; the next tick goes on",
  });
  expect(effects).toEqual([]);
});

it("how far a comparison has come is not lost unsaid where the journal does not take it", async () => {
  const { world, instead, run } = await beginDecommission();
  instead.set("final-diff", { kind: "partly", detail: { rowsCompared: 7 }, soFar: "7 rows are compared" });
  const put: GuardPorts["journal"]["put"] = async (cutover, entry) =>
    entry.detail["rowsCompared"] === undefined ? world.ports.journal.put(cutover, entry) : NO_ANSWER;
  expect(await run({ ...world.ports, journal: { ...world.ports.journal, put } })).toEqual({
    done: [],
    stopped: "the journal could not be written: no answer",
  });
});

it("the end is told in one sentence, and where the state is not read again it stays listed for the next run", async () => {
  const { world, run, runMinutes } = await beginDecommission();
  await run();
  const { read } = world.ports.state;
  let completed = false;
  const state: GuardPorts["state"] = {
    ...world.ports.state,
    read: async (...asked) => (completed ? NO_ANSWER : read.apply(world.store, asked)),
    transition: async (...asked) => {
      const outcome = await world.store.transition(...asked);
      completed ||= world.state().phase === "complete";
      return outcome;
    },
  };
  const before = world.ports.state;
  Object.assign(world.ports, { state });
  let stopped = "";
  for (let minute = 0; minute < 12 && !completed; minute += 1) ({ stopped } = await runMinutes(1));
  expect(stopped).toBe("complete, and still listed as active");
  Object.assign(world.ports, { state: before });
  expect(await run()).toEqual({ done: [], stopped: "complete" });
  expect(world.notify.sent.at(-1)).toMatchObject({
    subject: "orders: completed, green is alone",
    body: "CDC is taken apart and its absence verified; green is alone",
  });
});

it("an item that moves at every look is left to the next tick, after a few of them", async () => {
  const { world, change, run } = await beginDecommission();
  let writes = 0;
  const transition: GuardPorts["state"]["transition"] = (...asked) => {
    writes += 1;
    change({});
    return world.ports.state.transition(...asked);
  };
  expect(await run({ ...world.ports, state: { ...world.ports.state, transition } })).toEqual({
    done: ["final-diff"],
    stopped: "the state moved meanwhile",
  });
  expect(writes).toBeGreaterThan(1);
  expect(writes).toBeLessThan(10);
  expect(world.state().wayBack).toBe("open");
});

it("what was done of an earlier decommission, before the cutover was armed again, counts for nothing", async () => {
  const { world, run, effects } = await beginDecommission();
  const { armedAt } = world.state();
  const finished = { action: "final-diff", epoch: 1, detail: {}, finishedAt: world.clock.now() };
  await world.journal.put("orders", { ...finished, startedAt: earlier(armedAt, 1) });
  expect((await run()).done[0]).toBe("final-diff");
  expect(effects[0]).toBe("final-diff");

  const same = await beginDecommission();
  await same.world.journal.put("orders", { ...finished, startedAt: same.world.state().armedAt });
  expect((await same.run()).done[0]).toBe("point-of-no-return");
});
