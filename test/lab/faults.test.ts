import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { deniedCalls } from "../../lab/account.ts";
import { compareQuietly } from "../../lab/demo/comparison.ts";
import { mustSucceed } from "../../lab/demo/pawl.ts";
import type { EndFault } from "../../lab/faults/fault.ts";
import { findFault } from "../../lab/faults/faults.ts";
import type { DrillDocument } from "../../src/cli/commands/drill-rollback.ts";
import { EXIT } from "../../src/cli/exit.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { type ArmedLab, mustNotBeLatched, startArmedLab } from "../support/armed-lab.ts";
import { LINKS } from "../support/drill.ts";

/** Generous: a tick is four seconds, and the slowest rule looks at three of them. */
const SEEN_WITHIN_MS = 60_000;
const CLEARED_WITHIN_MS = 120_000;
const FIRED_WITHIN_MS = 60_000;
const SNAPPED_WITHIN_MS = 120_000;
const SETTLED_WITHIN_MS = 180_000;
/** Long enough for users to write on green before it goes wrong. */
const ON_GREEN_MS = 5_000;
const THREE_TICKS_MS = 12_000;

interface HoldCase {
  readonly fault: string;
  /** The entry of `blocking` that names it. */
  readonly what: string;
  /** What `status` says of it. */
  readonly value: RegExp;
}

/** Traffic stays, nothing advances, nobody is sent back: the fault is named, and its end clears it. */
const HOLDS: readonly HoldCase[] = [
  { fault: "metrics-lying", what: "gate:errors", value: /^unknown/ },
  { fault: "metrics-late", what: "gate:errors", value: /^unknown/ },
  { fault: "cloudwatch-down", what: "gate:errors", value: /^unknown/ },
  { fault: "elb-down", what: "gate:hosts", value: /^unknown/ },
  { fault: "rule-edited", what: "drift:more-green", value: /77/ },
  { fault: "green-host-killed", what: "gate:hosts", value: /green\.healthyHosts is 3/ },
  { fault: "green-flapping", what: "gate:hosts", value: /green\.healthyHosts is 2/ },
  { fault: "blue-host-killed", what: "gate:blue-ready", value: /blue\.readyPercent is 75/ },
  { fault: "blue-scaled-in", what: "gate:blue-ready", value: /blue\.readyPercent is 50/ },
  { fault: "connector-paused", what: "gate:reverse-running", value: /reverse\.state.*PAUSED/ },
  { fault: "task-failed", what: "gate:forward-running", value: /forward\.(state|tasksRunning)/ },
  { fault: "connect-closed", what: "gate:reverse-running", value: /^unknown/ },
  { fault: "broker-closed", what: "blind", value: /lagRecords: Kafka/ },
  { fault: "green-database-closed", what: "gate:lag", value: /./ },
  { fault: "blue-database-killed", what: "gate:lag", value: /./ },
  { fault: "worker-killed", what: "gate:reverse-running", value: /^unknown/ },
  { fault: "broker-killed", what: "blind", value: /lagRecords: Kafka/ },
  { fault: "broker-disk-full", what: "blind", value: /lagRecords: Kafka/ },
];

interface SnapBackCase {
  readonly fault: string;
  /** What is out of order besides, before it begins; it ends a while after the first alarm has fired, or never. */
  readonly besides?: { readonly fault: string; readonly endsAfterAlarmMs?: number };
  /** What `status` gives as the cause. */
  readonly by: RegExp;
}

const titleOf = ({ fault, besides }: SnapBackCase): string =>
  besides === undefined ? fault : `${fault}, with ${besides.fault} besides,`;

/** Everything goes back to blue, and it costs nothing. */
const SNAP_BACKS: readonly SnapBackCase[] = [
  { fault: "green-slow", by: /green-p99/ },
  { fault: "green-5xx", besides: { fault: "alarm-lost" }, by: /green-5xx-ratio/ },
  {
    fault: "green-5xx-after-commit",
    besides: { fault: "functions-killed", endsAfterAlarmMs: 3_000 },
    by: /green-5xx-ratio/,
  },
  { fault: "both-failing", by: /green-5xx-ratio/ },
  {
    fault: "green-hangs",
    besides: { fault: "elb-down", endsAfterAlarmMs: 5_000 },
    by: /green-healthy-hosts|green-connection-errors|lb-5xx-ratio|hosts-lost/,
  },
  {
    fault: "green-hosts-killed",
    by: /green-connection-errors|green-healthy-hosts|lb-5xx-ratio|hosts-lost|breaker|slow-burn/,
  },
];

const untilSettled = ({ watcher }: ArmedLab, what: string): Promise<CutoverState> =>
  watcher.until(`the proof of what ${what} cost`, SETTLED_WITHIN_MS, ({ settled }) => settled !== undefined);

/** Which of the account's alarms have fired since it was called. */
const alarmsFired = ({ lab }: ArmedLab) => {
  const fired: string[] = [];
  const deaf = lab.account.edge.cloudwatch.onTransition(({ to, alarmArn }) => {
    if (to === "ALARM") fired.push(alarmArn);
  });
  return { fired, deaf };
};

/** Every place where the pin stood while something went on, in order: above the weighted rule or parked below it. */
const watchPin = ({ lab }: ArmedLab) => {
  const [route] = lab.bindings.routes;
  const seen: string[] = [];
  const look = (): void => {
    const rules = lab.account.edge.elbv2.rules;
    const at = (wanted: string | undefined) => Number(rules.find(({ arn }) => arn === wanted)?.priority);
    const now = at(route?.pin?.ruleArn) < at(route?.weightedRuleArn) ? "raised" : "parked";
    if (seen.at(-1) !== now) seen.push(now);
  };
  look();
  const timer = setInterval(look, 20);
  return {
    end: (): readonly string[] => {
      clearInterval(timer);
      look();
      return seen;
    },
  };
};

let armed: ArmedLab;
beforeAll(async () => {
  armed = await startArmedLab();
});
afterAll(() => armed?.stop());

describe("before the first step", () => {
  it("pawl drill rollback goes the whole way by a real alarm, raises the pin and lowers it again, and it steps after that", async () => {
    // So that the first step does not come before the streams have been read, without which nothing is rehearsed.
    await mustSucceed(armed.pawl(["pause", "orders", "--reason", "the rehearsal comes first"]), "pawl pause");
    const before = await armed.watcher.until(
      "a pause, and a way back that loses nothing",
      SEEN_WITHIN_MS,
      ({ pause: paused, rollbackSafety }) => paused !== undefined && rollbackSafety.label === "lossless",
    );
    const pin = watchPin(armed);
    const drill = await armed.pawl(["drill", "rollback", "orders", "--json"]);
    const stood = pin.end();
    expect([drill.exitCode, drill.stdout + drill.stderr]).toEqual([EXIT.done, expect.any(String)]);
    const { epoch, via, links } = JSON.parse(drill.stdout) as DrillDocument;
    expect(stood).toEqual(["parked", "raised", "parked"]);
    expect(["action", "eventbridge"]).toContain(via);
    expect(epoch).toBe(before.epoch + 2);
    expect(links.map(({ what }) => what)).toEqual(LINKS);
    expect(links.every(({ tookMs }, index) => index === 0 || tookMs >= 0)).toBe(true);

    const records = await armed.watcher.news();
    const drilled = records.filter(({ kind }) => kind === "rollback-drill");
    expect(drilled.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/rehearses the rollback with/),
      expect.stringMatching(/the rehearsal of the rollback passed/),
    ]);
    expect(drilled.at(-1)?.detail).toMatchObject({ via, marks: links.map(({ what }) => ({ what })) });
    expect(records.some(({ kind, detail }) => kind === "verified" && detail["fromPercent"] === 0)).toBe(true);
    const paused = await armed.watcher.state();
    expect(paused).toMatchObject({ phase: "armed", pause: { reason: "the rehearsal comes first" } });
    await mustSucceed(armed.pawl(["resume", "orders", "--reason", "it is rehearsed"]), "pawl resume");
    expect((await armed.untilAtHalf()).epoch).toBe(epoch);
  });

  it("and only there: at 50 % a rehearsal is refused, and nothing is changed", async () => {
    await armed.rearm();
    const before = await armed.watcher.state();
    const drill = await armed.pawl(["drill", "rollback", "orders"]);
    expect(drill.exitCode).toBe(EXIT.refused);
    expect(drill.stdout + drill.stderr).toMatch(/green has 50 % of the traffic, it must have none/);
    const after = await armed.watcher.state();
    expect(after).toMatchObject({ epoch: before?.epoch, phase: "shifting", weightPercent: 50 });
    expect(after).not.toHaveProperty("rollbackDrill");
  });
});

describe("faults, each brought about on the real stack", () => {
  beforeAll(() => armed.rearm());

  const begin = (fault: string): Promise<EndFault> => findFault(fault).begin(armed.lab);

  const during = async (fault: string, look: () => Promise<void>): Promise<void> => {
    const end = await begin(fault);
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
      // One that comes and goes may be gone in the next tick, and come again.
      await vi.waitFor(
        async () => {
          const status = await armed.status();
          expect(status).toMatchObject({ phase: "shifting", latch: null, weightPercent: { recorded: 50 } });
          expect(named(status.blocking), JSON.stringify(status.blocking)).toBe(true);
        },
        { timeout: SEEN_WITHIN_MS },
      );
    });
    const cleared = await armed.watcher.until(`the end of ${fault}'s ${what}`, CLEARED_WITHIN_MS, (state) => {
      mustNotBeLatched(state);
      return !state.blocking.some((block) => block.what === what);
    });
    expect(cleared.weightPercent).toBe(50);
    expect(armed.watcher.effectivePercent()).toBe(50);
  });

  it("dynamodb-down: nothing is judged and traffic stays; an alarm on green-5xx sends it back even so", async () => {
    const before = await armed.untilAtHalf();
    const { fired, deaf } = alarmsFired(armed);
    await during("dynamodb-down", async () => {
      await pause(THREE_TICKS_MS);
      const status = await armed.pawl(["status", "orders", "--json"]);
      expect(status.exitCode).toBe(EXIT.outside);
      expect(status.stdout + status.stderr).toContain("its rules send 50 % to green");
      await during("green-5xx", () =>
        vi.waitFor(() => expect(armed.watcher.effectivePercent()).toBe(0), {
          timeout: SNAPPED_WITHIN_MS,
          interval: 100,
        }),
      );
      const after = await armed.pawl(["status", "orders", "--json"]);
      expect(after.stdout + after.stderr).toContain("the pin is raised");
    });
    deaf();
    expect(fired.join()).toContain("green-5xx-ratio");
    const settled = await untilSettled(armed, "the rollback without a table");
    expect(settled).toMatchObject({ epoch: before.epoch + 1, weightPercent: 0, settled: { label: "lossless" } });
  });

  it.each(SNAP_BACKS.map((each) => ({ ...each, title: titleOf(each) })))(
    "$title sends everything back to blue, status names the cause, and it costs nothing",
    async ({ fault, besides, by }) => {
      await armed.rearm();
      await pause(ON_GREEN_MS);
      const { fired, deaf } = alarmsFired(armed);
      const endBesides = besides === undefined ? async () => {} : await begin(besides.fault);
      try {
        await during(fault, async () => {
          if (besides?.endsAfterAlarmMs !== undefined) {
            await vi.waitFor(() => expect(fired).not.toEqual([]), { timeout: FIRED_WITHIN_MS, interval: 100 });
            await pause(besides.endsAfterAlarmMs);
            await endBesides();
          }
          await armed.watcher.until(
            `${fault}'s rollback`,
            SNAPPED_WITHIN_MS,
            ({ latch }) => latch?.verifiedAt !== undefined,
          );
          const status = await armed.status();
          expect(status).toMatchObject({ phase: "rolledBack", weightPercent: { recorded: 0, effective: 0 } });
          expect(status.latch?.cause).toMatch(by);
        });
      } finally {
        deaf();
        await endBesides();
      }
      const settled = await untilSettled(armed, fault);
      expect(settled.settled).toMatchObject({ label: "lossless" });
    },
  );

  it("green-database-killed: back to blue, or held while that would lose what green alone has; lossless in the end", async () => {
    await armed.rearm();
    await pause(ON_GREEN_MS);
    await during("green-database-killed", async () => {
      await armed.watcher.until("its latch", SNAPPED_WITHIN_MS, ({ latch, blocking }) =>
        latch?.mode === "held" ? blocking.some(({ what }) => what === "held") : latch?.verifiedAt !== undefined,
      );
      const status = await armed.status();
      expect(status.latch?.cause).toMatch(/green-5xx-ratio|breaker|slow-burn/);
      const held = status.latch?.mode === "held";
      expect(status.weightPercent).toEqual(held ? { recorded: 50, effective: 50 } : { recorded: 0, effective: 0 });
    });
    const settled = await untilSettled(armed, "green-database-killed");
    expect(settled).toMatchObject({ phase: "rolledBack", weightPercent: 0, settled: { label: "lossless" } });
    expect(armed.watcher.effectivePercent()).toBe(0);
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

  it("let no function try what its role may not do, and told people through the topic", () => {
    const { account } = armed.lab;
    expect(deniedCalls(account)).toEqual([]);
    expect(account.compute.sns.published().some(({ by }) => by === "PromoteRole")).toBe(true);
  });

  it("slot-dropped: traffic stays on blue, and nothing is armed across the gap", async () => {
    await begin("slot-dropped");
    const run = await armed.pawl(["arm", "orders", "--again", "--policy", "drill"]);
    expect(run.exitCode).toBe(EXIT.refused);
    expect(run.stdout + run.stderr).toMatch(/reverse/);
    expect(armed.watcher.effectivePercent()).toBe(0);
  });
});
