import { describe, expect, it } from "vitest";
import { stateIn } from "../../../src/decision/state-form.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/kernel/json.ts";
import { atTenPercent, byOperator, minutesAfter, toFiftyPercent } from "../../contract/sample-state.ts";

const asked = { by: "ada", reason: "why", at: minutesAfter(0) };
const state = atTenPercent("orders");

/** With every optional member there is. */
const whole = JSON.parse(
  JSON.stringify({
    ...state,
    intent: toFiftyPercent,
    latch: {
      ...byOperator,
      expected: state.rollbackSafety,
      fromPercent: 10,
      told: { why: "the pin is not seen", at: minutesAfter(2) },
      verifiedAt: minutesAfter(2),
      chainedSeq: 13,
    },
    pause: asked,
    rollbackDrill: { by: "ada", at: minutesAfter(0), alarmArn: "arn:alarm", notAfter: minutesAfter(30) },
    stoppedAct: { action: "stop-forward", why: "not drained", since: minutesAfter(0), toldAt: minutesAfter(1) },
    withoutPin: { by: "ada", at: minutesAfter(0), otherActions: { "arn:rule": [{ Type: "authenticate-oidc" }] } },
    request: { ...asked, verb: "approve", epoch: 3, version: 1, expiresAt: minutesAfter(5) },
    approval: { ...asked, epoch: 3 },
    permit: { epoch: 3, action: "teardown", notAfter: minutesAfter(3) },
    settled: { label: "lossless", at: minutesAfter(4), reasons: [] },
    blocking: [{ what: "dwell", since: minutesAfter(0), value: "1 min", threshold: "5 min", clears: "time" }],
    outbox: [{ id: "orders/3/1/hold", at: minutesAfter(0), record: { seq: 12 } }],
    shapesAtArm: { "arn:rule": "[]" },
    otherActionsAtArm: { "arn:rule": [{ Type: "authenticate-oidc" }] },
  }),
) as JsonObject;

const edited = (of: JsonObject, [name = "", ...inside]: readonly string[], to: JsonValue | undefined): JsonObject => {
  const member = of[name];
  const next = inside.length > 0 && isJsonObject(member) ? edited(member, inside, to) : to;
  const { [name]: _before, ...others } = of;
  return next === undefined ? others : { ...others, [name]: next };
};

const faultOf = (item: JsonObject): string | null => {
  const found = stateIn(item, "orders");
  return found.ok ? null : found.failure;
};

/** Every number and every word of the state by its path: what arithmetic and decisions rest on. */
const leaves = (of: JsonObject, at: readonly string[] = []): readonly (readonly string[])[] =>
  Object.entries(of).flatMap(([name, value]) =>
    isJsonObject(value) ? leaves(value, [...at, name]) : typeof value === "number" ? [[...at, name]] : [],
  );
const NOBODY_COUNTS_BY = /^latch\.(record|cause)\.|^request\.version$/;

describe("what is read as a state", () => {
  it("is one with everything in it, and one whose latch is still blind", () => {
    expect(faultOf(whole)).toBeNull();
    expect(faultOf({ ...whole, latch: JSON.parse(JSON.stringify(byOperator)) })).toBeNull();
  });

  it("may hold what a newer release has put there", () => {
    expect(faultOf({ ...whole, tomorrow: { any: ["thing"] } })).toBeNull();
  });

  it("holds no number as a text, anywhere", () => {
    const passed = leaves(whole)
      .filter((path) => !NOBODY_COUNTS_BY.test(path.join(".")))
      .filter((path) => faultOf(edited(whole, path, "1795316400000")) === null);
    expect(passed).toEqual([]);
  });

  it.each(Object.keys(state).filter((name) => name !== "adoption"))("is nothing without %s", (name) => {
    expect(faultOf(edited(whole, [name], undefined))).toBe(`${name} is missing`);
  });

  it.each<readonly [string, readonly string[], JsonValue | undefined]>([
    ["phase is not one of", ["phase"], "shifted"],
    ["wayBack is not one of", ["wayBack"], "Open"],
    ["whenNotLossless is not one of", ["whenNotLossless"], ""],
    ["drill is not true or false", ["drill"], "false"],
    ["weightPercent is not a whole number from 0 to 100", ["weightPercent"], 10.5],
    ["armedAt is not an instant", ["armedAt"], -1],
    ["outbox is not a list", ["outbox"], {}],
    ["outbox.0 is not an object", ["outbox"], ["record"]],
    ["blocking.0.since is missing", ["blocking"], [{ what: "dwell" }]],
    ["evidence.gates.x.logs.1 is not a number", ["evidence", "gates"], accumulated([0, "1"])],
    ["latch.expected.label is not one of", ["latch", "expected", "label"], "fine"],
    ["intent.kind is not one of", ["intent", "kind"], "setWeights"],
    ["latch.mode is not one of", ["latch", "mode"], "hold"],
    ["latch.cause.kind is missing", ["latch", "cause"], {}],
    ["latch.cause.kind is not one of", ["latch", "cause"], { kind: "somebody" }],
    ["latch.record.summary is missing", ["latch", "record"], { id: "orders/4/latch", detail: {} }],
    ["rollbackDrill.notAfter is missing", ["rollbackDrill", "notAfter"], undefined],
    ["stoppedAct.toldAt is missing", ["stoppedAct", "toldAt"], undefined],
    ["withoutPin.otherActions.arn:rule is not a list", ["withoutPin", "otherActions"], { "arn:rule": {} }],
    ["outbox.0.at is missing", ["outbox"], [{ id: "orders/3/1/hold" }]],
    ["outbox.0.record is not an object", ["outbox"], [{ id: "orders/3/1/hold", at: 0, record: "12" }]],
    ["evidence.gates.x.recent.0.seen.0 is not a list", ["evidence", "gates"], recent([1])],
    ["evidence.gates.x.recent.0.seen.0.0 is not a number", ["evidence", "gates"], recent([["1"]])],
    ["evidence.baseline.errors.x.0 is not a number", ["evidence", "baseline"], { next: 0, errors: { x: ["1"] } }],
    ["cutover is payments, and not orders", ["cutover"], "payments"],
  ])("says that %s", (said, path, value) => {
    expect(faultOf(edited(whole, path, value))).toContain(said);
  });
});

/** A state that is none stops every tick of its cutover: each word that a release writes has to be one. */
const WORDS: readonly (readonly [member: string, path: readonly string[], words: readonly string[]])[] = [
  ["phase", ["phase"], ["armed", "shifting", "soaking", "decommissioning", "complete", "rolledBack"]],
  ["wayBack", ["wayBack"], ["open", "restorable", "closed"]],
  ["whenNotLossless", ["whenNotLossless"], ["snap", "hold"]],
  ["label", ["rollbackSafety", "label"], ["lossless", "bounded", "lossy", "unknown"]],
  ["kind of an intent", ["intent", "kind"], ["setWeight", "lowerPin"]],
  ["mode of a latch", ["latch", "mode"], ["snapped", "held"]],
  ["kind of a cause", ["latch", "cause", "kind"], ["alarm", "policy", "operator", "outsider"]],
];

describe("a word of the state", () => {
  it.each(WORDS)("is any that a release writes: %s", (_member, path, words) => {
    expect(words.map((word) => faultOf(edited(whole, path, word)))).toEqual(words.map(() => null));
    expect(faultOf(edited(whole, path, ""))).toContain("is not one of");
  });
});

function recent(seen: readonly JsonValue[]): JsonObject {
  const [name = "x", sums] = Object.entries(accumulated([0]))[0] ?? [];
  return { [name]: { ...(isJsonObject(sums) ? sums : {}), recent: [{ at: minutesAfter(0), seen }] } };
}

function accumulated(logs: readonly JsonValue[]): JsonObject {
  return { x: { from: minutesAfter(0), next: minutesAfter(1), observed: 1, spoke: 1, logs } };
}
