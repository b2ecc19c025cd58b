import { describe, expect, it } from "vitest";
import { armCommand } from "../../../src/cli/commands/arm.ts";
import { doctorCommand } from "../../../src/cli/commands/doctor.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const armedDesk = async () => {
  const world = fakeWorld();
  await world.arm();
  await world.minute();
  const desk = deskBefore(world);
  const doctor = () => doctorCommand(desk.context, { policy: DRILL, rehearsal: false });
  const arm = () => failed(armCommand(desk.context, { policy: DRILL, again: false, rehearsal: false }));
  return { world, desk, doctor, arm };
};

describe("pawl doctor where all holds and arming is refused all the same", () => {
  it("says that it is armed already, and not that it can be", async () => {
    const { doctor } = await armedDesk();

    const { document, lines, exitCode } = await doctor();

    expect(document.findings.every(({ verdict }) => verdict === "ok")).toBe(true);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ ready: false, notNow: [expect.stringMatching(/^it is armed already \(\w+\)$/)] });
    expect(lines.at(-1)).toMatch(/^All \d+ hold; orders is not to be armed now: it is armed already/);
  });

  it.each<readonly [string, boolean, RegExp]>([
    ["is not recorded", false, /^Leave it up: all was sent to blue.*pawl rollback/],
    ["may not be recorded, the table being down", true, /^Leave it up until the table answers/],
  ])("does not advise to park a pin whose rollback %s", async (_name, down, remedy) => {
    const { world, doctor } = await armedDesk();
    await world.until("50 %", () => world.state().weightPercent === 50, 60);
    const [route] = ORDERS.routes;
    world.rules.edit(route?.pin?.ruleArn ?? "", (rule) => ({ ...rule, priority: route?.pin?.raisedPriority ?? 0 }));
    world.store.down = down;

    const { document, lines } = await doctor();

    const pin = document.findings.find(({ what }) => what.startsWith("pin "));
    expect(pin).toMatchObject({ verdict: "refused", remedy: expect.stringMatching(remedy) });
    expect(lines.join("\n")).not.toContain("Park it");
    expect(lines.join("\n")).not.toContain("modify-rule");
    if (!down) expect(lines.at(-1)).toContain("Nor now: it is armed already (shifting)");
  });

  it("does not advise to make a pin again that was deleted at the point of no return", async () => {
    const { world, doctor } = await armedDesk();
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    world.rules.remove(ORDERS.routes[0]?.pin?.ruleArn ?? "");

    const { document } = await doctor();

    const pin = document.findings.find(({ what }) => what.startsWith("pin "));
    expect(pin?.remedy).toMatch(/^Make none: .*pawl restore/);
  });

  it("says until when a rollback cools down, and that it can be armed from then on", async () => {
    const { world, desk, doctor } = await armedDesk();
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });
    expect((await doctor()).lines.at(-1)).toMatch(/not settled.*it cools down until 2026-/);

    await world.until("settled", () => world.state().settled !== undefined);
    await world.minutes(30);

    expect((await doctor()).document.ready).toBe(true);
    expect((await doctor()).lines.at(-1)).toMatch(/^orders can be armed: all \d+ hold\.$/);
  });
});

describe("pawl arm without --again on a cutover that has gone on", () => {
  it("points to --again after a rollback, and to another name when it is complete", async () => {
    const { world, desk, arm } = await armedDesk();
    const armed = world.state();
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });
    expect((await arm()).why).toContain("pawl arm --again");

    world.store.put({ ...armed, phase: "complete", wayBack: "closed" });
    expect((await arm()).why).toContain("another name");
  });
});
