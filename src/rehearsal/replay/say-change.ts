import { toIso } from "../../kernel/instant.ts";
import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";
import type { Action } from "../recording/recorded-tick.ts";
import type { Change } from "./comparison.ts";

const NAMES_OF_ACTIONS: Readonly<Record<Action["kind"], string>> = {
  advance: "advanced",
  rollback: "rolled back",
  decommission: "begun to decommission",
};

/** "2026-11-22 14:07", UTC: the minute is what a tick is named by. */
export const minute = (at: EpochMs): string => toIso(at).slice(0, 16).replace("T", " ");

/** "22 minutes", "1 minute", "26 h 10 min". */
const span = (ms: number): string => {
  const minutes = Math.round(Math.abs(ms) / MINUTE_MS);
  if (minutes === 1) return "1 minute";
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

export const move = ({ kind, to }: Action): string =>
  kind === "advance" && to !== null ? `${NAMES_OF_ACTIONS[kind]} to ${to} %` : NAMES_OF_ACTIONS[kind];

const reasonsOf = (because: readonly string[]): string =>
  because.length > 3 ? `${because.slice(0, 3).join("; ")}; and ${because.length - 3} more` : because.join("; ");

/** One difference between the sides, as an operator says it. `first`: whose move it is that was not made. */
export const sayChange = ({ held, ...change }: Change, first: string): string =>
  held === null ? sayMove(change, first) : `${sayMove(change, first)}; held, traffic stays: ${held}`;

const sayMove = ({ action, was, would, because, counterfactual }: Omit<Change, "held">, first: string): string => {
  const mark = counterfactual ? " (counterfactual)" : "";
  const what = move(action);
  const why = because.length === 0 ? "" : reasonsOf(because);
  if (was === null && would !== null)
    return `would have ${what} at ${minute(would)}${mark}${why === "" ? "" : ` because of ${why}`}`;
  if (was !== null && would === null)
    return `would not have ${what}, as ${first} has at ${minute(was)}${mark}${why === "" ? "" : `: ${why}`}`;
  if (was === null || would === null) return `would have ${what}`;
  const late = `${span(would - was)} ${would > was ? "later" : "earlier"}`;
  return `would have ${what} ${late}, at ${minute(would)} instead of ${minute(was)}${mark}${why === "" ? "" : `: ${why}`}`;
};
