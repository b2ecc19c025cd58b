import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drillRollbackCommand, minutesGiven } from "../../../src/cli/commands/drill-rollback.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { requestPause } from "../../../src/guard/requests.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { drillIn, LINKS } from "../../support/drill.ts";
import { fakeWorld } from "../../support/fake-world.ts";

const scene = async () => {
  const world = fakeWorld();
  world.truth.streams.set("forward.lagRecords", 5_000);
  await world.arm();
  await world.minutes(2);
  world.truth.streams.delete("forward.lagRecords");
  const desk = deskBefore(world);
  const drill = drillIn(world);
  return { world, desk, drill, context: { ...desk.context, ports: { ...desk.context.ports, ...drill.ports } } };
};
const withinMs = minutesGiven("3");

describe("pawl drill rollback", () => {
  test("says what it will do, prints each link with its time, and ends armed", async () => {
    const { world, desk, context } = await scene();
    const { document, lines, exitCode } = await drillRollbackCommand(context, { withinMs });

    expect(exitCode).toBe(0);
    expect(desk.progress.slice(0, 4).join("\n")).toMatch(
      /rehearsing the rollback of orders for real.*1\. early in a tick's minute, pawl-orders-green-5xx-ratio is set to ALARM.*told.*2\..*3\./s,
    );
    expect(document).toMatchObject({ cutover: "orders", via: "action", epoch: 3 });
    expect(document.links.map(({ what }) => what)).toEqual(LINKS);
    expect(document.links.every(({ tookMs }) => tookMs >= 0)).toBe(true);
    expect(lines.join("\n")).toMatch(
      /the way back works.*came by action.*pin raised +\d+ ms.*verified on blue +1\d s/s,
    );
    expect(world.state().phase).toBe("armed");
  });

  test("says that a pause still stands, and who set it", async () => {
    const { world, context } = await scene();
    await requestPause(world.ports, "orders", { by: "olga", reason: "over night" });
    await world.minute();
    const { lines } = await drillRollbackCommand(context, { withinMs });
    expect(lines.at(-1)).toBe(
      '  Armed again, epoch 3; still paused by olga (over night): pawl resume orders --reason "…". Recorded in the ledger.',
    );
  });

  test("does not say that it goes on where it has been rolled back in earnest before that was recorded", async () => {
    const { context, world } = await scene();
    const { progress } = context.terminal;
    let latch: CutoverState["latch"];
    const terminal = {
      ...context.terminal,
      progress: (line: string) => {
        progress(line);
        const state = world.state();
        latch ??= state.latch;
        if (!line.includes("pin lowered") || latch === undefined) return;
        world.store.put({ ...state, version: state.version + 1, latch });
      },
    };
    const { lines } = await drillRollbackCommand({ ...context, terminal }, { withinMs });
    expect(lines.join("\n")).toContain("Armed again, and rolled back in earnest since: pawl status orders");
  });

  test("is refused with exit code 1 where green has traffic, and says when it is for", async () => {
    const { world, context } = await scene();
    await world.until("10 %", () => world.state().weightPercent === 10);
    expect(await failed(drillRollbackCommand(context, { withinMs }))).toMatchObject({
      exitCode: 1,
      what: "The rollback of orders was not rehearsed; nothing was changed.",
      why: expect.stringMatching(/it is shifting, it must be armed.*green has 10 %/s),
      next: expect.stringContaining("before the first step"),
    });
  });

  test("never sets an alarm that would send another cutover back in earnest", async () => {
    const { world, context } = await scene();
    const policiesDir = mkdtempSync(join(tmpdir(), "pawl-shared-"));
    const text = readFileSync("policies/orders/cutover.json", "utf8");
    mkdirSync(join(policiesDir, "payments"));
    writeFileSync(
      join(policiesDir, "payments", "cutover.json"),
      text.replace('"name": "orders"', '"name": "payments"'),
    );

    const refusal = await failed(drillRollbackCommand({ ...context, policiesDir }, { withinMs }));
    rmSync(policiesDir, { recursive: true });

    expect(refusal).toMatchObject({
      exitCode: 1,
      why: expect.stringMatching(/pawl-orders-green-5xx-ratio is listed by payments too/),
      next: expect.stringContaining("--alarm"),
    });
    expect(world.state()).toMatchObject({ phase: "armed", epoch: 1 });
  });

  test("is an outside failure where nobody answers whether it is announced, and never 'nothing was changed'", async () => {
    const { context } = await scene();
    const transition = async () => ({ kind: "unknown", message: "no answer within 3 s" }) as const;
    const state = { ...context.ports.state, transition };
    const unsure = drillRollbackCommand({ ...context, ports: { ...context.ports, state } }, { withinMs });
    expect(await failed(unsure)).toMatchObject({
      exitCode: 3,
      what: "The rollback of orders was not rehearsed; no alarm was set.",
      why: expect.stringMatching(/^no answer within 3 s: .* until 2026-\d\d-\d\dT/),
      next: expect.stringContaining("pawl status orders"),
    });
  });

  test("names the broken link with what can be seen of it, as an outside failure", async () => {
    const { context, drill } = await scene();
    drill.wiring.ways = [];
    const functions = { probe: async () => outsideFailure("not-found", "Function not found: pawl-rollback") };
    const broken = drillRollbackCommand({ ...context, ports: { ...context.ports, functions } }, { withinMs });
    expect(await failed(broken)).toMatchObject({
      exitCode: 3,
      what: "The way back of orders is broken at: event.",
      why: expect.stringMatching(/nothing latched.*Reached: rehearsal begins.*Function not found/s),
      next: expect.stringMatching(/EventBridge rule.*orders is armed as before/s),
    });
  });

  test("says after a link that broke on the way back to armed how to go on", async () => {
    const { context, world } = await scene();
    world.truth.drains = false;
    expect(await failed(drillRollbackCommand(context, { withinMs }))).toMatchObject({
      exitCode: 3,
      what: "The way back of orders is broken at: settle.",
      next: expect.stringContaining("pawl arm orders --again"),
    });
  });

  test("says where it is armed again, and not that it is rolled back", async () => {
    const { context, world, drill } = await scene();
    world.truth.drains = false;
    const deliver = async (): Promise<void> => {
      const { latch: _latch, ...state } = world.state();
      world.store.put({ ...state, phase: "armed" });
      drill.wiring.ticks = false;
    };
    drill.pending.push({ at: epochMs(world.clock.now() + 600_000), deliver });
    expect(await failed(drillRollbackCommand(context, { withinMs }))).toMatchObject({
      what: "The way back of orders is broken at: settle.",
      next: expect.stringContaining("orders is armed again, by somebody else or by a write of this rehearsal"),
    });
  });

  test("takes an alarm by its name, and none that the cutover does not list", async () => {
    const { context, drill } = await scene();
    const { document } = await drillRollbackCommand(context, { withinMs, alarm: "pawl-orders-green-healthy-hosts" });
    expect(document.alarm).toMatch(/:alarm:pawl-orders-green-healthy-hosts$/);
    expect(await failed(drillRollbackCommand(context, { withinMs, alarm: "somebody-elses" }))).toMatchObject({
      exitCode: 2,
      next: expect.stringContaining("pawl-orders-green-p99"),
    });
    expect(drill.set).toEqual(["ALARM", "OK"]);
  });

  test("is an outside failure where the table does not answer", async () => {
    const { context, world } = await scene();
    world.store.down = true;
    expect(await failed(drillRollbackCommand(context, { withinMs }))).toMatchObject({ exitCode: 3 });
  });

  test.each(["0", "31", "1.5", "soon", ""])("refuses --minutes %j", async (text) => {
    expect(await failed((async () => minutesGiven(text))())).toMatchObject({ exitCode: 2 });
  });
});
