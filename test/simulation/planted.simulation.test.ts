import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STORM_NAMES } from "./faults/storms.ts";
import { abreast } from "./planted/abreast.ts";
import { ROOT } from "./planted/bundle.ts";
import { type Fault, planted } from "./planted/fault.ts";
import { FAULTS } from "./planted/faults.ts";
import { hunt, hunted } from "./planted/hunted.ts";

const found = FAULTS.filter(({ expected }) => "within" in expected);
/** Found so early that every run of the tests can look. All of the table: `./scripts/simulate --planted`. */
const EARLY = 5;

const isEarly = ({ expected }: Fault): boolean => "within" in expected && expected.within <= EARLY;

describe("the planted faults", () => {
  it("are many, each with a name of its own, and most are found", () => {
    expect(found.length).toBeGreaterThanOrEqual(90);
    expect(found.filter(isEarly).length).toBeGreaterThanOrEqual(30);
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
    expect(await hunt(null, EARLY, null)).toBeNull();
    const found = await abreast(STORM_NAMES, 2, async (storm) => ({ storm, finding: await hunt(null, EARLY, storm) }));
    expect(found.filter(({ finding }) => finding !== null)).toEqual([]);
  }, 300_000);

  it("finds the planted faults that show early", async () => {
    const results = await abreast(found.filter(isEarly), 2, hunted);
    const astray = results.filter(({ asExpected }) => !asExpected);
    expect(astray.map(({ fault, trouble }) => `${fault.name}: ${trouble ?? "not found"}`)).toEqual([]);
  }, 900_000);
});
