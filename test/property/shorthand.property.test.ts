import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseShorthand, type Sample } from "../../src/rehearsal/fixtures/shorthand.ts";

const TYPES = ["number", "text", "boolean"] as const;

const part = fc.oneof(
  fc.record({ text: fc.integer().map(String), count: fc.constant(1) }),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.nat(50))
    .map(([value, times]) => ({ text: `${value}x${times}`, count: times + 1 })),
  fc
    .tuple(fc.nat(100), fc.integer({ min: -9, max: 9 }), fc.nat(50))
    .map(([start, by, times]) => ({ text: `${start}${by < 0 ? "" : "+"}${by}x${times}`, count: times + 1 })),
  fc.nat(50).map((count) => ({ text: `_x${count}`, count })),
  fc.constantFrom("nan", "stale", "_").map((text) => ({ text, count: 1 })),
);

const hasEnded = (sample: Sample): boolean => sample.kind === "missing" && sample.reason.startsWith("the series ends");

describe("shorthand", () => {
  it("never throws, whatever the text, and points into it where it refuses", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."01x+-._' naekstru") })),
        fc.constantFrom(...TYPES),
        (text, type) => {
          const parsed = parseShorthand(text, type);
          if (parsed.ok) expect(parsed.value(0)).toHaveProperty("kind");
          else expect(parsed.failure.index).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("is as long as its parts together", () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const length = parts.reduce((sum, { count }) => sum + count, 0);
        const parsed = parseShorthand(parts.map(({ text }) => text).join(" "), "number");
        fc.pre(length > 0);

        expect(parsed.ok && [length - 1, length].map((minute) => hasEnded(parsed.value(minute)))).toEqual([
          false,
          true,
        ]);
      }),
    );
  });
});
