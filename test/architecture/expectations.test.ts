import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const TESTS = join(import.meta.dirname, "..");

const EXPECTED = ".toMatchObject(";
/** A regular expression as the value of a member or as an element of a list. */
const STANDS_ALONE = /[:[,]\s*\/(?![/*])(?:[^/\\\n]|\\.)+\/[dgimsuvy]*\s*[,}\]]/;

/** What each `toMatchObject` of a text is given, to its closing parenthesis. */
const expectationsIn = (text: string): readonly string[] =>
  text
    .split(EXPECTED)
    .slice(1)
    .map((rest) => {
      let depth = 1;
      const end = [...rest].findIndex((character) => {
        if (character === "(") depth += 1;
        if (character === ")") depth -= 1;
        return depth === 0;
      });
      return rest.slice(0, end);
    });

const emptyIn = (text: string): readonly string[] => expectationsIn(text).filter((given) => STANDS_ALONE.test(given));

it("no expectation is one that every text meets: toMatchObject takes a regular expression for an object without members", () => {
  expect({ why: "anything" }).toMatchObject({ why: /something else/ });
  const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".test.ts") && !path.endsWith("expectations.test.ts"),
  );
  expect(files.length).toBeGreaterThan(100);
  const empty = files.flatMap((path) =>
    emptyIn(readFileSync(join(TESTS, path), "utf8")).map((given) => `${path}: ${given.slice(0, 100)}`),
  );
  expect(empty).toEqual([]);
});

it("one that every text meets is found wherever it stands, and no other", () => {
  const calls = (given: string): string => `expect(it)${EXPECTED}${given});`;
  for (const given of ["{ why: /no/ }", "[{ a: 1, why: /n\\/o/s }]", "{\n  why: /no (really)/,\n}", "[/no/, 1]"])
    expect(emptyIn(calls(given))).toHaveLength(1);
  for (const given of [
    "{ why: expect.stringMatching(/no/) }",
    '{ url: "http://a/b", at: "a:/b/" }',
    "{ a: 4 / 2 / 1 }",
  ])
    expect(emptyIn(calls(given))).toEqual([]);
});
