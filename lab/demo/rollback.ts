import { setTimeout as pause } from "node:timers/promises";
import type { LedgerRecord } from "../../src/decision/record.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { toIso } from "../../src/kernel/instant.ts";
import { type EpochMs, epochMs } from "../../src/kernel/units.ts";
import { deniedCalls } from "../account.ts";
import type { AlarmTransition } from "../aws/contracts.ts";
import { findFault } from "../faults/faults.ts";
import type { Lab } from "../lab.ts";
import { isClean } from "../receipts/check.ts";
import { printVerdicts } from "../receipts/print.ts";
import { vacuousBecause } from "../receipts/traffic.ts";
import { compareQuietly, countsOf } from "./comparison.ts";
import type { Narrator } from "./narrator.ts";
import { pawlOn } from "./pawl.ts";
import { prepare } from "./prepare.ts";
import { follow } from "./promotion.ts";
import type { RollbackReport, VerdictCounts } from "./report.ts";
import { type Watcher, watch } from "./watch.ts";

const TO_HALF_LIMIT_MS = 180_000;
const BACK_LIMIT_MS = 120_000;
const SETTLED_LIMIT_MS = 150_000;
/** Long enough at 50 % for users to change side and write on both before anything goes wrong. */
const BEFORE_FAULT_MS = 10_000;

/** What happened when, on the real clock; filled in as it happens. */
interface Moments {
  alarm: AlarmTransition | null;
  ruleChangedAt: number | null;
  inFlightAtChange: number;
}

/** Story 2: green turns bad at 50 %, the alarm fires from its traffic, and everything goes back to blue. @throws {Error} anything else. */
export const tellRollback = async (
  lab: Lab,
  labFile: string,
  narrator: Narrator,
  reportDir: string,
): Promise<RollbackReport> => {
  const pawl = pawlOn(labFile);
  await prepare(lab, pawl, narrator);
  const watcher = watch(lab);
  const moments = watchMoments(lab, watcher);
  const weights: number[] = [0];
  const changes: number[] = [];
  const tell = (state: CutoverState, news: readonly LedgerRecord[]): Promise<void> =>
    follow(watcher, narrator, state, news, weights, changes);

  await narrator.phase("10 % → 50 %", 80, () =>
    watcher.until("50 %", TO_HALF_LIMIT_MS, ({ weightPercent }) => weightPercent === 50, tell),
  );
  await pause(BEFORE_FAULT_MS);
  const fault = findFault("green-5xx");
  narrator.tell(`fault: ${fault.what}`);
  const endFault = await fault.begin(lab);
  const verified = await narrator.phase("green turns bad, back to blue", 40, () =>
    watcher.until("the snap-back", BACK_LIMIT_MS, ({ latch }) => latch?.verifiedAt !== undefined, tell),
  );
  const settled = await narrator.phase("what it cost, proven", 60, () =>
    watcher.until("the settled label", SETTLED_LIMIT_MS, (state) => state.settled !== undefined, tell),
  );
  await endFault();
  moments.end();
  const verdicts = await narrator.phase("both sides compared", 30, () =>
    compareQuietly(lab, reportDir, [moments.seen.ruleChangedAt ?? 0]),
  );

  const report = {
    ...reportOf(lab, watcher.effectivePercent(), { verified, settled, seen: moments.seen }),
    ...countsOf(verdicts),
  };
  for (const line of timeline(report)) narrator.tell(line);
  for (const line of printVerdicts(verdicts).split("\n")) narrator.tell(line);
  const problems = [
    ...deniedCalls(lab.account),
    ...(report.cause === "alarm" ? [] : [`the cause is ${report.cause}, not the alarm`]),
    ...(report.settled === "lossless" ? [] : [`it settled ${report.settled}`]),
    ...(report.effectiveWeights.green === 0 ? [] : ["green still has traffic"]),
    ...(isClean(verdicts) ? [] : ["the comparison found something"]),
    ...vacuousBecause({ ...verdicts.traffic, inFlightAt: [report.inFlightAtChange] }),
  ];
  if (problems.length > 0) throw new Error(problems.join("; "));
  return report;
};

/** Looks often at the rules, and listens to the account's own alarms. */
const watchMoments = (lab: Lab, watcher: Watcher): { readonly seen: Moments; end(): void } => {
  const seen: Moments = { alarm: null, ruleChangedAt: null, inFlightAtChange: 0 };
  const { edge } = lab.account;
  const ours = new Set(lab.bindings.alarms.map(({ arn }) => arn));
  const deaf = edge.cloudwatch.onTransition((transition) => {
    if (seen.alarm === null && transition.to === "ALARM" && ours.has(transition.alarmArn)) seen.alarm = transition;
  });
  let before = 0;
  const timer = setInterval(() => {
    const now = watcher.effectivePercent();
    if (before > 0 && now === 0 && seen.ruleChangedAt === null) {
      seen.ruleChangedAt = Date.now();
      seen.inFlightAtChange = edge.alb.inFlight("green") + edge.alb.inFlight("blue");
    }
    before = now;
  }, 5);
  return {
    seen,
    end: () => {
      deaf();
      clearInterval(timer);
    },
  };
};

/** Everything of the report that does not come from the receipts. */
type WhatHappened = Omit<RollbackReport, keyof VerdictCounts>;

const reportOf = (
  { account, bindings, context }: Lab,
  greenPercent: number,
  {
    verified,
    settled,
    seen,
  }: { readonly verified: CutoverState; readonly settled: CutoverState; readonly seen: Moments },
): WhatHappened => {
  const { latch } = verified;
  const real = (at: EpochMs | undefined): string => (at === undefined ? "never" : toIso(context.clock.toReal(at)));
  const realMs = (at: number | null): string => (at === null ? "never" : toIso(epochMs(at)));
  const green = bindings.routes.map((route) => account.edge.alb.traffic(route.green));
  const first = green.map(({ firstErrorAt }) => firstErrorAt).filter((at) => at !== null);
  const last = green.map(({ lastRequestAt }) => lastRequestAt).filter((at) => at !== null);
  const delivered = account.compute.lambda
    .invocations()
    .find(
      ({ functionName, payload, at }) =>
        functionName === "pawl-rollback" &&
        seen.alarm !== null &&
        at >= seen.alarm.at &&
        payload.includes(seen.alarm.alarmArn),
    );
  return {
    cause: latch?.cause.kind ?? "none",
    expected: latch?.expected.label ?? "unknown",
    settled: settled.settled?.label ?? "unknown",
    settledAt: real(settled.settled?.at),
    firstBadAt: realMs(first.length === 0 ? null : Math.min(...first)),
    alarmAt: real(seen.alarm?.at),
    eventAt: real(delivered?.at),
    ruleChangedAt: realMs(seen.ruleChangedAt),
    lastGreenRequestAt: realMs(last.length === 0 ? null : Math.max(...last)),
    inFlightAtChange: seen.inFlightAtChange,
    effectiveWeights: { blue: 100 - greenPercent, green: greenPercent },
  };
};

const timeline = (report: RollbackReport): readonly string[] => [
  `first bad response    ${report.firstBadAt}`,
  `alarm                 ${report.alarmAt}`,
  `event at rollback     ${report.eventAt}`,
  `rule changed          ${report.ruleChangedAt}   ${report.inFlightAtChange} requests in flight`,
  `last request on green ${report.lastGreenRequestAt}`,
  `expected ${report.expected}; settled ${report.settled} at ${report.settledAt}`,
];
