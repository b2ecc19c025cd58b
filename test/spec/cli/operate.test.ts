import { describe, expect, it } from "vitest";
import type { RulesPort } from "../../../src/actuation/rules-port.ts";
import { armCommand } from "../../../src/cli/commands/arm.ts";
import { doctorCommand } from "../../../src/cli/commands/doctor.ts";
import { explainCommand } from "../../../src/cli/commands/explain.ts";
import { exitCodeOf, exportLedger, exportLines } from "../../../src/cli/commands/ledger-export.ts";
import { ledgerVerifyCommand } from "../../../src/cli/commands/ledger-verify.ts";
import { requestCommand } from "../../../src/cli/commands/request.ts";
import { restoreCommand } from "../../../src/cli/commands/restore.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { statusCommand } from "../../../src/cli/commands/status.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import { chainRecord } from "../../../src/ledger/chain.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS, sha256 } from "../../support/fake-world.ts";

const at = async (weight: number) => {
  const world = fakeWorld();
  await world.arm();
  await world.until(`${weight} %`, () => world.state().weightPercent === weight);
  return { world, desk: deskBefore(world) };
};

const NO = { reason: "no", acceptLoss: false };

/** A load balancer that refuses to move the pin or the weights, so that a rollback stays unverified. */
const unmoved = ({ rules }: FakeWorld): RulesPort => {
  const refuse = async () => ({ kind: "refused", code: "AccessDenied", message: "not allowed" }) as const;
  return { ...rules, movePin: refuse, writeWeights: refuse };
};

describe("pawl pause, resume, approve", () => {
  it("names the tick that takes it, and that tick does", async () => {
    const { world, desk } = await at(10);

    const { document, lines } = await requestCommand(desk.context, "pause", "lunch");

    expect(document).toMatchObject({ verb: "pause", by: "olga@desk", reason: "lunch", epoch: 1 });
    expect(lines[0]).toMatch(/^pause: asked; the tick of 2026-.* takes it, in \d+ s\.$/);
    await world.minute();
    expect(world.state().pause).toMatchObject({ by: "olga@desk", reason: "lunch" });
    await requestCommand(desk.context, "resume", "back");
    await world.minute();
    expect(world.state().pause).toBeUndefined();
  });

  it("does not promise that a cutover advances which is rolled back, nor that arming again takes a pause off", async () => {
    const { world, desk } = await at(10);
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });

    expect((await requestCommand(desk.context, "resume", "go")).lines[1]).toBe(
      "A rollback is latched: nothing advances before pawl arm orders --again --policy <name>.",
    );
    await world.minute();
    expect((await requestCommand(desk.context, "pause", "stay")).lines[1]).toBe(
      'A rollback is latched: nothing advances anyway. The pause outlasts pawl arm orders --again --policy <name>; pawl resume orders --reason "…" takes it off.',
    );
    await world.until("settled", () => world.state().settled !== undefined);
    await world.minutes(5);
    const again = await armCommand(desk.context, { policy: DRILL, again: true, rehearsal: true });
    expect(again.lines.join()).toContain("still paused by olga@desk (stay)");
  });

  it("does not promise rollbacks, nor steps, past the point of no return", async () => {
    const { world, desk } = await at(10);
    const state = world.state();
    const past = { phase: "decommissioning", wayBack: "restorable" } as const;
    world.store.put({ ...state, version: state.version + 1, ...past });

    expect((await requestCommand(desk.context, "pause", "look")).lines[1]).toBe(
      "Past the point of no return: without a permit decommission stops within 3 minutes of that tick. pawl restore orders says what way back is left.",
    );
    const { request: _taken, ...rest } = world.state();
    world.store.put({ ...rest, version: rest.version + 1 });
    expect((await requestCommand(desk.context, "resume", "go")).lines[1]).toBe(
      "From then on CDC is taken apart further: it is past the point of no return.",
    );
  });

  it("refuses to approve what is about to go back", async () => {
    const { world, desk } = await at(100);
    expect(world.state().phase).toBe("soaking");
    await rollbackCommand({ ...desk.context, ports: { ...desk.context.ports, rules: unmoved(world) } }, NO).catch(
      () => {},
    );
    expect(world.state()).toMatchObject({ phase: "soaking", latch: { mode: "snapped" } });

    expect(await failed(requestCommand(desk.context, "approve", "yes"))).toMatchObject({
      exitCode: 1,
      why: "a rollback is latched.",
    });
  });

  it("refuses an approval before the soak, and a second request before the first was taken", async () => {
    const { desk } = await at(10);
    expect(await failed(requestCommand(desk.context, "approve", "early"))).toMatchObject({
      exitCode: 1,
      why: "approval is given in soaking, or renewed before the point of no return; this is shifting.",
    });
    await requestCommand(desk.context, "pause", "one");
    expect(await failed(requestCommand(desk.context, "pause", "two"))).toMatchObject({ exitCode: 1 });
  });

  it("is an outside failure where the table does not answer", async () => {
    const { world, desk } = await at(10);
    world.store.down = true;
    expect(await failed(requestCommand(desk.context, "pause", "lunch"))).toMatchObject({ exitCode: 3 });
  });
});

describe("pawl rollback", () => {
  it("sends all traffic to blue and says what it is expected to have cost", async () => {
    const { world, desk } = await at(50);

    const { document, exitCode, lines } = await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });

    expect({ document, exitCode }).toEqual({
      exitCode: 0,
      document: { cutover: "orders", recorded: true, expected: "lossless", reasons: [], undone: [] },
    });
    expect(lines[0]).toBe("orders: all traffic is on blue, verified.");
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("names the command to be run by hand whole, where it could not go back itself", async () => {
    const { world, desk } = await at(50);
    const ports = { ...desk.context.ports, rules: unmoved(world) };
    const pin = ORDERS.routes[0]?.pin;

    expect(await failed(rollbackCommand({ ...desk.context, ports }, NO))).toMatchObject({
      exitCode: 3,
      what: "orders could not be verified on blue yet.",
      next: expect.stringContaining(
        `aws elbv2 set-rule-priorities --rule-priorities RuleArn=${pin?.ruleArn},Priority=${pin?.raisedPriority}`,
      ),
    });
  });

  it("says that one before has settled, instead of that it is being proven", async () => {
    const { world, desk } = await at(50);
    expect((await rollbackCommand(desk.context, NO)).lines.join()).toContain("is being proven");
    await world.until("settled", () => world.state().settled !== undefined);

    expect((await rollbackCommand(desk.context, NO)).lines[2]).toBe(
      "  It had gone back before, and settled lossless (everything green accepted is on blue).",
    );
  });

  it("needs nothing but the load balancer: no table, no topic, no policy, no streams", async () => {
    const { world, desk } = await at(50);
    world.store.down = true;
    world.outage.table = true;
    world.outage.topic = true;
    world.truth.alarmsFail = true;
    world.policies.all.clear();

    const { document, exitCode } = await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });

    expect(exitCode).toBe(0);
    expect(document.recorded).toBe(false);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("does not call a pin that is gone the point of no return without the table, and neither does restore", async () => {
    const { world, desk } = await at(50);
    world.store.down = true;
    world.rules.remove(world.cutover.routes[0]?.pin.ruleArn ?? "");

    expect(await failed(rollbackCommand(desk.context, { reason: "no", acceptLoss: false }))).toMatchObject({
      exitCode: 3,
      what: expect.stringContaining("by whose doing is not known"),
      next: expect.stringContaining("runbook"),
    });
    expect(world.rules.greenPercent()).toBe(50);
    expect((await failed(restoreCommand(desk.context))).what).toContain("or by somebody else");
  });

  it("works on a cutover that was never armed", async () => {
    const world = fakeWorld();
    const { document } = await rollbackCommand(deskBefore(world).context, { reason: "no", acceptLoss: false });
    expect(document.recorded).toBe(false);
  });

  it("leaves a held rollback held, and goes when the loss is accepted", async () => {
    const { world, desk } = await at(50);
    const state = world.state();
    world.store.put({
      ...state,
      version: state.version + 1,
      epoch: state.epoch + 1,
      latch: {
        mode: "held",
        cause: { kind: "policy", rules: ["breaker"] },
        at: world.clock.now(),
        expected: { label: "lossy", seconds: null, reasons: ["the reverse stream has a gap"], at: world.clock.now() },
        fromPercent: state.weightPercent,
        record: {
          id: "x",
          cutover: "orders",
          epoch: 2,
          tick: null,
          at: world.clock.now(),
          kind: "latch",
          summary: "s",
          detail: {},
        },
      },
    });

    expect(await failed(rollbackCommand(desk.context, { reason: "no", acceptLoss: false }))).toMatchObject({
      exitCode: 1,
      why: "Going back would not be lossless: the reverse stream has a gap.",
      next: expect.stringContaining("--accept-loss"),
    });
    expect(world.rules.greenPercent()).toBe(50);
    expect((await restoreCommand(desk.context)).document.steps).toEqual([expect.stringContaining("--accept-loss")]);
    expect((await rollbackCommand(desk.context, { reason: "no", acceptLoss: true })).exitCode).toBe(0);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("writes nothing past the point of no return, and points to restore", async () => {
    const { world, desk } = await at(100);
    world.store.put({ ...world.state(), wayBack: "restorable" });
    const before = world.rules.writes.length;

    expect(await failed(rollbackCommand(desk.context, { reason: "no", acceptLoss: true }))).toMatchObject({
      exitCode: 1,
      why: expect.stringContaining("it is latched, and nothing more of CDC is taken apart until pawl resume."),
      next: "pawl restore orders says what way back is left.",
    });
    expect(world.state().latch).toBeDefined();
    expect(world.rules.writes.length).toBe(before);
    expect((await statusCommand(desk.context)).lines[3]).toBe(
      "             past the point of no return: nothing goes back, and decommission stands",
    );
  });
});

describe("pawl explain", () => {
  it("shows the last decision: every gate with value against threshold, reasons, snapshot keys", async () => {
    const { world, desk } = await at(10);
    world.truth.streams.set("reverse.lagRecords", 431);
    await world.minutes(3);

    const { document, lines } = await explainCommand(desk.context);

    expect(document.decision).toBe("hold");
    expect(document.judgement?.gates.find(({ gate }) => gate === "lag")).toMatchObject({ verdict: "fail" });
    expect(document.snapshots.at(-1)).toEqual({
      tick: document.record?.tick,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(lines.join("\n")).toMatch(/fail {4}lag .*431 <= 100 no/);
    expect(document.explained["lag"]?.blockers).not.toHaveLength(0);
    expect(document.explained["lag"]?.distances).toContainEqual(expect.objectContaining({ value: 431, margin: -331 }));
    expect(lines.join("\n")).toMatch(/lag +\/and\/\d+\/<= .*<= 100 \(false\)/);
  });

  it("tells what has happened since, and that there is nothing to explain before the first judged tick", async () => {
    const { desk } = await at(10);
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });
    expect((await explainCommand(desk.context)).document.since.map(({ kind }) => kind)).toContain("verified");

    const fresh = fakeWorld();
    await fresh.arm();
    expect(await failed(explainCommand(deskBefore(fresh).context))).toMatchObject({ exitCode: 1 });
  });
});

describe("pawl ledger verify", () => {
  it("finds an untouched chain intact, and a changed record by its number", async () => {
    const { world, desk } = await at(50);
    expect((await ledgerVerifyCommand(desk.context)).document).toMatchObject({ intact: true });

    const [first, second] = world.ledger.records;
    if (first === undefined || second === undefined) throw new Error("the ledger is too short");
    world.ledger.records[1] = { ...second, summary: "nothing happened" };

    const { document, exitCode } = await ledgerVerifyCommand(desk.context);
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ intact: false, atSeq: 2 });
  });
});

describe("pawl ledger export", () => {
  it("says that the chain is broken, and where, and exports what is there", async () => {
    const { world, desk } = await at(10);
    const second = world.ledger.records[1];
    if (second === undefined) throw new Error("the ledger is too short");
    world.ledger.records[1] = { ...second, summary: "nothing happened" };
    const told = await exportLedger(desk.context, async () => {});
    expect(told).toMatchObject({ broken: { atSeq: 2 }, missing: 0 });
    expect(exportLines(told).join("\n")).toContain("broken at record 2");
    expect(exitCodeOf(told)).toBe(1);
  });
});

describe("what is no record of the ledger", () => {
  it("is named by verify and by export, and stops neither", async () => {
    const { world, desk } = await at(10);
    const [, second] = world.ledger.records;
    if (second === undefined) throw new Error("the ledger is too short");
    const { seq: _, ...unnumbered } = second;
    world.ledger.foreign.push({ place: 2, content: ok(unnumbered as unknown as JsonObject) });
    const told = await exportLedger(desk.context, async () => {});
    const { lines, exitCode } = await ledgerVerifyCommand(desk.context, { recompute: true });
    expect(told).toMatchObject({ broken: { atSeq: 2, why: "it is no record: seq is missing" }, missing: 0 });
    expect(told.ticks).toBe(world.ledger.records.filter(({ seq, detail }) => seq !== 2 && "decision" in detail).length);
    expect({ exitCode, said: lines[0] }).toEqual({
      exitCode: 1,
      said: "orders: the chain is broken at record 2: it is no record: seq is missing.",
    });
  });

  it("is found behind everything, also where it was put while the ledger was read", async () => {
    const { world, desk } = await at(10);
    const { read } = desk.context.ports.ledger;
    const ledger = {
      ...desk.context.ports.ledger,
      read: async (...asked: Parameters<typeof read>) => {
        const page = await read(...asked);
        if (world.ledger.foreign.length === 0) world.ledger.foreign.push({ place: "~z", content: ok({}) });
        return page;
      },
    };
    const { document } = await ledgerVerifyCommand({ ...desk.context, ports: { ...desk.context.ports, ledger } });
    expect(document).toMatchObject({ intact: false, atSeq: world.state().ledgerHead.seq + 1 });
  });
});

describe("a cutover whose state was removed from the table", () => {
  const withoutState = async () => {
    const { world, desk } = await at(10);
    const ports = { ...desk.context.ports, state: { ...desk.context.ports.state, read: async () => ok(null) } };
    return { world, context: { ...desk.context, ports } };
  };

  it("is not called one that was never armed", async () => {
    const { context } = await withoutState();
    const gone = (also: string) => ({
      exitCode: 1,
      what: `The state of orders is gone from the table${also}.`,
      next: expect.stringContaining('pawl rollback orders --reason "…" works without it'),
    });
    expect(await failed(explainCommand(context))).toMatchObject(gone(""));
    expect(await failed(restoreCommand(context))).toMatchObject(gone(""));
    expect(await failed(statusCommand(context))).toMatchObject(gone("; its rules send 10 % to green"));
  });

  it("is neither asked for anything nor armed over its ledger, which takes no second beginning", async () => {
    const { world, context } = await withoutState();
    const before = world.state();
    const what = "The state of orders is gone from the table.";

    expect(await failed(requestCommand(context, "pause", "look"))).toMatchObject({ exitCode: 1, what });
    const arming = armCommand(context, { policy: DRILL, again: false, rehearsal: true });
    expect(await failed(arming)).toMatchObject({ exitCode: 1, what });
    expect(world.state()).toEqual(before);
  });

  it("is no cutover for doctor that was never armed, and a pin raised over its weights is not to be parked", async () => {
    const { world, context } = await withoutState();
    const pin = ORDERS.routes[0]?.pin;
    world.rules.edit(pin?.ruleArn ?? "", (rule) => ({ ...rule, priority: pin?.raisedPriority ?? 0 }));

    const { document, lines, exitCode } = await doctorCommand(context, { policy: DRILL, rehearsal: true });

    expect(exitCode).toBe(1);
    expect(document.ready).toBe(false);
    expect(document.findings).toContainEqual(
      expect.objectContaining({
        what: "table",
        verdict: "refused",
        value: expect.stringContaining("its state is gone"),
      }),
    );
    expect(lines.join("\n")).toContain("Leave it up until the state is put back");
    expect(lines.join("\n")).not.toContain("Park it");
    expect(lines.join("\n")).not.toContain("modify-rule");
  });

  it("has a ledger that is read to its end, and proves no more than it holds", async () => {
    const { world, context } = await withoutState();
    const { document, lines } = await ledgerVerifyCommand(context);
    expect(document).toMatchObject({ intact: false, atSeq: world.ledger.records.length + 1 });
    expect(lines[0]).toContain("the state is gone");
    expect(await exportLedger(context, async () => {})).toMatchObject({
      broken: { why: expect.stringContaining("gone") },
    });
  });

  it("was never armed where it has no ledger either", async () => {
    const { context } = deskBefore(fakeWorld());
    for (const command of [
      explainCommand(context),
      ledgerVerifyCommand(context),
      exportLedger(context, async () => {}),
    ])
      expect(await failed(command)).toMatchObject({ exitCode: 1, what: "orders was never armed." });
    expect((await restoreCommand(context)).document.costs).toContain("never armed");
  });
});

describe("a record that no state has ever known", () => {
  it("is found beyond the head, though the chain up to there is whole", async () => {
    const { world, desk } = await at(10);
    const newest = world.ledger.records.at(-1);
    if (newest === undefined) throw new Error("the ledger is empty");
    const { hash: _, previous: __, seq: ___, ...content } = newest;
    world.ledger.records.push(chainRecord(world.state().ledgerHead, content, sha256));
    const { document, exitCode } = await ledgerVerifyCommand(desk.context);
    expect({ exitCode, document }).toMatchObject({
      exitCode: 1,
      document: { intact: false, atSeq: world.state().ledgerHead.seq + 1, why: expect.stringContaining("no state") },
    });
  });

  it("is none where the guard goes on while the ledger is read", async () => {
    const { world, desk } = await at(10);
    const { read } = desk.context.ports.ledger;
    let pages = 0;
    const ledger = {
      ...desk.context.ports.ledger,
      read: async (...asked: Parameters<typeof read>) => {
        pages += 1;
        if (pages === 2) await world.minutes(2);
        return read(...asked);
      },
    };
    const { document } = await ledgerVerifyCommand({ ...desk.context, ports: { ...desk.context.ports, ledger } });
    expect(document).toMatchObject({ intact: true, records: world.state().ledgerHead.seq });
  });
});

describe("pawl ledger verify --recompute", () => {
  /** Holds, steps, a rollback, and a policy that could not be read for a while. */
  const lived = async () => {
    const { world, desk } = await at(10);
    world.truth.metricsFail = true;
    await world.minutes(3);
    world.truth.metricsFail = false;
    await world.until("50 %", () => world.state().weightPercent === 50);
    world.truth.greenErrorRatio = 0.5;
    await world.until("blue", () => world.state().phase === "rolledBack", 6);
    return { world, desk };
  };
  const again = async ({ desk }: Awaited<ReturnType<typeof lived>>) => {
    const { document, exitCode } = await ledgerVerifyCommand(desk.context, { recompute: true });
    return { exitCode, judged: document.recomputed?.judged ?? 0, said: document.recomputed?.differences ?? [] };
  };
  const evidenceOfRecord = ({ world }: Awaited<ReturnType<typeof lived>>, seq: number): string =>
    String(world.ledger.records.find((record) => record.seq === seq)?.detail["evidence"]);

  it("comes to every decision again from what was stored for it", async () => {
    const scene = await lived();
    const { exitCode, judged, said } = await again(scene);

    expect(said).toEqual([]);
    expect(exitCode).toBe(0);
    expect(judged).toBe(scene.world.ledger.records.filter(({ detail }) => "decision" in detail).length);
    expect(judged).toBeGreaterThan(10);
  });

  it("names the record whose evidence was changed", async () => {
    const scene = await lived();
    const digest = evidenceOfRecord(scene, 4);
    const body = scene.world.evidence.all.get(digest) ?? {};
    scene.world.evidence.all.set(digest, { ...body, trouble: [] as const, corrections: ["a lie"] });

    expect(await again(scene)).toMatchObject({
      exitCode: 1,
      said: [{ seq: 4, what: `its evidence ${digest.slice(0, 12)} was changed` }],
    });
  });

  it("names the record whose evidence is gone", async () => {
    const scene = await lived();
    scene.world.evidence.all.delete(evidenceOfRecord(scene, 4));

    expect((await again(scene)).said).toMatchObject([{ seq: 4, what: expect.stringContaining("is not there") }]);
  });

  it("names every record whose snapshot is gone, and judges the others", async () => {
    const scene = await lived();
    scene.world.snapshots.all.pop();
    const { exitCode, judged, said } = await again(scene);

    expect(exitCode).toBe(1);
    expect(said.length).toBeGreaterThan(0);
    expect(said.every(({ what }) => /^its snapshot of .* is not there$/.test(what))).toBe(true);
    expect(judged).toBeGreaterThan(said.length);
  });

  it("names every record whose snapshot cannot be read, and judges the others of its hour", async () => {
    const scene = await lived();
    const { snapshots } = scene.world;
    const spoilt = snapshots.all.at(-1)?.tick ?? 0;
    const range: typeof snapshots.range = async (cutover, epoch, from, to, timeoutMs) =>
      from <= spoilt && spoilt <= to
        ? outsideFailure("malformed", "it holds a set")
        : snapshots.range(cutover, epoch, from, to, timeoutMs);
    const ports = { ...scene.desk.context.ports, snapshots: { ...snapshots, range } };
    const { document } = await ledgerVerifyCommand({ ...scene.desk.context, ports }, { recompute: true });
    const { judged = 0, differences = [] } = document.recomputed ?? {};
    expect(differences.length).toBeGreaterThan(0);
    expect(differences.every(({ what }) => /^its snapshot of .* cannot be read$/.test(what))).toBe(true);
    expect(judged).toBeGreaterThan(differences.length);
  });

  it("is an outside failure, and no difference, where the table stops answering", async () => {
    const scene = await lived();
    scene.world.outage.table = true;
    const command = ledgerVerifyCommand(scene.desk.context, { recompute: true });
    expect(await failed(command)).toMatchObject({ exitCode: 3 });
  });

  it("takes evidence that cannot be read for a difference", async () => {
    const scene = await lived();
    const { evidence } = scene.world;
    const first = evidenceOfRecord(scene, 4);
    const ports = {
      ...scene.desk.context.ports,
      evidence: {
        ...evidence,
        read: async (cutover: string, digest: string) =>
          digest === first ? outsideFailure("malformed", "no JSON") : evidence.read(cutover, digest),
      },
    };
    const { document } = await ledgerVerifyCommand({ ...scene.desk.context, ports }, { recompute: true });
    expect(document.recomputed?.differences).toMatchObject([
      { seq: 4, what: expect.stringMatching(/cannot be read$/) },
    ]);
  });

  it("names every record that a changed snapshot was part of", async () => {
    const scene = await lived();
    const [, second] = scene.world.snapshots.all;
    if (second === undefined) throw new Error("too few snapshots");
    Object.assign(second, { takenAt: second.takenAt + 1 });
    const { exitCode, said } = await again(scene);

    expect(exitCode).toBe(1);
    expect(said.length).toBeGreaterThan(1);
    expect(said.every(({ what }) => /^its snapshot of .* was changed$/.test(what))).toBe(true);
  });

  it("does not take another policy under the same name", async () => {
    const scene = await lived();
    const [entry] = scene.world.policies.all;
    if (entry === undefined) throw new Error("no policy was stored");
    scene.world.policies.all.set(entry[0], { ...entry[1], description: "kinder" });
    const { said } = await again(scene);

    expect(said.length).toBeGreaterThan(10);
    expect(said[0]?.what).toMatch(/^its policy .* was changed$/);
  });
});

describe("pawl restore", () => {
  it("names what is no act in the journal, instead of telling a date of it", async () => {
    const { world, desk } = await at(100);
    await world.journal.put("orders", { ...act("fence-blue", true), finishedAt: 9e15 as EpochMs });
    expect(await failed(restoreCommand(desk.context))).toMatchObject({
      exitCode: 1,
      what: expect.stringContaining('holds what is no act: {"action":"fence-blue"'),
    });
  });

  it("says before the point of no return that one rule is the way back, and what it would cost", async () => {
    const { desk } = await at(50);
    expect((await restoreCommand(desk.context)).document).toMatchObject({
      wayBack: "open",
      costs: "expected lossless, blue 0.4 s behind green",
      steps: [expect.stringContaining("pawl rollback orders")],
    });
  });

  it("says of a rollback that was made what that costs, not what the streams show by now", async () => {
    const { world, desk } = await at(50);
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });
    const costs = async () => (await restoreCommand(desk.context)).document.costs;
    expect(await costs()).toBe("expected lossless; what it really cost is being proven");
    await world.until("settled", () => world.state().settled !== undefined);
    world.truth.streams.set("reverse.dataGap", true);
    await world.minutes(2);
    expect(world.state().rollbackSafety.label).toBe("lossy");

    expect(await costs()).toBe("settled lossless (everything green accepted is on blue)");
  });

  it("says after it how to go back without loss, by what was already taken apart", async () => {
    const { world, desk } = await at(100);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    await world.journal.put("orders", act("fence-blue", true));
    await world.journal.put("orders", act("stop-reverse-source", false));

    const { document } = await restoreCommand(desk.context);

    expect(document.wayBack).toBe("restorable");
    expect(document.steps[0]).toContain("run pawl restore orders again: what follows goes by what had been begun");
    expect(document.steps.join("\n")).toContain("It refuses that fence, which is meant: apply nothing");
    expect(document.acts).toEqual([
      { action: "fence-blue", finishedAt: "2026-11-22T04:01:00.000Z" },
      { action: "stop-reverse-source", finishedAt: null },
    ]);
    const steps = document.steps.join("\n");
    expect(steps).toContain("connectors/blue-sync-sink/resume");
    expect(steps).toContain(`"appdb".pawl_set_fence('appdb.orders', true)`);
    expect(steps).toContain(`"appdb".pawl_set_fence('appdb.orders', false)`);
    expect(steps).toContain("aws elbv2 modify-rule --rule-arn");
  });

  it("keeps a login in the commands that it prints, and says where it could not look for one", async () => {
    const { world, desk } = await at(100);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    const arn = ORDERS.routes[0]?.weightedRuleArn ?? "";
    const login = { Type: "authenticate-oidc", AuthenticateOidcConfig: { ClientId: "o'rders" } };
    world.rules.edit(arn, (rule) => ({ ...rule, otherActions: [login] }));

    const steps = (await restoreCommand(desk.context)).document.steps.join("\n");

    const written = /modify-rule --rule-arn \S+ --actions '(.+)'$/m.exec(steps)?.[1]?.replaceAll("'\\''", "'") ?? "";
    expect(JSON.parse(written)).toEqual([
      { ...login, AuthenticateOidcConfig: { ClientId: "o'rders", UseExistingClientSecret: true }, Order: 1 },
      { Type: "forward", Order: 2, TargetGroupArn: ORDERS.routes[0]?.blue },
    ]);

    world.rules.describeFails = true;
    const unread = (await restoreCommand(desk.context)).document.steps.join("\n");
    expect(unread).toMatch(
      /could not be read, .* a login before the forward would be gone.*\naws elbv2 describe-rules --rule-arns/,
    );
  });

  it("knows what was taken apart although a rollback past the point of no return has moved the epoch", async () => {
    const { world, desk } = await at(100);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    await world.journal.put("orders", act("fence-blue", true));
    await failed(rollbackCommand(desk.context, { reason: "too late", acceptLoss: false }));
    expect(world.state().epoch).toBe(2);

    const { document } = await restoreCommand(desk.context);

    expect(document.acts).toMatchObject([{ action: "fence-blue" }]);
    expect(document.steps.join("\n")).toContain("Lift blue's fence");
  });

  it("says when it is closed until when blue has all that green wrote: not until reverse's end was applied, but until its source stopped", async () => {
    const { world, desk } = await at(100);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "closed" });
    const drainedSince = "2026-11-22T03:59:58.000Z";
    await world.journal.put("orders", { ...act("stop-reverse-source", true), detail: { drainedSince } });
    await world.journal.put("orders", act("drain-reverse", true));
    const { document } = await restoreCommand(desk.context);
    expect(document).toMatchObject({
      wayBack: "closed",
      costs: `every write since ${drainedSince}: green alone holds the data`,
    });
    expect(document.steps[0]).toContain(`Blue holds all that green had taken by ${drainedSince},`);
    await world.journal.put("orders", act("stop-reverse-source", true));
    expect((await restoreCommand(desk.context)).document.costs).toBe(
      "every write since 2026-11-22T04:00:00.000Z, or since earlier, because reverse's source stopped before pawl saw it drained: green alone holds the data",
    );
    expect((await statusCommand(desk.context)).lines.join("\n")).toMatch(/way back +closed: .*; pawl restore says/);
  });

  it("reads the half that matters from the rules where the table is gone", async () => {
    const { world, desk } = await at(50);
    world.store.down = true;
    expect(await failed(restoreCommand(desk.context))).toMatchObject({
      exitCode: 3,
      what: "The state of orders cannot be read; its pin is there, so the way back is open.",
    });
  });
});

const act = (action: string, finished: boolean) => ({
  action,
  epoch: 1,
  startedAt: epochMs(Date.parse("2026-11-22T04:00:00Z")),
  ...(finished ? { finishedAt: epochMs(Date.parse("2026-11-22T04:01:00Z")) } : {}),
  detail: {},
});
