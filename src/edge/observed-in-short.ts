import type { ObserveReport } from "../guard/observe.ts";

/** What `observe` did, in a line: how much it saw, and why it did not see the rest. The whole of it is in the table. */
export const observedInShort = (report: ObserveReport): object => {
  if (report.kind !== "stored") return report;
  const { observations, settle } = report.observed;
  const all = Object.entries(observations);
  return {
    kind: report.kind,
    known: all.filter(([, { known }]) => known).length,
    unknown: Object.fromEntries(all.flatMap(([path, seen]) => (seen.known ? [] : [[path, seen.reason]]))),
    ...(settle === undefined ? {} : { settleWaitsFor: settle.waitingFor }),
  };
};
