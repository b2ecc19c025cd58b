import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EpochMs, epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import { consumeMinutes, emptyAccumulator } from "../../src/policy/operations/evidence/accumulate.ts";
import { type Advanced, advanceEvidence } from "../../src/policy/operations/evidence/advance.ts";
import { withRecent } from "../../src/policy/operations/evidence/recent.ts";
import { evidenceUse } from "../../src/policy/operations/evidence/uses.ts";
import { NOW } from "../support/evidence.ts";
import { type Counts, minuteCounts } from "../support/minute-counts.ts";

const GREEN = ["green.errors5xx", "green.requests"] as const;
const below = evidenceUse("evidence_below", [...GREEN, 0.02, "step"]) ?? expect.fail();
const above = evidenceUse("evidence_above", [...GREEN, 0.02, "step"]) ?? expect.fail();

const REQUESTS = 500;
/** Ticks in a snapshot of which a minute is final: the first is six minutes after its start, the last ten. */
const FINAL_LOOKS = 5;
const FINAL_TICKS_LATER = 6;

/** Errors of one minute in each of its final snapshots; null where that snapshot does not hold it. */
const looks = fc.array(fc.option(fc.integer({ min: 0, max: 40 }), { freq: 3 }), {
  minLength: FINAL_LOOKS,
  maxLength: FINAL_LOOKS,
});
const worlds = fc.array(looks, { minLength: 1, maxLength: 25 });

type World = readonly (readonly (number | null)[])[];

const minute = (index: number): EpochMs => epochMs(NOW + index * MINUTE_MS);
const countsOf = (errors: number | null): Counts | null => (errors === null ? null : [REQUESTS, REQUESTS, errors, 0]);

/** Ticked every minute until the last minute of the world is out of sight. */
const lived = (world: World): Advanced => {
  let kept: Advanced = { evidence: { burst: {} }, corrections: [] };
  for (let tick = 1; tick < world.length + FINAL_TICKS_LATER + FINAL_LOOKS; tick += 1) {
    const rows = world
      .slice(0, tick)
      .map((each, at) => countsOf(each[Math.min(FINAL_LOOKS - 1, tick - at - FINAL_TICKS_LATER)] ?? null));
    const { evidence, corrections } = advanceEvidence(kept.evidence, {
      ...{ uses: { gates: [below], rollback: [above] }, tick: minute(tick), greenFrom: minute(-1), intentAt: null },
      ...{ step: { gatesFrom: minute(0), rollbackFrom: minute(0) }, soak: null },
      rows: minuteCounts([...rows, ...Array.from({ length: tick - rows.length }, () => null)], minute(tick)),
    });
    kept = { evidence, corrections: [...kept.corrections, ...corrections] };
  }
  return kept;
};

/** Each minute counted once, as the worst that any final snapshot knew. */
const worstOnce = (use: typeof below, world: World): readonly number[] => {
  const worst = world.map((each) => {
    const known = each.filter((errors) => errors !== null);
    return countsOf(known.length === 0 ? null : Math.max(...known));
  });
  const rows = minuteCounts(worst, minute(world.length));
  const by = { paths: use.paths, until: minute(world.length), burst: 1 };
  return consumeMinutes(use.test, emptyAccumulator(use.test, minute(0)), rows, by).logs;
};

const proofOf = ({ evidence }: Advanced) => logsOf(below, evidence.gates?.[below.key]);
const detectorOf = ({ evidence }: Advanced) => logsOf(above, evidence.rollback?.[above.key]);
const logsOf = ({ test }: typeof below, sum = emptyAccumulator(test, minute(0))) => withRecent(test, sum, 1).logs;

const expectNoneAbove = (logs: readonly number[], most: readonly number[]): void => {
  for (const [index, log] of logs.entries()) expect(log).toBeLessThanOrEqual((most[index] ?? Number.NaN) + 1e-9);
};

describe("whatever snapshots say of a minute once it is final: unknown, worse, better, worse again", () => {
  it("a proof is never larger than if each minute had been counted once, as the worst that it was known as", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expectNoneAbove(proofOf(lived(world)), worstOnce(below, world));
      }),
    );
  });

  it("a detector is exactly what that comes to: no larger by a glitch, and nothing forgotten", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const [came, once] = [detectorOf(lived(world)), worstOnce(above, world)];
        for (const [index, log] of came.entries()) expect(log).toBeCloseTo(once[index] ?? Number.NaN, 8);
      }),
    );
  });

  it("snapshots that lack minutes, and say nothing else of them, change neither and correct nothing", () => {
    const errors = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 25 });
    const holes = fc.array(fc.array(fc.boolean(), { minLength: FINAL_LOOKS, maxLength: FINAL_LOOKS }), {
      minLength: 25,
      maxLength: 25,
    });
    fc.assert(
      fc.property(errors, holes, fc.integer({ min: 0, max: FINAL_LOOKS - 1 }), (each, missing, seenAt) => {
        const whole = each.map((count) => Array.from({ length: FINAL_LOOKS }, () => count));
        const glitched = whole.map((of, at) =>
          of.map((count, look) => (look !== seenAt && missing[at]?.[look] === true ? null : count)),
        );
        expect(lived(glitched)).toEqual(lived(whole));
        expect(lived(glitched).corrections).toEqual([]);
      }),
    );
  });
});
