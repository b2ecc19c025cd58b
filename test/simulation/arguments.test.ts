import { describe, expect, it } from "vitest";
import { argumentsOf } from "./arguments.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { runSeed } from "./run-seed.ts";
import { reproduces, shrink } from "./shrink.ts";

describe("what the command is asked for", () => {
  it("is a range of seeds, and options that change the world", () => {
    const asked = argumentsOf(["--seeds", "3..5", "--hours", "2", "--policy", "drill", "--only", "killed,frozen"]);
    expect(asked.seeds).toEqual([3, 5]);
    expect(asked.options).toMatchObject({ hours: 2, policy: "drill" });
    expect(FAULT_KINDS.filter((kind) => asked.options.without?.includes(kind) !== true)).toEqual(["killed", "frozen"]);
  });

  it.each([
    [[], "--seeds A..B is needed, A at most B"],
    [["--seeds", "9..3"], "--seeds A..B is needed, A at most B"],
    [["--seeds", "1..2", "--hours", "none"], '--hours is a number above 0, not "none"'],
    [["--seeds", "1..2", "--policy", "mine"], '--policy is drill or production, not "mine"'],
    [["--seeds", "1..2", "--storm", "rain"], /^--storm is steps-overtaken or .*, not "rain"$/],
    [["--seeds", "1..2", "--only", "rain"], '"rain" is no kind of fault'],
  ])("%j is refused in words", (argv, why) => {
    expect(() => argumentsOf(argv)).toThrow(why);
  });
});

describe("a failing seed", () => {
  it("is shrunk to the kinds of fault that it takes, and to one line that does it again", async () => {
    const whole = await runSeed(7, { hours: 1 });
    // Stands in for a broken promise: no run breaks one, and a shrink has to end all the same.
    const failed = { ...whole, violations: [{ promise: "P0", at: 60_000, what: "made up" }] };
    const least = await shrink(failed, 3);
    expect(least.options).toEqual({ hours: 1, policy: "drill", without: [] });
    expect(reproduces(7, least)).toBe("./scripts/simulate --seeds 7..7 --policy drill --hours 1");
    const amid = { ...least, options: { storm: "blind-minutes" as const, plain: "rule" as const } };
    expect(reproduces(7, amid)).toBe("./scripts/simulate --seeds 7..7 --plain rule --storm blind-minutes");
    const fewer = { ...least, options: { without: FAULT_KINDS.filter((kind) => kind !== "killed") } };
    expect(reproduces(7, fewer)).toBe("./scripts/simulate --seeds 7..7 --only killed");
  }, 120_000);
});
