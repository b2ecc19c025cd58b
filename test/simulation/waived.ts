import type { Policy, Waiver } from "../../src/policy/policy-file.ts";
import type { Dice } from "./world/dice.ts";

/** A waiver as drawn: of this gate, until so many minutes after the run has begun. */
export type Drawn = readonly [gate: string, untilMinute: number];

const MINUTE_MS = 60_000;
/** What somebody may agree to go on without; and what nobody may, though a policy in the table may say so all the same. */
const GATES = [
  ...["hosts", "errors", "errors-proven", "no-worse-than-blue", "p99", "p99-absolute", "lb-errors", "enough-traffic"],
  ...["alarms-quiet", "lag", "blue-ready", "conflicts", "reverse-running"],
] as const;

/** Up to so many, each over at some time in the next minutes; a few are over already. */
export const drawWaivers = (dice: Dice, now: number, most: number): readonly Drawn[] =>
  Array.from({ length: dice.between(1, most) }, () => [dice.of(GATES), now + dice.between(-10, 50)] as const);

export const withWaivers = (policy: Policy, drawn: readonly Drawn[], start: number): Policy => ({
  ...policy,
  waivers: [
    ...policy.waivers,
    ...drawn.map(
      ([gate, minute]): Waiver => ({
        ...{ gate, why: "drawn", by: "wim" },
        expires: new Date(start + minute * MINUTE_MS).toISOString().replace(".000Z", "Z"),
      }),
    ),
  ],
});
