import { join } from "node:path";
import type { LedgerRecord } from "../../src/decision/record.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { DECOMMISSION_PLAN } from "../../src/decommission/plan.ts";
import { deniedCalls } from "../account.ts";
import type { Lab } from "../lab.ts";
import { isClean } from "../receipts/check.ts";
import { printVerdicts } from "../receipts/print.ts";
import { vacuousBecause } from "../receipts/traffic.ts";
import { compare, compareQuietly, countsOf } from "./comparison.ts";
import { gatesInWords } from "./gates-in-words.ts";
import { greenSince, hostsNow } from "./green-metrics.ts";
import { leftovers } from "./leftovers.ts";
import type { Narrator } from "./narrator.ts";
import { mustSucceed, pawlOn } from "./pawl.ts";
import { prepare } from "./prepare.ts";
import type { PromotionReport } from "./report.ts";
import { type Watcher, watch } from "./watch.ts";

const TO_FULL_LIMIT_MS = 300_000;
const DECOMMISSION_LIMIT_MS = 240_000;

/** Story 1: a healthy green is walked to 100 %, soaks, is approved, and CDC is taken apart. @throws {Error} anything else. */
export const tellPromotion = async (
  lab: Lab,
  labFile: string,
  narrator: Narrator,
  reportDir: string,
): Promise<PromotionReport> => {
  const pawl = pawlOn(labFile);
  const { name } = lab.bindings;
  await prepare(lab, pawl, narrator);
  const watcher = watch(lab);
  const weights: number[] = [0];
  const changes: number[] = [];

  const soaked = await narrator.phase("10 % → 50 % → 100 % and the soak", 190, () =>
    watcher.until("the end of the soak", TO_FULL_LIMIT_MS, onlyApprovalIsMissing, (state, news) =>
      follow(watcher, narrator, state, news, weights, changes),
    ),
  );
  narrator.tell(
    `soaked: ${soaked.soak.healthyMs / 60_000} healthy minutes at 100 %; what is missing is somebody's word`,
  );

  const verdicts = await narrator.phase("both sides compared", 30, () => compareQuietly(lab, reportDir, changes));
  for (const line of printVerdicts(verdicts).split("\n")) narrator.tell(line);
  const fullAt = soaked.verifiedAt;
  await lab.load.resumeWrites();

  await narrator.phase("approve and decommission", 90, async () => {
    const reason = "soaked; both sides compared and equal";
    narrator.tell(`$ pawl approve ${name} --reason "${reason}"`);
    await mustSucceed(pawl(["approve", name, "--reason", reason]), "pawl approve");
    await watcher.until(
      "the end of the decommission",
      DECOMMISSION_LIMIT_MS,
      ({ phase }) => phase === "complete",
      (state, news) => follow(watcher, narrator, state, news, weights, changes),
    );
  });
  const left = await leftovers(lab);
  narrator.tell(
    `looked for what CDC leaves behind: ${left.slots} slots, ${left.connectors} connectors, ${left.groups} groups`,
  );

  const alone = await narrator.phase("green alone", 20, async () => {
    await lab.load.stop();
    return compare(lab, join(reportDir, "green-alone"), "green", []);
  });
  const green = await greenSince(lab, fullAt);
  const hosts = await hostsNow(lab);
  narrator.tell(`HTTPCode_Target_5XX_Count (Green): ${green.errors5xx}   of ${green.requests} requests since 100 %`);
  narrator.tell(`Healthy host count: ${hosts}`);

  const problems = [
    ...deniedCalls(lab.account),
    ...(isClean(verdicts) ? [] : ["the comparison found something"]),
    ...(isClean(alone) ? [] : ["green alone does not hold everything"]),
    ...vacuousBecause(verdicts.traffic),
    ...(left.slots + left.connectors + left.groups > 0 ? ["something of CDC is left"] : []),
  ];
  if (problems.length > 0) {
    for (const line of printVerdicts(alone).split("\n")) narrator.tell(line);
    throw new Error(problems.join("; "));
  }
  return {
    weights,
    finalPhase: "complete",
    ...countsOf(verdicts),
    slotsLeft: left.slots,
    connectorsLeft: left.connectors,
    groupsLeft: left.groups,
    green5xx: green.errors5xx,
    greenRequests: green.requests,
    healthyHosts: hosts,
  };
};

const onlyApprovalIsMissing = ({ phase, latch, blocking }: CutoverState): boolean => {
  if (latch !== undefined) throw new Error(`it was rolled back: ${latch.record.summary}`);
  return phase === "soaking" && blocking.length === 1 && blocking[0]?.what === "approval";
};

const whyOf = (action: string): string => DECOMMISSION_PLAN.find((planned) => planned.action === action)?.why ?? "";

/** Says what is new: a step with the gates that opened it, an act of the decommission, what blocks when that changes. */
export const follow = async (
  watcher: Watcher,
  narrator: Narrator,
  state: CutoverState,
  news: readonly LedgerRecord[],
  weights: number[],
  changes: number[],
): Promise<void> => {
  const effective = watcher.effectivePercent();
  if (weights.at(-1) !== effective) {
    weights.push(effective);
    changes.push(Date.now());
    narrator.tell(`the listener's rules send ${effective} % to green`);
  }
  for (const record of news) await tellRecord(watcher, narrator, record);
  if (state.phase === "decommissioning" || state.phase === "complete")
    for (const action of await watcher.acts()) narrator.tell(`decommission: ${action} done: ${whyOf(action)}`);
  if (news.length > 0) tellStanding(narrator, state, news);
};

const QUIET_KINDS = ["hold", "soak", "decommission"];

const tellRecord = async (watcher: Watcher, narrator: Narrator, record: LedgerRecord): Promise<void> => {
  if (QUIET_KINDS.includes(record.kind)) return;
  if (record.kind !== "advance") {
    narrator.tell(`pawl: ${record.summary}`);
    return;
  }
  const judgement = await watcher.judgement(record);
  narrator.tell(`pawl: ${record.summary.split(":")[0]}, opened by`);
  for (const line of judgement === null ? [] : gatesInWords(judgement)) narrator.tell(`        ${line}`);
};

/** How far the soak has come, and which gates hold it back; what is merely not known yet is not told every minute. */
const tellStanding = (narrator: Narrator, state: CutoverState, news: readonly LedgerRecord[]): void => {
  if (state.phase === "soaking" && state.soak.healthyMs > 0 && news.some(({ kind }) => kind === "soak"))
    narrator.tell(`soak: ${state.soak.healthyMs / 60_000} healthy minutes`);
  const failing = state.blocking.filter(
    ({ what, value }) => what.startsWith("gate:") && what !== "gate:coverage" && !value.startsWith("unknown"),
  );
  if (failing.length > 0)
    narrator.tell(`holds: ${failing.map(({ what, value }) => `${what.slice("gate:".length)}: ${value}`).join("; ")}`);
};
