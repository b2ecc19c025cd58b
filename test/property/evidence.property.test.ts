import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aboveLimit,
  belowLimit,
  type EvidenceTest,
  eValue,
  worseThanBlue,
} from "../../src/policy/operations/evidence/evidence-test.ts";

/** Every number of errors among n requests with its probability. */
const binomial = (requests: number, rate: number): readonly (readonly [errors: number, probability: number])[] => {
  let log = requests * Math.log1p(-rate);
  return Array.from({ length: requests + 1 }, (_, errors) => {
    const probability = Math.exp(log);
    log += Math.log((requests - errors) / (errors + 1)) + Math.log(rate) - Math.log1p(-rate);
    return [errors, probability] as const;
  });
};

const bet = (test: EvidenceTest, counts: readonly number[]): number =>
  eValue(test.weigh(counts) ?? Array.from({ length: test.alternatives }, () => 0));

const requests = fc.integer({ min: 1, max: 60 });
const share = fc.double({ min: 0.001, max: 0.4, noNaN: true });
const NO_GAIN = 1 + 1e-9;

describe("an evidence operation is a bet that its null hypothesis does not lose", () => {
  it("below a limit: at any rate from the limit on, one minute's mean is at most 1", () => {
    fc.assert(
      fc.property(requests, share, fc.double({ min: 0, max: 1, noNaN: true }), (count, limit, above) => {
        const rate = limit + above * (0.99 - limit);
        const mean = binomial(count, rate).reduce(
          (sum, [errors, chance]) => sum + chance * bet(belowLimit(limit), [errors, count]),
          0,
        );
        expect(mean).toBeLessThanOrEqual(NO_GAIN);
      }),
    );
  });

  it("above a limit: at any rate up to the limit, one minute's mean is at most 1", () => {
    fc.assert(
      fc.property(requests, share, fc.double({ min: 0.01, max: 1, noNaN: true }), (count, limit, part) => {
        const mean = binomial(count, limit * part).reduce(
          (sum, [errors, chance]) => sum + chance * bet(aboveLimit(limit), [errors, count]),
          0,
        );
        expect(mean).toBeLessThanOrEqual(NO_GAIN);
      }),
    );
  });

  it("worse than blue: with green at most so many times as bad, one minute's mean is at most 1", () => {
    const settings = [requests, requests, fc.double({ min: 0.001, max: 0.1, noNaN: true })] as const;
    fc.assert(
      fc.property(...settings, fc.double({ min: 0, max: 1, noNaN: true }), (green, blue, rate, part) => {
        const test = worseThanBlue(1.25);
        const ofBlue = binomial(blue, rate);
        const mean = binomial(green, Math.max(1e-6, 1.25 * rate * part)).reduce(
          (sum, [greenErrors, chance]) =>
            sum +
            chance *
              ofBlue.reduce(
                (inner, [blueErrors, other]) => inner + other * bet(test, [greenErrors, green, blueErrors, blue]),
                0,
              ),
          0,
        );
        expect(mean).toBeLessThanOrEqual(NO_GAIN);
      }),
    );
  });

  it("never gains by one more error where it speaks for green, and never loses by one where it speaks against", () => {
    fc.assert(
      fc.property(requests, requests, requests, share, (green, blue, errors, limit) => {
        const few = Math.min(errors, green - 1);
        expect(bet(belowLimit(limit), [few + 1, green])).toBeLessThanOrEqual(bet(belowLimit(limit), [few, green]));
        expect(bet(aboveLimit(limit), [few + 1, green])).toBeGreaterThanOrEqual(bet(aboveLimit(limit), [few, green]));
        const worse = worseThanBlue(1.25);
        expect(bet(worse, [few + 1, green, 1, blue])).toBeGreaterThanOrEqual(bet(worse, [few, green, 1, blue]));
      }),
    );
  });
});
