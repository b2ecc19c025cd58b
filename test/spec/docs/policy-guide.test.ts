import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { blocksOf, patternOf, readersDesk } from "../../support/guide.ts";

const GUIDE = readFileSync(new URL("../../../policies/README.md", import.meta.url), "utf8");

describe("the guide to policies, read from the top and done as it says", () => {
  const desk = readersDesk();
  afterAll(() => desk.clear());
  const blocks = blocksOf(GUIDE);

  it("has files to write and commands to type", () => {
    expect(blocks.filter(({ kind }) => kind === "file").length).toBeGreaterThan(1);
    expect(blocks.filter(({ kind }) => kind === "command").length).toBeGreaterThan(4);
  });

  for (const block of blocks) {
    if (block.kind === "file") {
      it(`${block.path} can be written`, () => {
        desk.write(block.path, block.text);
        expect(block.path).toMatch(/^policies\//);
      });
    } else {
      it(`prints what it says: ${block.command}`, () => {
        expect(desk.run(block.command)).toMatch(patternOf(block.prints));
      }, 60_000);
    }
  }
});
