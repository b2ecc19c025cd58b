import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { parseDuration } from "../../../src/kernel/units.ts";
import { type Data, pointsOver } from "../../../src/policy/diff/points.ts";
import { openRule, placeOf, signalQuantity } from "../../../src/policy/diff/quantities.ts";

const [LAG, RECORDS] = ["forward.lagSeconds", "forward.lagRecords"];
const below = (rule: JsonValue, limit = 5): JsonValue => ({ "<": [rule, limit] });
const signal = (path: string): JsonValue => ({ var: path });
const stat = (statistic: string, window: string, path = LAG): JsonValue => ({ stat: [path, statistic, window] });
const all = (window: string, ...bodies: readonly JsonValue[]): JsonValue => ({
  and: bodies.map((body) => ({ all: [{ window: [window] }, body] })),
});

const over = (rules: readonly JsonValue[], thin: readonly ReadonlySet<string>[] = []): readonly Data[] => {
  const points = pointsOver(rules.map(openRule), thin);
  if (points === null) throw new Error("too many points");
  return points;
};
const keyOf = (rule: JsonValue): string => openRule({ "!!": [rule] }).quantities[0]?.key ?? "";
const at = ({ q }: Data, key: string): JsonValue | undefined => q[placeOf(key).slice("q.".length)];
const windowIn = (rule: JsonValue, window: string): string =>
  openRule(rule).quantities.find(({ args, type }) => type === "rows" && args[0] === parseDuration(window))?.key ?? "";
const rows = (point: Data, key: string): readonly JsonValue[] => {
  const found = at(point, key);
  if (!Array.isArray(found)) throw new Error("no rows");
  return found;
};

describe("points", () => {
  it("hold every value of one quantity with every value of the others", () => {
    const points = over([below(signal(LAG)), { "!!": [signal("forward.drained")] }]);
    for (const drained of [true, false]) {
      const beside = points
        .filter((point) => at(point, "var forward.drained") === drained)
        .map((point) => at(point, keyOf(signal(LAG))));
      expect(beside.some((lag) => Number(lag) < 5)).toBe(true);
      expect(beside).toContain(5);
      expect(beside.some((lag) => Number(lag) > 5)).toBe(true);
    }
  });

  it("hold each signal silent once, all others there", () => {
    const rules = [below(signal(LAG)), below(signal(RECORDS)), below(stat("max", "3m")), { known: [LAG] }];
    const points = over(rules);
    const [lag, records, greatest, known] = rules.map((rule) => openRule(rule).quantities[0]?.key ?? "");
    const seen = new Set(
      points.map((point) => [lag, records, greatest].map((key = "") => at(point, key) !== undefined).join()),
    );
    expect(seen).toEqual(new Set(["true,true,true", "false,true,false", "true,false,true"]));
    for (const point of points) expect(at(point, known ?? "")).toBe(at(point, lag ?? "") !== undefined);
  });

  it("hold no other ones for asking whether a signal is known", () => {
    expect(over([below(signal(LAG)), { known: [LAG] }])).toHaveLength(over([below(signal(LAG))]).length);
  });

  it("hold no coverage, and not an unknown one, of what is silent", () => {
    const coverage = { coverage: [LAG, "3m"] };
    const silent = over([below(signal(LAG)), below(coverage, 0.5)]).filter(
      (point) => at(point, keyOf(signal(LAG))) === undefined,
    );
    expect(silent.length).toBeGreaterThan(0);
    for (const point of silent) expect(at(point, keyOf(coverage))).toBe(0);
  });

  it("hold what is unknown for want of minutes while the others are known", () => {
    const [short, long] = [stat("avg", "3m"), stat("avg", "15m")];
    const thin = over([below(short), below(long)], [new Set([keyOf(long)])]).filter(
      (point) => at(point, keyOf(long)) === undefined && at(point, keyOf(short)) !== undefined,
    );
    expect(new Set(thin.map((point) => at(point, keyOf(short)))).size).toBeGreaterThanOrEqual(3);
  });

  it("hold nothing that can never be, and everything else: the greatest of few minutes and of more", () => {
    const [few, more] = [stat("max", "3m"), stat("max", "15m")];
    const pairs = over([below(few), below(more)])
      .map((point) => [at(point, keyOf(few)), at(point, keyOf(more))])
      .filter((pair): pair is [number, number] => pair.every((value) => typeof value === "number"));
    expect(pairs.every(([less, greater]) => less <= greater)).toBe(true);
    expect(pairs.some(([less, greater]) => less < 5 && greater > 5)).toBe(true);
    expect(pairs.some(([less, greater]) => less === greater && less > 5)).toBe(true);
  });
});

describe("the minutes of a window", () => {
  const both = (window: string): JsonValue => all(window, below(signal(LAG)), below(signal(RECORDS)));
  /** How many minutes stand for these windows, one after the other. */
  const minutes = (...windows: readonly string[]): readonly number[] => {
    const rule: JsonValue = {
      and: [
        below(stat("avg", "3m", "green.requests")),
        ...windows.map((window, index) => all(window, below(signal(LAG), index + 3))),
      ],
    };
    const [point] = over([rule]);
    return windows.map((window) => (point === undefined ? 0 : rows(point, windowIn(rule, window)).length));
  };

  it.each<[string, readonly string[], readonly number[]]>([
    ["one, where one thing is asked", ["5m"], [1]],
    ["as many as are asked for of each stretch, the longer one those of the shorter as well", ["9m", "5m"], [4, 2]],
    ["no more than a stretch has", ["5m", "4m"], [3, 2]],
    ["no more than a window has", ["2m", "1m"], [2, 1]],
  ])("are as many as may have to be another one: %s", (_, windows, found) => {
    expect(minutes(...windows)).toEqual(found);
  });

  it("hold every value of each signal, one minute another than the next", () => {
    const rule = both("5m");
    const window = windowIn(rule, "5m");
    const points = over([rule]);
    const told = points.map((point) => rows(point, window));
    expect(told.every((list) => list.length === 2)).toBe(true);
    const full = told.filter((list) => JSON.stringify(list).split("lagSeconds").length === 3);
    expect(full).toContainEqual([
      { forward: { lagSeconds: 5, lagRecords: 0 } },
      { forward: { lagSeconds: 0, lagRecords: 5 } },
    ]);
  });

  it("hold no value of a silent signal, and that of the others", () => {
    const rule = both("5m");
    const window = windowIn(rule, "5m");
    const written = over([rule]).map((point) => JSON.stringify(rows(point, window)));
    expect(written.filter((text) => !text.includes("lagSeconds")).every((text) => text.includes("lagRecords"))).toBe(
      true,
    );
    expect(written.some((text) => !text.includes("lagSeconds"))).toBe(true);
    expect(written.some((text) => !text.includes("lagRecords"))).toBe(true);
  });

  it("are the same newest ones in a longer window, oldest first", () => {
    const rule: JsonValue = { and: [all("3m", below(signal(LAG), 3)), all("9m", below(signal(LAG), 4))] };
    const [short, long] = [windowIn(rule, "3m"), windowIn(rule, "9m")];
    for (const point of over([rule])) expect(rows(point, long).slice(-2)).toEqual(rows(point, short));
  });

  it("are some of them nothing where there are too few, and nothing but that is missing", () => {
    const rule = all("5m", below(signal(LAG)));
    const window = windowIn(rule, "5m");
    const thin = over([rule], [new Set([window])]).filter((point) => rows(point, window).includes(null));
    expect(thin.map((point) => rows(point, window))).toContainEqual([null, { forward: { lagSeconds: 5 } }]);
    expect(thin).toHaveLength(over([rule]).length / 2);
  });
});

describe("too many points are none", () => {
  const means = (count: number): readonly JsonValue[] =>
    Array.from({ length: count }, (_, index) => below(stat("avg", `${index + 2}m`)));
  const signals = [LAG, RECORDS, "forward.deadLetters", "forward.strayRows", "green.requests", "green.unhealthyHosts"];

  it("where more values have to stand beside each other than are looked at", () => {
    expect(pointsOver(means(8).map(openRule), [])).toBeNull();
    expect(pointsOver(means(5).map(openRule), [])).not.toBeNull();
  });

  it("where they are too many with all that may be silent or unknown", () => {
    const rules = [...signals.map((path) => below(signal(path))), below(stat("avg", "3m"))].map(openRule);
    const thin = Array.from({ length: 12 }, () => new Set([signalQuantity(LAG).key]));
    expect(pointsOver(rules, thin)).toBeNull();
    expect(pointsOver(rules.slice(0, 5), thin)).not.toBeNull();
  });
});
