import { describe, expect, it } from "vitest";
import { dataAt, representativePoints, toldApart } from "../../../src/policy/checks/meaning/points.ts";

describe("the points that stand for all values", () => {
  const number = { type: "number", unit: null, least: 0, most: null, worse: "up", paths: [] } as const;

  it("are the ends, the literals, and what lies just beside them and far", () => {
    expect(representativePoints(number, [10])).toEqual([0, 1, 5, 9.99, 10, 10.01, 20, 1e12]);
    expect(representativePoints({ ...number, least: null }, [-10])).toEqual([
      -1e12, -20, -10.01, -10, -9.99, -5, 0, 1, 1e12,
    ]);
    expect(representativePoints({ ...number, most: 12, whole: true }, [10])).toEqual([0, 1, 5, 9, 10, 11, 12]);
    expect(representativePoints({ ...number, whole: true }, [2.3])).toEqual([0, 1, 2, 3, 5, 1e12]);
    expect(representativePoints(number, [])).toEqual([0, 1, 1e12]);
    expect(representativePoints(number, [0])).toEqual([0, 1e-9, 1, 1e12]);
  });

  it("come from better to worse", () => {
    expect(representativePoints({ ...number, worse: "down", most: 1 }, [])).toEqual([1, 0]);
    expect(representativePoints({ ...number, worse: "none", most: 1 }, [])).toEqual([0, 1]);
    const flag = { ...number, type: "boolean" } as const;
    expect(representativePoints({ ...flag, worse: "false" }, [])).toEqual([true, false]);
    expect(representativePoints({ ...flag, worse: "true" }, [])).toEqual([false, true]);
  });

  it("of text are the values that there are and those that are asked for, or any other", () => {
    const text = { ...number, type: "text", worse: "none" } as const;

    expect(representativePoints({ ...text, values: ["UP", "DOWN"] }, ["OFF", "UP", 5])).toEqual(["UP", "DOWN", "OFF"]);
    expect(representativePoints(text, ["OFF", 5])).toEqual(["OFF", "?"]);
  });

  it("are two more between literals of which each is nearer to the other than what lies beside it", () => {
    expect(toldApart([1003, 1000, "UP"])).toEqual([1003, 1000, "UP"]);
    expect(toldApart([1001.5, 10, 1000])).toEqual([1001.5, 10, 1000, 1000.5, 1001]);
    expect(toldApart([2])).toEqual([2]);
  });

  it("of numbers are no texts", () => {
    expect(representativePoints({ ...number, most: 1 }, ["5", "0.5"])).toEqual([0, 1]);
  });

  it("stand where an expression looks for them, alike in every minute", () => {
    const placed = [
      { place: ["now", "forward", "lag"], value: 5 },
      { place: ["now", "forward", "state"], value: "UP" },
      { place: ["windows", "3m", "forward", "lag"], value: 6 },
      { place: ["windows", "3m", "forward", "state"], value: "DOWN" },
    ];
    const row = { forward: { lag: 6, state: "DOWN" } };

    expect(dataAt(placed, { rows: 2, windows: ["3m", "5m"] })).toEqual({
      now: { forward: { lag: 5, state: "UP" } },
      windows: { "3m": [row, row], "5m": [{}, {}] },
    });
  });
});
