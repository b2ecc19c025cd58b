import type { Verdicts } from "./check.ts";
import { VERDICTS, type VerdictName } from "./verdicts.ts";

const MEANINGS: Readonly<Record<VerdictName, string>> = {
  lost: "acked, and not there, or not in the total",
  stale: "an older version than the last acked",
  duplicate: "done more than once",
  resurrected: "deleted, and back again",
  ghost: "there, and nobody sent it or it was refused",
  half: "an event without its effect",
  unequal: "rows that differ between blue and green",
};

/** The verdicts as lines of text for people. */
export const printVerdicts = (verdicts: Verdicts): string => {
  const { traffic, mode, rows } = verdicts;
  const compared = Object.entries(rows).map(([side, count]) => `${side} ${count} rows`);
  const line = (name: string, count: number, meaning: string): string =>
    `  ${name.padEnd(12)}${String(count).padStart(6)}  ${meaning}`;
  return [
    `${traffic.ackedWrites} acked writes, ${traffic.ackedOnGreen} of them on green, ${traffic.writesAcrossSides} to rows born on the other side;`,
    `${traffic.refused} refused, ${traffic.unknown} unknown; ${traffic.usersWhoChangedSide} users changed side. Compared: ${compared.join(", ")}.`,
    ...VERDICTS.filter((verdict) => verdict !== "unequal" || mode === "both").map((verdict) =>
      line(verdict, verdicts[verdict], MEANINGS[verdict]),
    ),
    line("stale reads", verdicts.staleReads, staleReadsBySide(verdicts)),
    ...verdicts.findings.map(({ verdict, subject, side, why }) => `  ! ${verdict} ${subject} (${side}): ${why}`),
  ].join("\n");
};

const staleReadsBySide = ({ staleReadsBySecond }: Verdicts): string => {
  const on = (side: "blue" | "green"): number =>
    staleReadsBySecond.filter((one) => one.side === side).reduce((total, { reads }) => total + reads, 0);
  return `read older than the same user's last write: blue ${on("blue")}, green ${on("green")}`;
};
