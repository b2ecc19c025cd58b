import fc from "fast-check";
import { expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/json.ts";
import { answersTo } from "../support/eval.ts";
import { lintOf, withGate } from "../support/lint.ts";

const PATHS = ["forward.lagSeconds", "forward.lagRecords", "alarms.firing"];
const WINDOW: JsonValue = { window: ["3m"] };
const limit = fc.constantFrom(0, 1, 2, 3, 5, 10);

/** A comparison of what is read under this prefix: of a signal, or of what arithmetic makes of one. */
const comparisonOf = (prefix: string): fc.Arbitrary<JsonValue> => {
  const reading = fc.constantFrom(...PATHS).map((path): JsonValue => ({ var: `${prefix}${path}` }));
  const reckoned = fc
    .tuple(fc.constantFrom("+", "-", "*", "/", "%"), reading, fc.oneof(reading, limit))
    .map(([operator, one, other]): JsonValue => ({ [operator]: [one, other] }));
  return fc
    .tuple(
      fc.constantFrom("<", "<=", ">", ">=", "===", "!=="),
      fc.oneof({ weight: 3, arbitrary: reading }, { weight: 1, arbitrary: reckoned }),
      fc.oneof({ weight: 3, arbitrary: limit }, { weight: 1, arbitrary: reading }),
    )
    .map(([operator, one, other]): JsonValue => ({ [operator]: [one, other] }));
};

const seen = fc.constantFrom(...PATHS).map((path): JsonValue => ({ "!": [{ missing: [path] }] }));
const ofMinutes = fc
  .tuple(fc.constantFrom("all", "some", "none"), fc.oneof({ weight: 4, arbitrary: comparisonOf("") }, seen))
  .map(([quantifier, body]): JsonValue => ({ [quantifier]: [WINDOW, body] }));
/** How many minutes are such. */
const counted = fc
  .tuple(fc.constantFrom("<", "<=", ">", ">=", "==="), comparisonOf("current."), limit)
  .map(([operator, body, many]): JsonValue => {
    const sum = { if: [body, { "+": [{ var: "accumulator" }, 1] }, { var: "accumulator" }] };
    return { [operator]: [{ reduce: [WINDOW, sum, 0] }, many] };
  });
const { rule } = fc.letrec<{ rule: JsonValue }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 2 },
    { weight: 2, arbitrary: comparisonOf("") },
    { weight: 2, arbitrary: ofMinutes },
    { weight: 1, arbitrary: counted },
    { weight: 1, arbitrary: seen },
    { weight: 3, arbitrary: fc.tuple(tie("rule"), tie("rule")).map((parts): JsonValue => ({ and: parts })) },
    { weight: 3, arbitrary: fc.tuple(tie("rule"), tie("rule")).map((parts): JsonValue => ({ or: parts })) },
    { weight: 1, arbitrary: tie("rule").map((part): JsonValue => ({ "!": [part] })) },
  ),
}));

const whole = fc.option(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 10, 20), { nil: undefined, freq: 8 });
const broken = fc.option(fc.constantFrom(0, 0.5, 1, 1.5, 2, 3, 4, 5, 10, 20), { nil: undefined, freq: 8 });
const minute = fc.record({ lagSeconds: broken, lagRecords: whole, firing: whole });
const evidence = fc.oneof(
  fc.tuple(minute, minute, minute),
  minute.map((one): [typeof one, typeof one, typeof one] => [one, one, one]),
);

it("lint says that a rule never passes, never fails or is never known only where no evidence is to the contrary", async () => {
  let claims = 0;
  await fc.assert(
    fc.asyncProperty(rule, fc.array(evidence, { minLength: 40, maxLength: 40 }), async (written, hours) => {
      const found = lintOf(withGate(written)).map((each) => each.split(" ")[1]);
      const claim = found.find((each) => each === "never-passes" || each === "never-fails" || each === "never-known");
      if (claim === undefined) return;
      claims += 1;
      const requests = hours.map((rows) => ({
        rule: written,
        now: "2026-01-05T12:03:00Z",
        window: rows.map(({ lagSeconds, lagRecords, firing }, index) => ({
          at: `2026-01-05T12:0${index}:00Z`,
          forward: {
            ...(lagSeconds === undefined ? {} : { lagSeconds }),
            ...(lagRecords === undefined ? {} : { lagRecords }),
          },
          alarms: firing === undefined ? {} : { firing },
        })),
      }));
      const values = (await answersTo(...requests)).map(({ value }) => value);
      if (claim !== "never-fails") expect(values).not.toContain(true);
      if (claim !== "never-passes") expect(values).not.toContain(false);
    }),
    { numRuns: 400 },
  );
  expect(claims).toBeGreaterThan(20);
}, 60_000);
