import { describe, expect, it } from "vitest";
import { type EpochMs, earlier, later } from "../../../src/kernel/units.ts";
import { known, unknown } from "../../../src/signals/observation.ts";
import { gateEvidence, rollbackEvidence, soakMinuteEvidence } from "../../../src/snapshot/evidence.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { NOW } from "../../support/evidence.ts";

const LONG_AGO = earlier(NOW, 3_600_000);
const SCOPE = { armedAt: LONG_AGO, verifiedAt: LONG_AGO };

const minute = (at: EpochMs) => ({ at, values: { "green.requests": 700 }, absent: {} });

/** Taken 4 s after its tick, with the streams read 20 s before that. */
const snapshot: Snapshot = {
  cutover: "orders",
  epoch: 1,
  tick: NOW,
  takenAt: later(NOW, 4_000),
  instants: { "forward.lagRecords": known(3, earlier(NOW, 16_000)) },
  minutes: [180_000, 120_000, 60_000].map((back) => minute(earlier(NOW, back))),
  p99ForGates: {},
  p99ForRollback: {},
};

describe("how old a current value is", () => {
  it("counts from its reading, to the snapshot", () => {
    expect(gateEvidence([snapshot], SCOPE).current.ageSeconds).toMatchObject({ "forward.lagRecords": 20 });
    expect(rollbackEvidence([snapshot], SCOPE).current.ageSeconds).toMatchObject({ "forward.lagRecords": 20 });
  });

  it("counts of a minute from its end: gates look further back than rollback rules", () => {
    expect(gateEvidence([snapshot], SCOPE).current.ageSeconds).toMatchObject({ "green.requests": 124 });
    expect(rollbackEvidence([snapshot], SCOPE).current.ageSeconds).toMatchObject({ "green.requests": 4 });
  });

  it("is not said of what has no value that stands", () => {
    const instants = {
      "forward.lagRecords": known(3, earlier(NOW, 160_000)),
      "reverse.lagRecords": unknown("Kafka: no answer", NOW),
    };

    expect(gateEvidence([{ ...snapshot, instants }], SCOPE).current.ageSeconds).toEqual({ "green.requests": 124 });
  });

  it("is judged in the soak as if the minute had just ended", () => {
    const evidence = soakMinuteEvidence([snapshot], SCOPE, earlier(NOW, 60_000));

    expect(evidence.current.ageSeconds).toEqual({ "green.requests": 0, "forward.lagRecords": 16 });
  });
});
