import { describe, expect, it } from "vitest";
import { type Measure, measureOfOperation, measureOfSignal } from "../../../src/policy/checks/meaning/measure.ts";

describe("what a signal measures", () => {
  it("is as the catalogue says, counts and bytes in whole numbers", () => {
    expect(measureOfSignal("forward.lagSeconds")).toEqual({
      type: "number",
      unit: "seconds",
      least: 0,
      most: null,
      worse: "up",
      paths: ["forward.lagSeconds"],
    });
    expect(measureOfSignal("traffic.greenPercent")).toMatchObject({ least: 0, most: 100, worse: "none" });
    expect(measureOfSignal("green.errors5xx")).toMatchObject({ unit: "count", whole: true });
    expect(measureOfSignal("forward.slotRetainedBytes")).toMatchObject({ unit: "bytes", whole: true });
    expect(measureOfSignal("forward.state")).toMatchObject({ type: "text", least: null, most: null, worse: "none" });
    expect(measureOfSignal("forward.state")?.values?.[0]).toBe("RUNNING");
    expect(measureOfSignal("forward.lag")).toBeNull();
  });

  it("may be how well pawl sees, and not how well green does", () => {
    for (const path of ["alarms.unknown", "forward.unknownPartitions", "reverse.unknownPartitions"])
      expect(measureOfSignal(path)).toMatchObject({ quality: true });
    expect(measureOfSignal("alarms.firing")).not.toHaveProperty("quality");
  });
});

describe("what an operation measures", () => {
  const GREEN = ["green.errors5xx", "green.requests"];
  const BLUE = ["blue.errors5xx", "blue.requests"];
  const plain = { type: "number", unit: null, least: 0, most: null, worse: "none" } as const;

  it.each<[string, readonly (string | number)[], Measure | null]>([
    [
      "stat",
      ["green.errors5xx", "max", "3m"],
      { ...plain, unit: "count", worse: "up", whole: true, paths: ["green.errors5xx"] },
    ],
    ["stat", ["green.errors5xx", "avg", "3m"], { ...plain, unit: "count", worse: "up", paths: ["green.errors5xx"] }],
    [
      "stat",
      ["green.errors5xx", "sum", "3m"],
      { ...plain, unit: "count", worse: "up", whole: true, paths: ["green.errors5xx"] },
    ],
    ["stat", ["traffic.greenPercent", "sum", "3m"], { ...plain, unit: "percent", paths: ["traffic.greenPercent"] }],
    [
      "stat",
      ["traffic.greenPercent", "max", "3m"],
      { ...plain, unit: "percent", most: 100, paths: ["traffic.greenPercent"] },
    ],
    ["stat", ["green.errors5xx", "slope", "3m"], { ...plain, least: null, worse: "up", paths: ["green.errors5xx"] }],
    ["stat", ["forward.state", "max", "3m"], null],
    ["stat", ["forward.lag", "max", "3m"], null],
    ["rate", [...GREEN, "3m"], { ...plain, unit: "ratio", most: 1, worse: "up", paths: GREEN }],
    ["rate_upper", [...GREEN, "3m", 0.95], { ...plain, unit: "ratio", most: 1, worse: "up", paths: GREEN }],
    ["rate_lower", [...GREEN, "3m", 0.95], { ...plain, unit: "ratio", most: 1, worse: "up", paths: GREEN }],
    [
      "rate",
      ["green.errors5xx", "green.healthyHosts", "3m"],
      { ...plain, unit: "ratio", worse: "up", paths: ["green.errors5xx", "green.healthyHosts"] },
    ],
    [
      "rate",
      ["blue.requests", "lb.requests", "3m"],
      { ...plain, unit: "ratio", paths: ["blue.requests", "lb.requests"] },
    ],
    ["rate", ["green.errors5xx", "green.request", "3m"], null],
    ["rate", ["green.errors", "green.requests", "3m"], null],
    ["evidence_below", [...GREEN, 0.01, "step"], { ...plain, worse: "down", paths: GREEN }],
    ["evidence_above", [...GREEN, 0.01, "step"], { ...plain, worse: "up", paths: GREEN }],
    ["evidence_worse", [...GREEN, ...BLUE, 1.25, "step"], { ...plain, worse: "up", paths: [...GREEN, ...BLUE] }],
    ["evidence_below", ["green.requests", "green.errors5xx", 0.01, "step"], null],
    ["evidence_below", ["green.errors5xx", "green.request", 0.01, "step"], null],
    ["evidence_below", ["green.errors", "green.requests", 0.01, "step"], null],
    ["coverage", ["3m"], { ...plain, unit: "ratio", most: 1, worse: "down", quality: true, paths: [] }],
    [
      "coverage",
      ["green.requests", "3m"],
      { ...plain, unit: "ratio", most: 1, worse: "down", quality: true, paths: ["green.requests"] },
    ],
    ["age", ["green.requests"], { ...plain, unit: "seconds", worse: "up", quality: true, paths: ["green.requests"] }],
    [
      "known",
      ["green.requests"],
      {
        ...plain,
        type: "boolean",
        unit: "yes-no",
        least: null,
        worse: "false",
        quality: true,
        paths: ["green.requests"],
      },
    ],
    ["window", ["3m"], null],
  ])("%s of %j", (name, args, measure) => {
    expect(measureOfOperation(name, args)).toEqual(measure);
  });
});
