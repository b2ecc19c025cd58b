import { describe, expect, it } from "vitest";
import { armCommand } from "../../../src/cli/commands/arm.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import { deskBefore, type FakeDesk, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";

const arm = (desk: FakeDesk, options: { readonly again?: boolean; readonly rehearsal?: boolean } = {}) =>
  armCommand(desk.context, { policy: DRILL, again: false, rehearsal: false, ...options });

describe("pawl arm", () => {
  it("arms when everything holds, and names epoch, policy and the first tick", async () => {
    const world = fakeWorld();
    const { document, lines } = await arm(deskBefore(world));

    expect(document).toMatchObject({
      cutover: "orders",
      epoch: 1,
      policy: "orders-drill",
      drill: true,
      rollbackSafety: "lossless",
      firstTickAt: "2026-11-22T03:01:00.000Z",
    });
    expect(lines[0]).toMatch(/^orders is armed: epoch 1, policy orders-drill/);
    expect(world.state()).toMatchObject({ phase: "armed", armedBy: "olga@desk" });
  });

  it("writes nothing at all where anything does not hold", async () => {
    const world = fakeWorld();
    world.truth.healthy.green = 3;

    const failure = await failed(arm(deskBefore(world)));

    expect(failure).toMatchObject({ exitCode: 1, what: "orders was not armed; nothing was changed." });
    expect(failure.why).toContain("refused  green's hosts: 3/4 healthy, 1 not");
    expect(failure.why).toContain("do: ");
    expect(() => world.state()).toThrow("never armed");
    expect(world.policies.all.size).toBe(0);
    expect(await world.active.list(1_000 as never)).toMatchObject({ ok: true, value: [] });
    expect(world.rules.writes).toEqual([]);
  });

  it("is an outside failure where something only cannot be read", async () => {
    const world = fakeWorld();
    world.truth.alarmsFail = true;
    expect(await failed(arm(deskBefore(world)))).toMatchObject({ exitCode: 3 });
    expect(() => world.state()).toThrow("never armed");
  });

  it("does not say where traffic is where not even the state could be read", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.store.down = true;
    for (const again of [false, true])
      expect(await failed(arm(deskBefore(world), { again }))).toMatchObject({
        exitCode: 3,
        next: "Nothing was changed. Run it again once the table answers; pawl status orders says where traffic is.",
      });
  });

  it("refuses a drill on AWS, and takes it in a declared rehearsal", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    desk.kind = "aws";

    expect(await failed(arm(desk))).toMatchObject({ exitCode: 1, why: expect.stringContaining("a drill") });
    expect((await arm(desk, { rehearsal: true })).document.drill).toBe(true);
  });

  it("refuses a second time, and re-arms only after a rollback", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    await arm(desk);

    expect(await failed(arm(desk))).toMatchObject({ exitCode: 1, why: expect.stringContaining("armed already") });
    expect(await failed(arm(desk, { again: true }))).toMatchObject({ exitCode: 1, why: "it is not rolled back" });
  });

  it("arms again although ticks go on while everything is looked at", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    await arm(desk);
    await rollbackCommand(desk.context, { reason: "practice", acceptLoss: false });
    await world.until("settled", () => world.state().settled !== undefined);
    await world.minutes(30);
    const before = world.state().version;
    const checkCdc = async () => {
      await world.minute();
      return desk.cdc;
    };
    const context = { ...desk.context, ports: { ...desk.context.ports, checkCdc } };

    const { document } = await armCommand(context, { policy: DRILL, again: true, rehearsal: false });

    expect(document.epoch).toBe(3);
    expect(world.state().version).toBeGreaterThan(before + 1);
  });

  it("arms again once a rollback is verified, settled and cooled down, with the pin raised as it then is", async () => {
    const world = fakeWorld();
    const desk = deskBefore(world);
    await arm(desk);
    await world.until("10 %", () => world.state().weightPercent === 10);
    await rollbackCommand(desk.context, { reason: "practice", acceptLoss: false });
    expect(await failed(arm(desk, { again: true }))).toMatchObject({
      exitCode: 1,
      why: expect.stringContaining("not settled"),
    });
    await world.until("settled", () => world.state().settled !== undefined);
    await world.minutes(30);

    const { document } = await arm(desk, { again: true });

    expect(document.epoch).toBe(3);
    await world.deliverAll();
    expect((await statusCommand(desk.context)).document).toMatchObject({ phase: "armed", latch: null });
  });
});
