import type { Side } from "../signals/bindings.ts";
import type { SequenceFacts } from "./facts.ts";
import { quoteText, tableName } from "./names.ts";

/** Blue gives even numbers and green odd ones, for life: see docs/decisions/ for why not ranges. */
const PARITY: Readonly<Record<Side, bigint>> = { blue: 0n, green: 1n };
const STEP = 2n;

/** Whether all that this side's sequence will ever give is of its own parity. */
export const isApart = (side: Side, of: SequenceFacts): boolean =>
  BigInt(of.increment) === STEP && BigInt(of.next) % STEP === PARITY[side];

/** Above everything that either side has given so far. */
export const floorOf = (both: readonly SequenceFacts[]): bigint =>
  both.map(({ next }) => BigInt(next)).reduce((highest, next) => (next > highest ? next : highest), 0n);

/**
 * Moves one sequence to its side's half of the numbers, at or above `floor`. ALTER SEQUENCE holds it until the commit, so
 * that nobody takes a number between looking and setting; what a session has cached is below the floor and stays good.
 */
export const moveApart = (side: Side, sequence: string, floor: bigint): string => {
  const { quoted } = tableName(sequence);
  return `do $pawl$ declare n bigint; begin
  alter sequence ${quoted} increment by ${STEP};
  select greatest(case when is_called then last_value + 1 else last_value end, ${floor}) into n from ${quoted};
  if n % ${STEP} <> ${PARITY[side]} then n := n + 1; end if;
  perform setval(${quoteText(quoted)}, n, false);
end $pawl$`;
};

/** A rate that hardly any sequence sustains: a bound that one reading can give, where a forecast would need history. */
const IDS_PER_SECOND = 1_000n;

/**
 * Seconds for which both sides can go on giving numbers at 1,000 a second: the least of all sequences; 0 where one is not
 * apart, because then the sides may meet at once.
 */
export const headroomSeconds = (sides: Readonly<Record<Side, readonly SequenceFacts[]>>): number => {
  const seconds = (["blue", "green"] as const).flatMap((side) =>
    sides[side].map((of) => {
      if (!isApart(side, of)) return 0n;
      const maximum = [of.maximum, of.columnMaximum].filter((limit) => limit !== null).map(BigInt);
      const least = maximum.reduce((low, limit) => (limit < low ? limit : low), BigInt(of.maximum));
      const left = (least - BigInt(of.next)) / STEP;
      return left < 0n ? 0n : left / IDS_PER_SECOND;
    }),
  );
  const least = seconds.reduce<bigint | null>((low, each) => (low === null || each < low ? each : low), null);
  return least === null ? CENTURY_SECONDS : Math.min(Number(least), CENTURY_SECONDS);
};

/** No sequence, or one that outlasts everybody. */
const CENTURY_SECONDS = 3_155_760_000;
