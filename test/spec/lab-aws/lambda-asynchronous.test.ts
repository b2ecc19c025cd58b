import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AsynchronousQueue, type DroppedEvent, type RetryRules } from "../../../lab/aws/lambda/asynchronous-queue.ts";
import type { Attempt } from "../../../lab/aws/lambda/pool.ts";
import type { LabClock } from "../../../lab/clock.ts";
import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";
import { eventually } from "../../support/lab-compute.ts";

const START = 1_800_000_000_000;
const SPEED = 100;
const FAILED: Attempt = { kind: "failed", error: { errorType: "Error", errorMessage: "no" }, durationMs: 1 };
const ANSWERED: Attempt = { kind: "answered", payload: "null", durationMs: 1 };
const THROTTLED: Attempt = { kind: "throttled" };

/** Above what a lab may run at, but here nothing unscaled takes part; a stall of some milliseconds is no second of it. */
const fastClock = (): LabClock => {
  const startRealMs = Date.now();
  const now = () => epochMs(Math.round(START + SPEED * (Date.now() - startRealMs)));
  return {
    startRealMs,
    startLabMs: START,
    speed: SPEED,
    now,
    realMsUntil: (at) => Math.max(0, (at - now()) / SPEED),
    toReal: (at) => at,
  };
};

let queue: AsynchronousQueue;
let clock: LabClock;
let attemptsAt: EpochMs[];
let dropped: DroppedEvent[];
beforeEach(() => {
  clock = fastClock();
  attemptsAt = [];
  dropped = [];
});
afterEach(() => queue.stop());

const queueOf = (outcomes: readonly Attempt[], rules: RetryRules, isSwitchedOff = false): AsynchronousQueue => {
  const left = [...outcomes];
  queue = new AsynchronousQueue({
    context: { clock, dir: "", log: () => undefined },
    rules: () => rules,
    isSwitchedOff: () => isSwitchedOff,
    attempt: async () => {
      attemptsAt.push(clock.now());
      return left.shift() ?? FAILED;
    },
    dropped: (event) => dropped.push(event),
  });
  return queue;
};

const accept = (): void => queue.accept({ requestId: "r1", payload: "{}", acceptedAt: clock.now() });
const TWO_RETRIES: RetryRules = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };
const gapsInSeconds = (): readonly number[] =>
  attemptsAt.slice(1).map((at, index) => (at - (attemptsAt[index] ?? 0)) / 1000);

describe("the asynchronous queue of a function", () => {
  it("retries a failed event after one and after two minutes, then gives it up with its last error", async () => {
    queueOf([FAILED, FAILED, FAILED], TWO_RETRIES);

    accept();
    await eventually(() => dropped.length > 0);

    const [first = 0, second = 0] = gapsInSeconds();
    expect(attemptsAt).toHaveLength(3);
    expect(first).toBeGreaterThanOrEqual(60);
    expect(second).toBeGreaterThanOrEqual(120);
    expect(dropped).toMatchObject([{ condition: "RetriesExhausted", attempts: 3, error: { errorMessage: "no" } }]);
  });

  it("does not retry where the settings say 0", async () => {
    queueOf([FAILED], { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 });

    accept();
    await eventually(() => dropped.length > 0);

    expect(attemptsAt).toHaveLength(1);
    expect(dropped).toMatchObject([{ condition: "RetriesExhausted", attempts: 1 }]);
  });

  it("is done with an event that was answered", async () => {
    queueOf([FAILED, ANSWERED], TWO_RETRIES);

    accept();
    await eventually(() => attemptsAt.length === 2);
    await eventually(() => clock.now() > (attemptsAt[1] ?? 0) + 300_000);

    expect(attemptsAt).toHaveLength(2);
    expect(dropped).toEqual([]);
  });

  it("backs off while throttled, without counting it as an attempt, until the event is too old", async () => {
    queueOf(Array(40).fill(THROTTLED), { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 });

    accept();
    await eventually(() => dropped.length > 0);

    expect(dropped).toMatchObject([{ condition: "EventAgeExceeded", attempts: 0, error: null }]);
    const gaps = gapsInSeconds();
    expect(gaps.length).toBeGreaterThanOrEqual(3);
    gaps.forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual(2 ** index);
    });
    expect((attemptsAt.at(-1) ?? 0) - (attemptsAt[0] ?? 0)).toBeLessThanOrEqual(61_000);
  });

  it("gives events up without an attempt while the concurrency is 0", async () => {
    queueOf([], TWO_RETRIES, true);

    accept();
    await eventually(() => dropped.length > 0);

    expect(attemptsAt).toEqual([]);
    expect(dropped).toMatchObject([{ condition: "ZeroReservedConcurrency", attempts: 0 }]);
  });

  it("delivers an event twice on demand, and only that one", async () => {
    queueOf([ANSWERED, ANSWERED, ANSWERED], TWO_RETRIES);
    queue.duplicateNext(1);

    accept();
    await eventually(() => attemptsAt.length === 2);
    accept();
    await eventually(() => attemptsAt.length === 3);

    expect(dropped).toEqual([]);
  });
});
