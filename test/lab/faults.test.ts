import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareQuietly } from "../../lab/demo/comparison.ts";
import type { EndFault } from "../../lab/faults/fault.ts";
import { findFault } from "../../lab/faults/faults.ts";
import { EXIT } from "../../src/cli/exit.ts";
import { type ArmedLab, mustNotBeLatched, startArmedLab } from "../support/armed-lab.ts";

/** Generous: a tick is five seconds, and the slowest rule looks at three of them. */
const SEEN_WITHIN_MS = 60_000;
const CLEARED_WITHIN_MS = 120_000;
const THREE_TICKS_MS = 15_000;

interface HoldCase {
  readonly fault: string;
  /** The entry of `blocking` that names it. */
  readonly what: string;
  /** What `status` says of it. */
  readonly value: RegExp;
}

const HOLDS: readonly HoldCase[] = [
  { fault: "connector-paused", what: "gate:reverse-running", value: /reverse\.state.*PAUSED/ },
  { fault: "task-failed", what: "gate:forward-running", value: /forward\.(state|tasksRunning)/ },
  { fault: "worker-killed", what: "gate:reverse-running", value: /^unknown/ },
  { fault: "broker-killed", what: "blind", value: /lagRecords: Kafka/ },
  { fault: "rule-edited", what: "drift:more-green", value: /77/ },
  { fault: "green-host-killed", what: "gate:hosts", value: /green\.healthyHosts is 3/ },
];

describe("faults, each brought about on the real stack", () => {
  let armed: ArmedLab;
  beforeAll(async () => {
    armed = await startArmedLab();
    await armed.untilAtHalf();
  });
  afterAll(() => armed?.stop());

  const during = async (fault: string, look: () => Promise<void>): Promise<void> => {
    const end: EndFault = await findFault(fault).begin(armed.lab);
    try {
      await look();
    } finally {
      await end();
    }
  };

  it.each(HOLDS)("$fault holds, status names it as $what, and it clears when the fault ends", async (expected) => {
    const { fault, what, value } = expected;
    const named = (blocking: readonly { readonly what: string; readonly value: string }[]): boolean =>
      blocking.some((block) => block.what === what && value.test(block.value));
    await during(fault, async () => {
      await armed.watcher.until(`${fault}'s ${what}`, SEEN_WITHIN_MS, (state) => {
        mustNotBeLatched(state);
        return named(state.blocking);
      });
      const status = await armed.status();
      expect(named(status.blocking), JSON.stringify(status.blocking)).toBe(true);
      expect(status).toMatchObject({ phase: "shifting", latch: null, weightPercent: { recorded: 50 } });
    });
    const cleared = await armed.watcher.until(`the end of ${fault}'s ${what}`, CLEARED_WITHIN_MS, (state) => {
      mustNotBeLatched(state);
      return !state.blocking.some((block) => block.what === what);
    });
    expect(cleared.weightPercent).toBe(50);
    expect(armed.watcher.effectivePercent()).toBe(50);
  });

  it("dynamodb-down: nothing is judged and traffic stays, status says so, and judging goes on afterwards", async () => {
    const before = await armed.untilAtHalf();
    await during("dynamodb-down", async () => {
      await pause(THREE_TICKS_MS);
      const status = await armed.pawl(["status", "orders", "--json"]);
      expect(status.exitCode).toBe(EXIT.outside);
      expect(status.stdout + status.stderr).toContain("its rules send 50 % to green");
      expect(armed.watcher.effectivePercent()).toBe(50);
    });
    const endedAt = armed.lab.context.clock.now();
    const after = await armed.watcher.until("a tick judged again", CLEARED_WITHIN_MS, (state) => {
      mustNotBeLatched(state);
      return state.lastTick !== null && state.lastTick > endedAt;
    });
    expect(after).toMatchObject({ weightPercent: 50, epoch: before.epoch });
  });

  it("lost nothing: both sides are compared, and every verdict is 0", async () => {
    const verdicts = await compareQuietly(armed.lab, armed.dir, []);
    const { lost, stale, duplicate, resurrected, ghost, half, unequal, findings, ackedOnGreen } = verdicts;
    expect({ lost, stale, duplicate, resurrected, ghost, half, unequal, findings }).toEqual({
      ...{ lost: 0, stale: 0, duplicate: 0, resurrected: 0, ghost: 0, half: 0, unequal: 0 },
      findings: [],
    });
    expect(ackedOnGreen).toBeGreaterThan(100);
  });
});
