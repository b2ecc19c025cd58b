import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rangesMeet } from "../../src/actuation/address-ranges.ts";
import { globsMeet } from "../../src/actuation/globs-meet.ts";

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 4 });

/** Every text of up to eight of two signs: no two patterns of four signs need a longer one to meet. */
const TEXTS = Array.from({ length: 9 }, (_, length) =>
  Array.from({ length: 2 ** length }, (_text, bits) =>
    Array.from({ length }, (_sign, at) => ((bits >> at) & 1 ? "a" : "b")).join(""),
  ),
).flat();

const matcher = (glob: string): RegExp => new RegExp(`^${glob.replaceAll("*", ".*").replaceAll("?", ".")}$`);

describe("two patterns", () => {
  it("meet exactly where some text matches both", () => {
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        const [a, b] = [matcher(left), matcher(right)];
        expect(globsMeet(left, right)).toBe(TEXTS.some((text) => a.test(text) && b.test(text)));
      }),
      { numRuns: 500 },
    );
  });

  it("meet the other way round too, and every pattern meets itself", () => {
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        expect(globsMeet(left, right)).toBe(globsMeet(right, left));
        expect(globsMeet(left, left)).toBe(true);
      }),
    );
  });

  it("of the longest kind take no time to speak of", () => {
    const long = "*a".repeat(64);
    expect(globsMeet(long, `${"*b".repeat(63)}*c`)).toBe(false);
  });
});

const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const numberOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum * 256 + part, 0);

describe("two address ranges", () => {
  it("meet exactly where the wider one holds the narrower one's address", () => {
    fc.assert(
      fc.property(address, fc.nat(32), address, fc.nat(32), fc.boolean(), (a, aBits, other, bBits, near) => {
        const b = near ? [a[0], a[1], a[2], other[3]] : other;
        const size = 2 ** (32 - Math.min(aBits, bBits));
        const expected = Math.floor(numberOf(a) / size) === Math.floor(numberOf(b) / size);
        expect(rangesMeet(`${a.join(".")}/${aBits}`, `${b.join(".")}/${bBits}`)).toBe(expected);
      }),
    );
  });

  it.each(["10.0.0.0", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "::1::/64", "1:2:3/64", "g::/16", "::/129", ""])(
    "cannot be compared where one is %j",
    (text) => {
      expect(rangesMeet(text, text.includes(":") ? "::/0" : "0.0.0.0/0")).toBeNull();
    },
  );

  it("are read with and without the zeros left out", () => {
    expect(rangesMeet("2001:db8:0:0:0:0:0:1/128", "2001:db8::1/128")).toBe(true);
    expect(rangesMeet("::1/128", "::2/128")).toBe(false);
  });
});
