import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CutoverState } from "../../src/decision/state.ts";
import type { StatePort } from "../../src/guard/ports.ts";
import { epochMs } from "../../src/kernel/units.ts";
import { observePorts } from "../../src/wiring.ts";
import { fakeState } from "../support/fake-state.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { type LabAccount, startAccountWithTable } from "./lab-account.ts";
import { atTenPercent, byOperator, minutesAfter, soonEnough, toFiftyPercent } from "./sample-state.ts";

let account: LabAccount;
let dynamodb: StatePort;

beforeAll(async () => {
  account = await startAccountWithTable();
  dynamodb = observePorts(account.env).state;
});
afterAll(() => account.close());

/** A cutover of its own for every test: the account is shared. */
let cutovers = 0;
const stored = async (state: StatePort, change: Partial<CutoverState> = {}): Promise<CutoverState> => {
  cutovers += 1;
  const first = { ...atTenPercent(`cutover-${cutovers}`), ...change };
  expect(await state.transition(null, first, soonEnough)).toEqual({ kind: "committed", state: first });
  return first;
};
const next = (state: CutoverState, writeId: string, change: Partial<CutoverState> = {}): CutoverState => ({
  ...state,
  ...change,
  version: state.version + 1,
  writeId,
});

const memory = fakeState(virtualClock());
const WORLDS: readonly (readonly [string, () => StatePort])[] = [
  ["DynamoDB", () => dynamodb],
  ["memory", () => memory],
];

describe.each(WORLDS)("the state in %s", (_name, port) => {
  test("reads what was stored, member by member, and null where nothing ever was", async () => {
    const first = await stored(port(), {
      intent: toFiftyPercent,
      pause: { by: "ada", reason: "lunch", at: minutesAfter(0) },
    });
    expect(await port().read(first.cutover, soonEnough)).toEqual({ ok: true, value: first });
    expect(await port().read("never-armed", soonEnough)).toEqual({ ok: true, value: null });
  });

  test("stores a transition from the version it was decided on, and removes what the new state leaves out", async () => {
    const first = await stored(port(), { intent: toFiftyPercent });
    const { intent: _settled, ...rest } = first;
    const second = next(rest, "second", { phase: "soaking" });
    expect(await port().transition(1, second, soonEnough)).toEqual({ kind: "committed", state: second });
    expect(await port().read(first.cutover, soonEnough)).toEqual({ ok: true, value: second });
  });

  test("refuses a transition from an older version, and says what is there now", async () => {
    const first = await stored(port());
    const second = next(first, "second");
    await port().transition(1, second, soonEnough);
    expect(await port().transition(1, next(first, "late"), soonEnough)).toEqual({ kind: "moved", state: second });
  });

  test("refuses a first state where there is one, and a later state where there is none", async () => {
    const first = await stored(port());
    const again = { ...first, writeId: "somebody else" };
    expect(await port().transition(null, again, soonEnough)).toEqual({ kind: "moved", state: first });
    const nowhere = { ...first, cutover: "never-armed-either", version: 2 };
    expect(await port().transition(1, nowhere, soonEnough)).toEqual({ kind: "moved", state: null });
  });

  test("knows a refused write as its own by the write id", async () => {
    const first = await stored(port());
    const second = next(first, "second");
    await port().transition(1, second, soonEnough);
    expect(await port().transition(1, second, soonEnough)).toEqual({ kind: "committed", state: second });
  });

  test("lets one of twenty win", async () => {
    const first = await stored(port());
    const rivals = Array.from({ length: 20 }, (_, index) => next(first, `rival ${index}`));
    const outcomes = await Promise.all(rivals.map((rival) => port().transition(1, rival, soonEnough)));
    expect(outcomes.filter((outcome) => outcome.kind === "committed")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === "moved")).toHaveLength(19);
  });

  test("refuses to store a version that does not follow", async () => {
    const first = await stored(port());
    await expect(port().transition(1, { ...first, version: 5 }, soonEnough)).rejects.toThrow(RangeError);
  });

  test("latches blind, filling in what only the item knows; the intent stays", async () => {
    const first = await stored(port(), { intent: toFiftyPercent });
    const latch = {
      ...byOperator,
      expected: first.rollbackSafety,
      fromPercent: first.weightPercent,
      reassertAfter: toFiftyPercent.notAfter,
    };
    const after = { ...first, latch, epoch: 4, version: 2, writeId: "latch" };
    expect(await port().latch(first.cutover, byOperator, { writeId: "latch" }, soonEnough)).toEqual({
      kind: "latched",
      before: first,
      after,
    });
    expect(await port().read(first.cutover, soonEnough)).toEqual({ ok: true, value: after });
  });

  test("keeps the latch through the transitions that follow", async () => {
    const first = await stored(port());
    const outcome = await port().latch(first.cutover, byOperator, { writeId: "latch" }, soonEnough);
    if (outcome.kind !== "latched") throw new Error(outcome.kind);
    expect(outcome.after.latch).not.toHaveProperty("reassertAfter");
    const verified = next(outcome.after, "verified", { phase: "rolledBack" });
    expect(await port().transition(2, verified, soonEnough)).toEqual({ kind: "committed", state: verified });
    expect(await port().read(first.cutover, soonEnough)).toEqual({ ok: true, value: verified });
  });

  test("refuses the transition of whoever read before the latch", async () => {
    const first = await stored(port());
    await port().latch(first.cutover, byOperator, { writeId: "latch" }, soonEnough);
    const outcome = await port().transition(1, next(first, "promote"), soonEnough);
    expect(outcome).toMatchObject({ kind: "moved", state: { epoch: 4, latch: { mode: "snapped" } } });
  });

  test("latches once: the second comer joins the first one's latch", async () => {
    const first = await stored(port());
    await port().latch(first.cutover, byOperator, { writeId: "latch" }, soonEnough);
    const second = await port().latch(first.cutover, { ...byOperator, mode: "held" }, { writeId: "late" }, soonEnough);
    expect(second).toMatchObject({ kind: "already-latched", state: { epoch: 4, latch: { mode: "snapped" } } });
  });

  test("knows its own latch again when the first answer was lost", async () => {
    const first = await stored(port(), { intent: toFiftyPercent });
    const once = await port().latch(first.cutover, byOperator, { writeId: "latch" }, soonEnough);
    const again = await port().latch(first.cutover, byOperator, { writeId: "latch" }, soonEnough);
    if (once.kind !== "latched" || again.kind !== "latched") throw new Error(`${once.kind}, ${again.kind}`);
    expect(again.after).toEqual(once.after);
    expect(again.before).toMatchObject({ version: 1, epoch: 3, intent: toFiftyPercent });
    expect(again.before).not.toHaveProperty("latch");
  });

  test.each([
    ["an epoch that is over", { epoch: 2 }],
    ["an alarm from before it was armed", { armedAtOrBefore: epochMs(minutesAfter(-30) - 1) }],
    ["a tick before the one that was judged last", { lastTickAtOrBefore: minutesAfter(-2) }],
  ])("does not latch for %s", async (_why, condition) => {
    const first = await stored(port());
    const outcome = await port().latch(first.cutover, byOperator, { ...condition, writeId: "latch" }, soonEnough);
    expect(outcome).toEqual({ kind: "not-applicable", state: first });
    expect(await port().read(first.cutover, soonEnough)).toEqual({ ok: true, value: first });
  });

  test.each([
    ["whatever is asked", {}],
    ["its epoch", { epoch: 3 }],
  ])("does not latch what is complete, by %s: nobody could take the latch off again", async (_why, condition) => {
    const first = await stored(port(), { phase: "complete", wayBack: "closed" });
    const outcome = await port().latch(first.cutover, byOperator, { ...condition, writeId: "latch" }, soonEnough);
    expect(outcome).toEqual({ kind: "not-applicable", state: first });
    expect(await port().read(first.cutover, soonEnough)).toEqual({ ok: true, value: first });
  });

  test.each([
    ["this epoch", { epoch: 3 }],
    ["an alarm of the instant it was armed", { armedAtOrBefore: minutesAfter(-30) }],
    ["the tick that was judged last", { lastTickAtOrBefore: minutesAfter(-1) }],
  ])("latches for %s", async (_why, condition) => {
    const first = await stored(port());
    const outcome = await port().latch(first.cutover, byOperator, { ...condition, writeId: "latch" }, soonEnough);
    expect(outcome.kind).toBe("latched");
  });

  test("latches for the first tick there is", async () => {
    const first = await stored(port(), { lastTick: null });
    const condition = { lastTickAtOrBefore: minutesAfter(-1), writeId: "latch" };
    expect((await port().latch(first.cutover, byOperator, condition, soonEnough)).kind).toBe("latched");
  });

  test("creates nothing by latching a cutover that never was", async () => {
    expect(await port().latch("unheard-of", byOperator, { writeId: "latch" }, soonEnough)).toEqual({ kind: "absent" });
    expect(await port().read("unheard-of", soonEnough)).toEqual({ ok: true, value: null });
  });
});

describe("the state in DynamoDB, when the network is bad", () => {
  test("commits once although the first answer is lost and the SDK sends again", async () => {
    const first = await stored(dynamodb);
    const heal = account.gateway.inject({
      service: "dynamodb",
      action: "PutItem",
      times: 1,
      effect: { kind: "lose-answer" },
    });
    const second = next(first, "second");
    expect(await dynamodb.transition(1, second, soonEnough)).toEqual({ kind: "committed", state: second });
    heal();
    const writes = account.gateway.recentCalls().filter((call) => call.action === "PutItem");
    expect(writes.slice(-2).map((call) => call.status)).toEqual([null, 400]);
  });

  test("says unknown, within its time, when DynamoDB does not answer", async () => {
    const first = await stored(dynamodb);
    const heal = account.gateway.inject({ service: "dynamodb", effect: { kind: "delay", ms: 3_000 } });
    const started = performance.now();
    const outcome = await dynamodb.latch(first.cutover, byOperator, { writeId: "latch" }, 300 as never);
    heal();
    expect(outcome.kind).toBe("unknown");
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  test("says unreachable when DynamoDB is down, never null", async () => {
    const heal = account.gateway.inject({ service: "dynamodb", effect: { kind: "down" } });
    const outcome = await dynamodb.read("orders", soonEnough);
    heal();
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "unreachable" } });
  });
});
