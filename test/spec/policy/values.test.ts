import { describe, expect, it } from "vitest";
import { currentValue, readableValues } from "../../../src/policy/operations/values.ts";
import type { Readings } from "../../../src/snapshot/snapshot.ts";

/** Readings out of what somebody wrote down, which may be anything. */
const readings = (values: object): Readings => ({ values: values as Readings["values"], absent: {} });

describe("a signal's value", () => {
  it.each([["RUNNING"], [""], [0], [-1.5], [true], [false]])("may be %j", (value) => {
    expect(currentValue(readings({ green: { signal: value } }), "green.signal")).toBe(value);
  });

  it.each([[null], [undefined], [Number.NaN], [Number.POSITIVE_INFINITY], [[1]], [{ is: 1 }]])(
    "is none where there is %j: it could not be judged",
    (value) => {
      expect(currentValue(readings({ green: { signal: value } }), "green.signal")).toBeUndefined();
    },
  );
});

describe("the values that both keys look at", () => {
  it("are what JSON can hold, at any depth, and nothing else", () => {
    const values = {
      green: { requests: 3, state: "RUNNING", stalled: false, gone: null, list: [1, Number.NaN, { deep: "x" }] },
      wrong: { nan: Number.NaN, infinite: Number.NEGATIVE_INFINITY, never: undefined, act: () => 1, big: 1n },
    };
    expect(JSON.parse(JSON.stringify(readableValues(readings(values))))).toEqual({
      green: { requests: 3, state: "RUNNING", stalled: false, gone: null, list: [1, null, { deep: "x" }] },
      wrong: {},
    });
    expect(Object.keys(readableValues(readings(values))["wrong"] ?? {})).toEqual([]);
  });

  it("are own ones: nothing is inherited, neither before nor after", () => {
    const inheriting: object = Object.create({ requests: 7 }, { errors: { value: 1, enumerable: true } });
    const { green } = readableValues(readings({ green: inheriting }));
    expect(Object.keys(green ?? {})).toEqual(["errors"]);
    const read: object = readableValues(readings({ green: {} }));
    expect("toString" in read).toBe(false);
    expect(Object.getPrototypeOf(Object.getPrototypeOf(read))).toBeNull();
    expect(Object.isFrozen(Object.getPrototypeOf(read))).toBe(true);
  });

  it("are the same object for the same readings, however many rules read them", () => {
    const same = readings({ green: { requests: 1 } });
    expect(readableValues(same)).toBe(readableValues(same));
    expect(readableValues(readings({ green: { requests: 1 } }))).not.toBe(readableValues(same));
  });
});
