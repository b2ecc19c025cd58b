import { describe, expect, it } from "vitest";
import { requestCommand } from "../../../src/cli/commands/request.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { later } from "../../../src/kernel/units.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { beginDecommission } from "../../support/decommission.ts";
import { fakeWorld } from "../../support/fake-world.ts";

const atTen = async () => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return { world, desk: deskBefore(world) };
};

describe("pawl status", () => {
  it("prints a document of exactly the agreed shape", async () => {
    const { world, desk } = await atTen();
    await world.minute();

    const { document, exitCode } = await statusCommand(desk.context);

    expect(exitCode).toBe(0);
    expect(document).toEqual({
      cutover: "orders",
      phase: "shifting",
      epoch: 1,
      weightPercent: { recorded: 10, effective: 10 },
      latch: null,
      pause: null,
      blocking: expect.arrayContaining([
        {
          what: "dwell",
          since: expect.stringMatching(/^2026-11-22T03:\d\d:00\.000Z$/),
          value: expect.stringMatching(/ s at 10 %$/),
          threshold: expect.stringMatching(/^until 2026-/),
          clears: "the step's shortest time is over",
        },
      ]),
      soak: { healthySeconds: 0, requiredSeconds: 480 },
      rollbackSafety: { label: "lossless", seconds: 0.4 },
      wayBack: "open",
      lastTickAt: expect.stringMatching(/^2026-11-22T03:\d\d:00\.000Z$/),
    });
  });

  it("answers in one screen: what blocks, for how long, value against threshold, what clears it, the way back", async () => {
    const { world, desk } = await atTen();
    world.truth.streams.set("reverse.lagRecords", 431);
    await world.minutes(3);

    const { document, lines } = await statusCommand(desk.context);

    expect(document.rollbackSafety).toEqual({
      label: "bounded",
      seconds: 0.4,
      reasons: [expect.stringMatching(/^431 records of/)],
    });
    expect(lines.length).toBeLessThan(24);
    expect(lines[0]).toContain("orders   shifting   epoch 1   drill");
    expect(lines.join("\n")).toMatch(/gate:lag for 2 min 0\d s/);
    expect(lines.join("\n")).toMatch(/431, needs <= 100; clears when the gate passes: both streams are close behind/);
    expect(lines).toContainEqual(
      expect.stringMatching(/way back {3}open, bounded, reverse 0\.4 s behind \(431 records of/),
    );
  });

  it("shows a rollback: mode, cause, expected label, and what the rules really do", async () => {
    const { desk } = await atTen();
    await rollbackCommand(desk.context, { reason: "green looks wrong", acceptLoss: false });

    const { document, lines } = await statusCommand(desk.context);

    expect(document).toMatchObject({
      phase: "rolledBack",
      epoch: 2,
      weightPercent: { recorded: 0, effective: 0 },
      latch: { mode: "snapped", cause: "olga@desk: green looks wrong", at: expect.stringMatching(/Z$/) },
    });
    expect(lines.join("\n")).toContain("pin raised: all on blue");
  });

  it("says what a rollback proved to have cost, and why, where it was not nothing", async () => {
    const { world, desk } = await atTen();
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });
    world.truth.streams.set("conflicts.total", 2);
    await world.until("settled", () => world.state().settled !== undefined);

    const { document, lines } = await statusCommand(desk.context);
    expect(lines.join("\n")).toContain("settled bounded (2 rows were written on both sides; both images are kept)");
    expect(document.latch).toMatchObject({
      verifiedAt: expect.stringMatching(/Z$/),
      expected: { label: "lossless", reasons: [] },
      settled: { label: "bounded", reasons: ["2 rows were written on both sides; both images are kept"] },
    });
  });

  it("shows a pause with who and why, and before its tick that it is asked for", async () => {
    const { world, desk } = await atTen();
    await requestCommand(desk.context, "pause", "lunch");

    const asked = await statusCommand(desk.context);
    expect(asked.lines.join("\n")).toMatch(/asked {6}pause by olga@desk: lunch/);
    expect(asked.document.request).toEqual({
      verb: "pause",
      by: "olga@desk",
      reason: "lunch",
      expiresAt: expect.stringMatching(/Z$/),
    });
    await world.minute();

    const { document } = await statusCommand(desk.context);
    expect(document.pause).toEqual({ by: "olga@desk", reason: "lunch", at: expect.stringMatching(/Z$/) });
    expect(document.blocking.map(({ what }) => what)).toContain("pause");
  });

  it("gives null, and says so, where the rules or the policy cannot be read", async () => {
    const { world, desk } = await atTen();
    world.rules.describeFails = true;
    world.policies.all.clear();

    const { document, lines } = await statusCommand(desk.context);

    expect(document).toMatchObject({
      weightPercent: { recorded: 10, effective: null },
      soak: { requiredSeconds: null },
    });
    expect(lines.join("\n")).toContain("the rules could not be read: DescribeRules");
  });

  it("says first that no tick has judged it for minutes: what blocked then may be over, and nothing goes on", async () => {
    const { world, desk } = await atTen();
    world.clock.advanceTo(later(world.clock.now(), 120_000));
    expect((await statusCommand(desk.context)).document.blocking.map(({ what }) => what)).not.toContain("tick");
    world.clock.advanceTo(later(world.clock.now(), 180_000));

    const { document, lines } = await statusCommand(desk.context);

    expect(document.blocking[0]).toEqual({
      what: "tick",
      since: document.lastTickAt,
      value: `no tick has judged it since ${document.lastTickAt}`,
      threshold: "one a minute",
      clears: "pawl-tick and pawl-promote run again",
    });
    expect(lines[2]).toMatch(/^ {2}blocking {3}tick for 5 min 0\d s: no tick has judged it since 2026-/);
  });

  it("says what the ledger and the topic have not taken, and since when", async () => {
    const { world, desk } = await atTen();
    expect((await statusCommand(desk.context)).document.undelivered).toBeUndefined();
    const append = async () => outsideFailure("refused", "AccessDenied");
    const send = async () => outsideFailure("refused", "AccessDenied");
    const { ledger, notify } = world.ports;
    const cutOff = { ...world.ports, ledger: { ...ledger, append }, notify: { ...notify, send } };
    const since = toIso(world.clock.now());
    world.truth.greenErrorRatio = 0.5;
    for (let minute = 0; minute < 6; minute += 1) await world.minute(cutOff);

    const { document, lines } = await statusCommand(desk.context);
    const { undelivered } = document;
    expect(undelivered?.records).toBeGreaterThan(2);
    expect(undelivered?.messages).toBeGreaterThan(0);
    expect((undelivered?.since ?? "") >= since).toBe(true);
    const { records, messages } = undelivered ?? {};
    expect(lines.at(-1)).toBe(
      `  unsent     ${records} not taken by the ledger, ${messages} not taken by the topic: nobody was told; the oldest since ${undelivered?.since}`,
    );

    await world.minutes(4);
    expect((await statusCommand(desk.context)).document.undelivered).toBeUndefined();
  });

  it("is an outside failure without the table, and still tells what the rules do and what needs no table", async () => {
    const { world, desk } = await atTen();
    world.store.down = true;

    expect(await failed(statusCommand(desk.context))).toEqual({
      exitCode: 3,
      what: "The state of orders cannot be read; its rules send 10 % to green.",
      why: "GetItem: no answer",
      next: "Nothing advances while pawl cannot read its table. pawl rollback does not need it.",
    });
  });

  it("refuses a cutover that was never armed, and says what comes first", async () => {
    expect(await failed(statusCommand(deskBefore(fakeWorld()).context))).toMatchObject({
      exitCode: 1,
      what: "orders was never armed; its rules send 0 % to green.",
      next: expect.stringContaining("pawl doctor orders"),
    });
  });

  it("names the act of a decommission that has begun and not come about, long before people are told of it", async () => {
    const { world, instead, runMinutes } = await beginDecommission();
    const waits = { kind: "waiting", for: "Kafka Connect" } as const;
    instead.set("reset-offsets", waits);
    await runMinutes(12);
    const { context } = deskBefore(world);

    const { document, lines } = await statusCommand(context);

    expect(document.act).toEqual({ action: "reset-offsets", since: expect.stringMatching(/Z$/) });
    expect(lines).toContain(`  under way  reset-offsets since ${document.act?.since}`);
    await runMinutes(15);
    const told = (await statusCommand(context)).document;
    expect(told.act).toBeUndefined();
    expect(told.blocking.map(({ what }) => what)).toContain("act:reset-offsets");
  });

  it("says so where this machine's clock is slow, and of nothing that it has stood for less than no time", async () => {
    const { world, desk } = await atTen();
    const { ports } = desk.context;
    const slow = { ...ports.clock, now: () => later(world.clock.now(), -360_000) };
    const { lines } = await statusCommand({ ...desk.context, ports: { ...ports, clock: slow } });
    const said = lines.join("\n");
    expect(said).toMatch(/last tick {2}\S+, 5 min 58 s ahead of this machine's clock, which is slow: set it/);
    expect(said).not.toMatch(/-\d+ s/);
  });
});
