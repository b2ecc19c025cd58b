import { describe, expect, it } from "vitest";
import { explainCommand } from "../../../src/cli/commands/explain.ts";
import { rollbackCommand } from "../../../src/cli/commands/rollback.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { canonicalJson, type JsonObject } from "../../../src/kernel/json.ts";
import { fail } from "../../../src/kernel/result.ts";
import { later } from "../../../src/kernel/units.ts";
import { chainRecord, headOf } from "../../../src/ledger/chain.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, type FakeWorld, fakeWorld, sha256 } from "../../support/fake-world.ts";

const rolledBack = async () => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  await world.minutes(3);
  world.truth.greenErrorRatio = 0.6;
  await world.until("blue", () => world.state().phase === "rolledBack");
  await world.until("settled", () => world.state().settled !== undefined);
  return { world, explain: () => explainCommand(deskBefore(world).context) };
};

/** As many latched minutes more, as they would be recorded. */
const stayLatched = (world: FakeWorld, minutes: number): void => {
  const { records } = world.ledger;
  for (let each = 1; each <= minutes; each += 1) {
    const newest = records.at(-1);
    if (newest === undefined) throw new Error("the ledger is empty");
    const { seq: _, hash: __, previous: ___, ...content } = { ...newest, kind: "hold", summary: "rolled back" };
    records.push(chainRecord(headOf(newest), { ...content, at: later(content.at, 60_000), detail: {} }, sha256));
  }
  const head = records.at(-1);
  if (head !== undefined) world.store.put({ ...world.state(), ledgerHead: headOf(head) });
};

describe("pawl explain, long after a rollback", () => {
  it.each([720, 1_500])("tells the decision and why it was settled so, %i minutes later", async (minutes) => {
    const { world, explain } = await rolledBack();
    const { document: then } = await explain();
    await world.minute();
    stayLatched(world, minutes);

    const { document, lines } = await explain();

    expect(document).toMatchObject({ decision: "rollback", record: then.record, settled: { label: "lossless" } });
    expect(lines.join("\n")).toContain("settled    lossless");
  });

  it("tells what was recorded since, and of minutes that say the same how many", async () => {
    const { world, explain } = await rolledBack();
    stayLatched(world, 1_000);

    const { document, lines } = await explain();

    expect(document.since.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["rollback", "verified", "settled"]));
    expect(document.since.length).toBeLessThan(10);
    expect(document.since.at(-1)).toMatchObject({ kind: "hold", summary: "rolled back", times: 1_000 });
    expect(lines.join("\n")).toMatch(/hold: rolled back \(1000 times, until 2026-/);
  });

  it("tells why it was settled so, though no tick was judged before", async () => {
    const world = fakeWorld();
    await world.arm();
    const desk = deskBefore(world);
    await rollbackCommand(desk.context, { reason: "a mistake", acceptLoss: false });
    await world.until("settled", () => world.state().settled !== undefined);

    const { document, lines } = await explainCommand(desk.context);

    expect(document).toMatchObject({ record: null, decision: null, settled: { label: "lossless" } });
    expect(lines[0]).toBe("orders   no tick was judged before it was rolled back");
    expect(lines.join("\n")).toContain("settled    lossless");
  });
});

describe("pawl explain, over a ledger that was changed", () => {
  it("passes over what is no record as it was written, and says so", async () => {
    const { world, explain } = await rolledBack();
    const judged = world.ledger.records.filter(({ detail }) => "decision" in detail);
    const [before, newest] = judged.slice(-2);
    if (before === undefined || newest === undefined) throw new Error("too few were judged");
    world.ledger.records[newest.seq - 1] = { ...newest, summary: "nothing happened" };
    world.ledger.foreign.push({ place: newest.seq + 1, content: fail("detail is a set of texts") });

    const { document, lines } = await explain();

    expect(document.record?.seq).toBe(before.seq);
    expect(document.skipped).toEqual([
      `${newest.seq + 1}: it is no record: detail is a set of texts`,
      `${newest.seq}: its content is not what was hashed`,
    ]);
    expect(lines.at(-1)).toContain("2 in all: pawl ledger verify orders");
  });

  it("takes no verdicts from evidence that was changed", async () => {
    const { world, explain } = await rolledBack();
    const { document: before } = await explain();
    const digest = String(before.evidence);
    world.evidence.all.set(digest, { ...world.evidence.all.get(digest), judgement: { gates: [] } });
    const { document, lines } = await explain();
    expect(document).toMatchObject({ decision: "rollback", judgement: null, explained: {} });
    expect(lines.join("\n")).toContain("is not stored any more, or was changed");
  });

  it("refuses evidence that no release of this engine wrote, though its digest and its record fit", async () => {
    const { world, explain } = await rolledBack();
    const { records } = world.ledger;
    const newest = records.at(-1);
    if (newest === undefined) throw new Error("the ledger is empty");
    const body: JsonObject = { judgement: { gates: "none" } };
    const evidence = sha256(canonicalJson(body));
    world.evidence.all.set(evidence, body);
    const { seq: _, hash: __, previous: ___, ...content } = newest;
    records.push(
      chainRecord(headOf(newest), { ...content, detail: { evidence, decision: "hold", reasons: 5 } }, sha256),
    );
    world.store.put({ ...world.state(), outbox: [], ledgerHead: headOf(records.at(-1) ?? newest) });
    expect(await failed(explain())).toMatchObject({
      exitCode: 1,
      what: expect.stringContaining("is not what this release writes"),
      next: expect.stringContaining("--recompute"),
    });
  });
});

/** Lines under a heading, to the next one. */
const under = (lines: readonly string[], heading: string): readonly string[] => {
  const from = lines.findIndex((line) => line.startsWith(`  ${heading} `));
  if (from < 0) return [];
  const after = lines.findIndex((line, index) => index > from && /^ {2}\S/.test(line));
  return lines.slice(from, after < 0 ? undefined : after);
};

describe("what pawl explain says of a decision that went on", () => {
  it("is that a gate was waived, and nothing of blocking", async () => {
    const world = fakeWorld();
    const expires = toIso(later(world.clock.now(), 90 * 60_000));
    await world.arm({ ...DRILL, waivers: [{ gate: "p99", why: "a slow report", by: "ada", expires }] });
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.truth.greenP99Ms = 5_000;
    await world.minutes(4);
    const explain = () => explainCommand(deskBefore(world).context);
    const held = await explain();
    await world.until("50 %", () => world.state().weightPercent === 50);
    const advanced = await explain();

    for (const { document, lines } of [held, advanced]) {
      expect(document.waived).toEqual(["p99"]);
      expect(document.explained).not.toHaveProperty("p99");
      expect(under(lines, "gates").join("\n")).toMatch(/waived {2}p99 /);
    }
    expect(held.document.decision).toBe("hold");
    expect(advanced.document).toMatchObject({ decision: "advance", explained: {} });
    expect(under(advanced.lines, "gates").join("\n")).toMatch(/waived {2}p99 .*5000 <= 400 no/);
    expect(advanced.lines.join("\n")).not.toMatch(/blocked by|distance/);
  });
});

describe("what pawl explain says of a rollback", () => {
  it("is which rules fired, by which conditions, and how far beyond their thresholds; nothing blocked it", async () => {
    const { explain } = await rolledBack();
    const { document, lines } = await explain();

    const fired =
      document.judgement?.rollback.filter(({ verdict }) => verdict === "fired").map(({ rule }) => rule) ?? [];
    expect(fired).toContain("breaker");
    expect(Object.keys(document.explained)).toEqual(fired);
    expect(document.explained["breaker"]?.distances).toContainEqual(
      expect.objectContaining({ what: "sum green.errors5xx over 3m", holds: true, margin: expect.any(Number) }),
    );
    const firedBy = under(lines, "fired by").join("\n");
    expect(firedBy).toMatch(/breaker +sum green\.errors5xx over 3m \d+ >= 10, \d+ left/);
    expect(firedBy).toMatch(/breaker +green\.errors5xx \/ green\.requests over 3m 0\.\d+ >= 0\.1, /);
    expect(under(lines, "distance")).toEqual([]);
    expect(lines.join("\n")).not.toContain("blocked by");
    const headings = lines.flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);
    expect(headings.indexOf("rollback")).toBeLessThan(headings.indexOf("gates"));
  });

  it("names no rule where an operator asked for it", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    await world.minutes(4);
    const desk = deskBefore(world);
    await rollbackCommand(desk.context, { reason: "no", acceptLoss: false });
    expect((await explainCommand(desk.context)).lines.join("\n")).not.toContain("fired by");
  });
});
