import { describe, expect, it } from "vitest";
import { armCommand } from "../../../src/cli/commands/arm.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { requestPause } from "../../../src/guard/requests.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";

const rolledBack = async () => {
  const world = fakeWorld();
  const desk = deskBefore(world);
  await armCommand(desk.context, { policy: DRILL, again: false, rehearsal: false });
  await rollbackCommand(desk.context, { reason: "practice", acceptLoss: false });
  await world.until("settled", () => world.state().settled !== undefined);
  await world.minutes(30);
  const invoke = {
    ...world.ports.invoke,
    rollback: async () => outsideFailure("refused", "Invoke failed: ExpiredToken"),
  };
  const deaf = { ...desk.context, ports: { ...desk.context.ports, invoke } };
  return { world, context: desk.context, deaf };
};
const again = { policy: DRILL, again: true, rehearsal: false };

describe("pawl arm --again where nobody can be asked to lower the pin", () => {
  it("says that it is armed with its pin up, not that it could not be armed", async () => {
    const { world, deaf } = await rolledBack();

    const failure = await failed(armCommand(deaf, again));

    expect(world.state()).toMatchObject({ phase: "armed", epoch: 3, intent: { kind: "lowerPin" } });
    expect(failure).toMatchObject({
      exitCode: 3,
      what: "orders is armed again, epoch 3, and its pin is still up.",
      why: expect.stringContaining("ExpiredToken"),
    });
  });

  it("asks once more when it is repeated, and begins no other epoch", async () => {
    const { world, context, deaf } = await rolledBack();
    await failed(armCommand(deaf, again));

    expect((await armCommand(context, again)).document.epoch).toBe(3);
    await world.deliverAll();

    expect(world.state().intent).toBeUndefined();
    expect(world.state()).toMatchObject({ phase: "armed", epoch: 3 });
  });

  it("does not ask with another policy, nor when no time is left to lower it", async () => {
    const { world, context, deaf } = await rolledBack();
    await failed(armCommand(deaf, again));

    const other = { ...again, policy: { ...DRILL, description: "another" } };
    expect(await failed(armCommand(context, other))).toMatchObject({
      exitCode: 1,
      why: expect.stringContaining("with another policy"),
    });
    await world.clock.sleep(240_000 as never);
    expect(await failed(armCommand(context, again))).toMatchObject({
      exitCode: 1,
      why: expect.stringContaining("not lowered in time"),
    });
  });
});

describe("pawl arm --again of a cutover that somebody has paused", () => {
  it("says that it is still paused, and by whom", async () => {
    const { world, context } = await rolledBack();
    await requestPause(world.ports, "orders", { by: "olga", reason: "over night" });
    await world.minute();
    const { lines } = await armCommand(context, again);
    expect(lines).toContain('  It is still paused by olga (over night): pawl resume orders --reason "…".');
  });
});
