import { describe, expect, it } from "vitest";
import { betweenSendAndClear, killedAnywhere, sayEnding } from "../../support/crashes/killed-anywhere.ts";
import { STORIES } from "../../support/crashes/stories.ts";

describe("a run that leaves records and messages, killed before and after each call of each port", () => {
  it.each(Object.entries(STORIES))(
    "%s: loses none of them, and repeats a message only between its sending and its clearing",
    async (_name, { begin, messages, told }) => {
      const endings = await killedAnywhere(begin);
      const [whole] = endings;
      if (whole === undefined) throw new Error("it was never run");
      expect(whole.sent.map(({ subject }) => subject)).toHaveLength(messages);
      expect(whole.log.length).toBeGreaterThan(3);
      for (const ending of endings) {
        expect(ending.broken, sayEnding(ending)).toEqual([]);
        const subjects = ending.sent.map(({ subject }) => subject).join("\n");
        for (const subject of told) expect(subjects, sayEnding(ending)).toMatch(subject);
      }

      const twice = new Set(endings.filter((ending) => ending.twice.length > 0).map(sayEnding));
      expect([...twice]).toEqual(betweenSendAndClear(whole.log));
      // Nothing is done in between: right after the sending, and right before the write that takes it out.
      expect(twice.size).toBe(2 * whole.log.filter((name) => name === "notify.send").length);
    },
    120_000,
  );
});
