import fc from "fast-check";
import type { WriteFate } from "../fake-rules.ts";
import type { Death } from "../mortal.ts";
import { ACTS, type Act } from "./acts.ts";
import type { Race, Runner } from "./race.ts";
import { SITUATIONS, type Situation } from "./situations.ts";

const fates: fc.Arbitrary<WriteFate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<WriteFate>({ kind: "answered" }) },
  { weight: 1, arbitrary: fc.constant<WriteFate>({ kind: "refused", code: "Throttling" }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Extract<WriteFate, { kind: "timed-out" }>["lands"]>(
        "never",
        "now",
        { afterMs: 4_000 },
        { afterMs: 29_000 },
      )
      .map((lands): WriteFate => ({ kind: "timed-out", lands })),
  },
);

const deaths: fc.Arbitrary<Death | null> = fc.option(
  fc.record({ call: fc.integer({ min: 1, max: 30 }), when: fc.constantFrom("before" as const, "after" as const) }),
  { freq: 4 },
);

/** What belongs to the situation; the rest of the runners may be anybody. */
const AT_HOME: Readonly<Record<Situation, readonly Act[]>> = {
  "before the first step": ["tick"],
  "before the next step": ["tick"],
  "a step whose answer never came": ["tick"],
  "green has failed": ["tick"],
  "latched, and its rollback died": ["tick", "rollback"],
  "ready to arm again": ["arm again"],
  "armed again, its pin still up": ["lower the pin", "tick"],
  "before the point of no return": ["decommission"],
};

const runner = (acts: readonly Act[]): fc.Arbitrary<Runner> =>
  fc.record({ act: fc.constantFrom(...acts), startsAfter: fc.noBias(fc.integer({ min: 0, max: 24 })) });

/** Half of them somebody who rolls back: everything else has to give way to that. */
const anybody = fc.oneof(runner(["an alarm", "rollback", "tick"]), runner(Object.keys(ACTS) as Act[]));

/** Two or three runs at once, of any kind, wherever the cutover stands. */
export const races: fc.Arbitrary<Race> = fc
  .constantFrom(...(Object.keys(SITUATIONS) as Situation[]))
  .chain((situation) =>
    fc.record({
      situation: fc.constant(situation),
      runners: fc
        .tuple(runner(AT_HOME[situation]), fc.array(anybody, { minLength: 1, maxLength: 2 }))
        .map(([first, others]) => [first, ...others]),
      fates: fc.array(fates, { maxLength: 3 }),
      death: deaths,
    }),
  );
