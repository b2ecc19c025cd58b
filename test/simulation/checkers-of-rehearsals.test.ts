import { describe, expect, it } from "vitest";
import { durationMs, epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import { armedWorld, LATCH, START, TIMEOUT_MS } from "./armed-world.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { minuteAfter } from "./world/world.ts";

const READ_MS = durationMs(2_000);

const scene = async () => {
  const made = await armedWorld();
  const { world, does } = made;
  const arn = world.cutover.alarms[0]?.arn ?? "";
  const drill = { by: "rita", at: epochMs(START + 30_000), alarmArn: arn, notAfter: epochMs(START + 1_830_000) };
  /** A rehearsal that announces itself, and does what is given. */
  const rehearses = (work: Parameters<typeof does>[1] = async () => {}) =>
    does("rehearsal", async (ports, run) => {
      const read = await ports.state.read("orders", TIMEOUT_MS);
      if (!read.ok || read.value === null) throw new Error("not armed");
      const next = { ...read.value, rollbackDrill: drill, version: read.value.version + 1, writeId: "rita" };
      await ports.state.transition(read.value.version, next, TIMEOUT_MS);
      await work(ports, run);
    });
  return { ...made, arn, rehearses };
};

describe("the checkers of rehearsals fail on a history that breaks a promise", () => {
  it("P2: an alarm that is set unannounced, and one that rings and is made quiet", async () => {
    const { world, does, says, arn } = await scene();
    world.alarms.setOff(arn);
    await does("rehearsal", (ports) => ports.alarmSetter.set(arn, "OK", "over", READ_MS));
    expect(says("P2")).toContain("an alarm that rang was made quiet by a rehearsal that had not set it");
    await does("rehearsal", (ports) => ports.alarmSetter.set(arn, "ALARM", "begins", READ_MS));
    expect(says("P2")).toContain("a rehearsal set an alarm, and had not announced it");
  });

  it("P2: green that rises in a rehearsal, and a rehearsal that begins when it has risen", async () => {
    const { weighs, rehearses, says } = await scene();
    await rehearses();
    await weighs("promote", 10, minuteAfter(START));
    expect(says("P2")).toContain("green rose to 10 % in a rehearsal");
    const later = await scene();
    await later.weighs("promote", 10, minuteAfter(START));
    await later.rehearses();
    expect(later.says("P2")).toContain("a rehearsal began while green has 10 % of route 0");
  });

  it("P2: a rollback of somebody else that a rehearsal takes back, at once", async () => {
    const { does, store, says } = await scene();
    await store({ latch: { ...LATCH, at: epochMs(START + 20_000) }, epoch: 2 });
    await does("rehearsal", async (ports) => {
      const read = await ports.state.read("orders", TIMEOUT_MS);
      if (!read.ok || read.value === null) throw new Error("not armed");
      const { latch: _latch, ...state } = read.value;
      const next = { ...state, version: state.version + 1, writeId: "rita", epoch: 3 };
      await ports.state.transition(state.version, next, TIMEOUT_MS);
    });
    const found = says("P2").join("\n");
    expect(found).toContain("a rehearsal armed again what had gone back from 10 %");
    expect(found).toContain("a rehearsal armed again what had gone back by policy");
    expect(found).toContain("a rehearsal armed again while a request of before it may still arrive");
  });

  it("P1: a first step before its time, which the end of a rehearsal that came to nothing does not begin anew", async () => {
    const timed = () => armedWorld(FAULT_KINDS, { minDwell: "5m" });
    const early = await timed();
    await early.weighs("promote", 10, minuteAfter(START));
    expect(early.says("P1").join()).toContain("before its shortest time was over");
    const { world, weighs, store, says } = await timed();
    await world.time.runTo(START + 5 * MINUTE_MS);
    await store({ armedAt: epochMs(world.time.now()) });
    await weighs("promote", 10, minuteAfter(world.time.now()));
    expect(says("P1").join()).not.toContain("before its shortest time was over");
  });

  it("P7: an alarm that a rehearsal has set, and leaves as it is", async () => {
    const { world, rehearses, says, arn } = await scene();
    await rehearses(async (ports, run) => {
      await ports.alarmSetter.set(arn, "ALARM", "begins", READ_MS);
      const report = { kind: "broken", link: "event", standing: "armed", marks: [] } as never;
      world.tell({ kind: "rehearsed", at: world.time.now(), run, arn, report });
    });
    expect(says("P7")).toContain("a rehearsal was over, and its alarm was still as it had set it");
  });

  it("P7: what a rehearsal says that was not so", async () => {
    const { world, rehearses, says, arn } = await scene();
    const tells = (report: object) =>
      rehearses(async (_ports, run) =>
        world.tell({ kind: "rehearsed", at: world.time.now(), run, arn, report: { marks: [], ...report } as never }),
      );
    await tells({ kind: "passed" });
    expect(says("P7")).toContain("a rehearsal said that it passed, and nothing was latched");
    expect(says("P7")).toContain("a rehearsal said that it passed, and pin 0 was never up");
    const other = await scene();
    await other.rehearses(async (_ports, run) => {
      const told = { kind: "rehearsed", at: other.world.time.now(), run, arn } as const;
      const broken = { kind: "broken", link: "event", why: "", marks: [] } as const;
      other.world.tell({ ...told, report: { kind: "refused", refusals: [] } });
      other.world.tell({ ...told, report: { ...broken, standing: "armed" } });
      other.world.tell({ ...told, report: { ...broken, standing: "rolledBack" } });
    });
    expect(other.says("P7")).toEqual([
      "a rehearsal said that nothing was changed, and it had announced itself",
      "a rehearsal said that it is armed as before, and its hold is on",
      "a rehearsal said that it is rolled back, and it is armed",
    ]);
  });
});
