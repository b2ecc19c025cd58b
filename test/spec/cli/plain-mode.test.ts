import { describe, expect, it } from "vitest";
import { armCommand } from "../../../src/cli/commands/arm.ts";
import { doctorCommand } from "../../../src/cli/commands/doctor.ts";
import { restoreCommand } from "../../../src/cli/commands/restore.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld, worldOf } from "../../support/fake-world.ts";
import { PLAIN, plainWorld } from "../../support/plain-cutover.ts";

const at50 = async () => {
  const world = plainWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  return { world, desk: deskBefore(world) };
};
const rollback = { reason: "enough", acceptLoss: false };

describe("a cutover without a pin", () => {
  it("is armed by somebody who accepts what that gives up, and by nobody else", async () => {
    const world = worldOf(PLAIN["the default action"]);
    const arming = { policy: DRILL, again: false, rehearsal: false };

    const failure = await failed(armCommand(deskBefore(world).context, arming));
    expect(failure).toMatchObject({ exitCode: 1 });
    expect(failure.why).toContain("--without-pin --accept-late-landing");
    const { lines } = await armCommand(deskBefore(world).context, { ...arming, withoutPin: true });
    expect(lines.at(-1)).toMatch(/Plain mode: without a pin .* no earlier than 180 s after its latch/);
    expect(world.state().withoutPin).toMatchObject({ by: "olga@desk" });
  });

  it("is looked at by doctor as it is to be armed", async () => {
    const world = worldOf(PLAIN["the default action"]);
    const doctor = async (withoutPin: boolean) => {
      const looking = { policy: DRILL, rehearsal: false, withoutPin };
      const { document } = await doctorCommand(deskBefore(world).context, looking);
      return document.findings.filter(({ what }) => /plain mode|default action|pin/.test(what));
    };
    expect((await doctor(false)).map(({ verdict, what }) => [verdict, what])).toEqual([
      ["ok", expect.stringContaining("default action of")],
      ["refused", expect.stringContaining("plain mode of")],
    ]);
    // It takes the one flag of the two, and says so.
    expect((await doctor(false))[1]?.remedy).toMatch(/look with --without-pin, and arm it with --without-pin --accept/);
    expect((await doctor(true)).map(({ verdict }) => verdict)).toEqual(["ok", "ok"]);
  });

  it("says in its status what it does not promise, and when a rollback can be verified", async () => {
    const { world, desk } = await at50();
    const before = await statusCommand(desk.context);
    expect(before.document.plainMode).toEqual({ by: "olga", givesUp: expect.stringContaining("180 s") });
    expect(before.lines.join("\n")).toContain(
      "no pin     accepted by olga: without a pin a rollback writes the weights",
    );

    const { document, lines } = await rollbackCommand(desk.context, rollback);
    const { verifiedNotBefore } = document;
    expect(document).toMatchObject({ recorded: true, expected: "lossless" });
    expect(lines.join("\n")).toContain(`until ${verifiedNotBefore}`);
    const during = await statusCommand(desk.context);
    expect(during.document.plainMode?.verifiedNotBefore).toBe(verifiedNotBefore);
    expect(during.document.weightPercent.effective).toBe(0);
    await world.until("verified", () => world.state().phase === "rolledBack", 6);
    expect((await statusCommand(desk.context)).document.plainMode).toEqual(before.document.plainMode);
  });

  it("with pins everywhere has nothing of it in its status", async () => {
    const world = fakeWorld();
    await world.arm();
    expect((await statusCommand(deskBefore(world).context)).document).not.toHaveProperty("plainMode");
  });

  it("rolled back without the table is an outside failure that says to run it again", async () => {
    const { world, desk } = await at50();
    world.store.down = true;
    world.outage.table = true;
    const failure = await failed(rollbackCommand(desk.context, rollback));
    expect(failure).toMatchObject({ exitCode: 3 });
    expect(failure.next).toContain("Run it again");
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("shows its way back without the table, as long as blue is named", async () => {
    const { world, desk } = await at50();
    world.store.down = true;
    expect((await failed(restoreCommand(desk.context))).what).toContain("so the way back is open");
    const [route] = world.cutover.routes;
    if (route === undefined) throw new Error("unreachable");
    const alone = { route, greenPercent: 100, stickySeconds: null, alone: "green" } as const;
    await world.rules.writeWeights(alone, [], ONE_ATTEMPT);
    expect((await failed(restoreCommand(desk.context))).what).toContain(
      "gone: at the point of no return, or by somebody else",
    );
  });
});
