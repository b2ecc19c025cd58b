import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { abreast } from "./planted/abreast.ts";
import { ROOT } from "./planted/bundle.ts";
import { type Fault, planted } from "./planted/fault.ts";
import { FAULTS } from "./planted/faults.ts";
import { hunt, hunted } from "./planted/hunted.ts";

const found = FAULTS.filter(({ expected }) => "within" in expected);
/** Found so early that every run of the tests can look; of the others, another few every day. */
const EARLY = 5;
const TURNS = 10;

const isDue = (fault: Fault, index: number): boolean =>
  ("within" in fault.expected && fault.expected.within <= EARLY) || index % TURNS === new Date().getUTCDate() % TURNS;

describe("the planted faults", () => {
  it("are many, each with a name of its own, and most are found", () => {
    expect(found.length).toBeGreaterThanOrEqual(30);
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });

  it.each(FAULTS)("$name can still be planted where it was", ({ edits }) => {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const source = readFileSync(join(ROOT, file), "utf8");
      const here = edits.filter((edit) => edit.file === file);
      expect(planted(source, here)).not.toBe(source);
    }
  });

  it("are not planted twice, or in nothing, without a word", () => {
    const twice = { file: "a.ts", find: "x", replace: "y" };
    expect(() => planted("x x", [twice])).toThrow("a.ts holds 2 times, and not once");
    expect(() => planted("", [twice])).toThrow("a.ts holds 0 times, and not once");
  });
});

describe("the simulation", () => {
  it("finds nothing in the guard as it is", async () => {
    expect(await hunt(null, EARLY)).toBeNull();
  }, 300_000);

  it("finds the planted faults", async () => {
    const results = await abreast(found.filter(isDue), 2, hunted);
    const astray = results.filter(({ asExpected }) => !asExpected);
    expect(astray.map(({ fault, trouble }) => `${fault.name}: ${trouble ?? "not found"}`)).toEqual([]);
  }, 900_000);
});
