import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { failureOf, NO_FAULTS, parseFaults, thinkingMs } from "../../../lab/shop/faults.ts";

const opIds = Array.from({ length: 4_000 }, () => randomUUID());

describe("how long a host thinks", () => {
  it("is from 60 to 150 ms, and the same for the same operation", () => {
    const times = opIds.map((opId) => thinkingMs(opId, NO_FAULTS));
    expect([Math.min(...times), Math.max(...times)]).toEqual([60, 150]);
    expect(thinkingMs(opIds[0] ?? "", NO_FAULTS)).toBe(times[0]);
  });

  it("grows by what the host is slowed down", () => {
    const [opId = ""] = opIds;
    expect(thinkingMs(opId, { ...NO_FAULTS, slowMs: 500 })).toBe(thinkingMs(opId, NO_FAULTS) + 500);
  });
});

describe("which requests fail", () => {
  const share = (faults: object, failure: string): number =>
    opIds.filter((opId) => failureOf(opId, parseFaults(faults)) === failure).length / opIds.length;

  it("is none without a fault", () => {
    expect(share({}, "before") + share({}, "after")).toBe(0);
  });

  it("is about the share asked for, before or after the commit", () => {
    expect(share({ failBeforePercent: 8 }, "before")).toBeCloseTo(0.08, 1);
    expect(share({ failBeforePercent: 8 }, "after")).toBe(0);
    expect(share({ failAfterPercent: 30 }, "after")).toBeCloseTo(0.3, 1);
  });

  it("is every one at 100 %", () => {
    expect(share({ failBeforePercent: 100 }, "before")).toBe(1);
    expect(share({ failAfterPercent: 100 }, "after")).toBe(1);
  });
});

describe("a fault that is asked for", () => {
  it("is taken with everything else as usual", () => {
    expect(parseFaults({ slowMs: 800 })).toEqual({ ...NO_FAULTS, slowMs: 800 });
    expect(parseFaults(undefined)).toEqual(NO_FAULTS);
  });

  it.each([
    [{ explode: true }, '"explode" is no fault of a shop host'],
    [{ hang: 1 }, "hang is 1, which is not a boolean"],
    [{ failBeforePercent: 101 }, "failBeforePercent is 101, which is out of range"],
    [{ slowMs: -1 }, "slowMs is -1, which is out of range"],
  ])("is refused as %o", (fault, sentence) => {
    expect(() => parseFaults(fault)).toThrow(sentence);
  });
});
