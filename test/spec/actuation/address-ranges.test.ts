import { describe, expect, it } from "vitest";
import { rangesMeet } from "../../../src/actuation/address-ranges.ts";
import { worthRepeating } from "../../../src/actuation/attempts.ts";
import { epochMs } from "../../../src/kernel/units.ts";

describe("two address ranges", () => {
  it.each([
    ["10.1.0.0/16", "10.0.0.0/8", true],
    ["10.0.0.0/9", "10.128.0.0/9", false],
    ["255.255.255.255/32", "255.255.255.255/32", true],
    ["255.255.255.254/32", "255.255.255.255/32", false],
    ["0.0.0.0/0", "192.168.1.1/32", true],
    ["0.0.0.0/0", "::/0", false],
    ["2001:db8::/32", "2001:DB8:1::5/128", true],
    ["2001:db8::/32", "2001:db9::/32", false],
    ["::1/128", "0:0:0:0:0:0:0:1/128", true],
    ["::1/128", "::2/128", false],
    ["1:2:3:4:5:6:7::/128", "1:2:3:4:5:6:7:0/128", true],
    ["1::8/128", "1:0:0:0:0:0:0:8/128", true],
    ["::/0", "ffff::/16", true],
  ])("%s and %s share an address: %j", (left, right, meet) => {
    expect(rangesMeet(left, right)).toBe(meet);
    expect(rangesMeet(right, left)).toBe(meet);
  });

  it.each([
    ...["", "10.0.0.0", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/x8", "10.0.0.0/8x", "10.0.0.0/33"],
    ...["10.0.0/8", "10.0.0.0.0/8", "10.0.0.256/8", "10.0.0.x/8", "10.0.0.1000/8", "x1.0.0.0/8", "1x.0.0.0/8"],
    // What a number may be written as elsewhere is no part of an address.
    ...["0x1.0.0.0/8", "1e2.0.0.0/8"],
    ...["::/129", "1::2::3/64", "1:2:3/64", "1:2:3:4:5:6:7:8:9/64", "1:2:3:4::5:6:7:8/64"],
    ...["g::/8", "::1g/8", "::g1/8", "12345::/8"],
  ])("are not compared where one is none: %j", (text) => {
    expect(rangesMeet(text, "10.0.0.0/8")).toBeNull();
    expect(rangesMeet("::/0", text)).toBeNull();
  });
});

describe("a write", () => {
  it("is sent again when its end is unknown, and never when it was carried out", () => {
    expect(worthRepeating({ kind: "unknown", message: "timed out" })).toBe(true);
    expect(worthRepeating({ kind: "applied", answeredAt: epochMs(1), shows: [] })).toBe(false);
    expect(worthRepeating({ kind: "refused", code: "Throttling", message: "slow down" })).toBe(true);
    expect(worthRepeating({ kind: "refused", code: "RuleNotFound", message: "gone" })).toBe(false);
  });
});
