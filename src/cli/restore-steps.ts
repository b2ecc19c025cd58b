import { fence } from "../cdc/fence.ts";
import type { CutoverState } from "../decision/state.ts";
import { DECOMMISSION_PLAN } from "../decommission/plan.ts";
import type { JournalEntry } from "../guard/ports.ts";
import { toIso } from "../kernel/instant.ts";
import type { CutoverBindings, RouteBinding, Side } from "../signals/bindings.ts";
import { because, type Label, sayLabel } from "./say-label.ts";

export interface RestorePlan {
  readonly costs: string;
  readonly steps: readonly string[];
}

/** The command that sends one route to blue by hand. */
export type ToBlue = (route: RouteBinding) => string;

/** How to go back from where a cutover stands, as far as that is possible. Pure; `state` is null where it was never armed. */
export const restoreSteps = (
  cutover: CutoverBindings,
  state: CutoverState | null,
  journal: readonly JournalEntry[],
  toBlue: ToBlue,
): RestorePlan => {
  if (state === null) return { costs: "nothing: it was never armed, traffic was never moved by pawl", steps: [] };
  switch (state.wayBack) {
    case "open":
      return open(cutover, state);
    case "restorable":
      return restorable(cutover, journal, toBlue);
    case "closed":
      return closed(cutover, journal, toBlue);
  }
};

const open = ({ name }: CutoverBindings, state: CutoverState): RestorePlan => {
  const { latch } = state;
  if (latch?.verifiedAt !== undefined)
    return {
      costs: costOf(latch.expected, state.settled),
      steps: [
        `Nothing: it is on blue since ${toIso(latch.verifiedAt)}. Forward again: pawl arm ${name} --again --policy <name>.`,
      ],
    };
  const { label, seconds, reasons } = state.rollbackSafety;
  const behind = seconds === null ? "" : `, blue ${seconds.toFixed(1)} s behind green`;
  return {
    costs: `expected ${label}${behind}${because(reasons)}`,
    steps: [
      `pawl rollback ${name}${latch?.mode === "held" ? " --accept-loss" : ""} --reason "…": one change of the load balancer's rules.`,
    ],
  };
};

/** Of a rollback that was made. What the streams show since says nothing of it. */
const costOf = (expected: Label, settled: CutoverState["settled"]): string =>
  settled === undefined
    ? `expected ${sayLabel(expected)}; what it really cost is being proven`
    : `settled ${sayLabel(settled)}`;

const begun = (journal: readonly JournalEntry[], action: string): boolean =>
  journal.some((entry) => entry.action === action);

const finishedAt = (journal: readonly JournalEntry[], action: string): string | null => {
  const at = journal.find((entry) => entry.action === action)?.finishedAt;
  return at === undefined ? null : toIso(at);
};

const fenceSql = (cutover: CutoverBindings, side: Side, raised: boolean): string =>
  fence(cutover, side, raised)
    .map(({ sql }) => `${sql};`)
    .join("\n");

/** Reverse may have been stopped; its slot is still there, so nothing green wrote is lost to blue. */
const restorable = (cutover: CutoverBindings, journal: readonly JournalEntry[], toBlue: ToBlue): RestorePlan => {
  const { reverse } = cutover.streams;
  const stopped = begun(journal, "stop-reverse-source");
  const fenced = begun(journal, "fence-blue");
  return {
    costs: "no write, but a minute or two in which the application cannot write: green is fenced while blue catches up",
    steps: [
      `pawl pause ${cutover.name} --reason "going back to blue": without a permit decommission stops within 3 minutes. Wait for that and run pawl restore ${cutover.name} again: what follows goes by what had been begun.`,
      ...(stopped
        ? [
            `Let reverse run again, sink first: PUT <Connect>/connectors/${reverse.sink}/resume, then .../${reverse.source}/resume.`,
          ]
        : []),
      `Fence green, so that no write is left behind. On green:\n${fenceSql(cutover, "green", true)}`,
      `pawl cdc check ${cutover.name}, until reverse is drained: 0 records behind, its token younger than green's fence. It refuses that fence, which is meant: apply nothing.`,
      ...(fenced ? [`Lift blue's fence. On blue:\n${fenceSql(cutover, "blue", false)}`] : []),
      `Send traffic to blue, route by route:\n${cutover.routes.map(toBlue).join("\n")}`,
      `Sequences stay apart: nothing to do. Forward ${begun(journal, "stop-forward") ? "is stopped" : "still runs"}; green is behind blue from here on.`,
      "Moving to green again is a new cutover: give it another name, and apply CDC anew.",
    ],
  };
};

/** What green wrote while its stream was being stopped need not have come over, whenever the rest was seen to be applied. */
const atTheClose = (journal: readonly JournalEntry[]): { readonly costs: string; readonly holds: string } => {
  const stopped = journal.find(({ action }) => action === "stop-reverse-source");
  const since = stopped?.detail["drainedSince"];
  if (typeof since === "string")
    return { costs: since, holds: `Blue holds all that green had taken by ${since}, and perhaps a few writes after.` };
  return {
    costs: `${stopped === undefined ? "reverse was stopped" : toIso(stopped.startedAt)}, or since earlier, because reverse's source stopped before pawl saw it drained`,
    holds: "What of green's last writes blue holds only a comparison can tell.",
  };
};

const closed = (cutover: CutoverBindings, journal: readonly JournalEntry[], toBlue: ToBlue): RestorePlan => {
  const { costs, holds } = atTheClose(journal);
  const last = DECOMMISSION_PLAN.filter(({ action }) => finishedAt(journal, action) !== null).at(-1)?.action;
  return {
    costs: `every write since ${costs}: green alone holds the data`,
    steps: [
      `${holds} Nothing reaches blue any more. Decommission came to ${last ?? "its end"}.`,
      "Without loss: a new cutover with the sides exchanged, blue seeded from green, and pawl from the start.",
      `With that loss, in an emergency: lift blue's fence, on blue:\n${fenceSql(cutover, "blue", false)}\nthen, route by route:\n${cutover.routes.map(toBlue).join("\n")}`,
    ],
  };
};
