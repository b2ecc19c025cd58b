import { describe, expect, it } from "vitest";
import { given } from "../../../src/cli/exit.ts";

describe("an operator's reason", () => {
  it.each(["lunch", "green looks wrong: 🔥", "é".repeat(1_000)])("is taken as it is", (reason) => {
    expect(given(reason)).toBe(reason);
  });

  it("is taken as far as a record can bear it, in whole signs: a log that was pasted stops no rollback, and fills no table", () => {
    const reason = given(`${"x".repeat(999)}${"🔥".repeat(60_000)}`);
    expect(reason).toBe(`${"x".repeat(999)}🔥…`);
  });

  it("is refused where it is none", () => {
    expect(() => given(" ")).toThrow("The reason is empty.");
  });
});
