import type { CutoverState } from "../../../src/decision/state.ts";
import type { FaultKind } from "./kinds.ts";
import { type Odds, odds } from "./menu.ts";

/**
 * A few kinds of fault, each far likelier than on a bad day, and nothing else: coincidences that a year of ordinary seeds
 * would bring about once. The guard has to keep every promise in them too.
 */
export interface Storm {
  readonly why: string;
  /** Where the drill's is too short for it. */
  readonly policy?: "production";
  /** It breaks out with this phase, and all is calm before. */
  readonly during?: CutoverState["phase"];
  /** Where it is about two routes that end differently. */
  readonly routes?: 2;
  /** Where it is about what a decision rests on: every one is recomputed. */
  readonly recomputes?: true;
  readonly odds: Readonly<Partial<Record<FaultKind, Odds>>>;
}

const always = (share = 1): Odds => odds(60, [60, 60], share);

const STORMS_BY_NAME = {
  "steps-overtaken": {
    why: "steps stand still half way, and rollbacks come meanwhile",
    odds: { "table-held": always(0.3), "request-held": always(0.3), "people-back": odds(12, [1, 1]) },
  },
  "requests-at-the-last-moment": {
    why: "requests leave when their process is nearly over, and arrive as late as they may",
    odds: {
      "request-held": always(0.8),
      "request-late": always(0.6),
      "schedule-late": always(0.5),
      "describe-stale": always(0.3),
    },
  },
  "routes-apart": {
    why: "of two routes one is refused, lost or late",
    routes: 2,
    odds: {
      throttled: always(0.35),
      "request-lost": always(0.2),
      "request-late": always(0.3),
      "people-back": odds(1, [1, 1]),
    },
  },
  "steps-after-the-latch": {
    why: "the request of a step leaves and lands when a rollback has long been verified",
    odds: { "request-held": always(0.5), "request-late": always(0.5), "people-back": odds(10, [1, 1]) },
  },
  "ticks-out-of-time": {
    why: "ticks come minutes late, and those after them never",
    odds: { "schedule-late": always(0.8), "event-lost": always(0.3), killed: always(0.3) },
  },
  meddling: {
    why: "somebody else changes the weights all the time, and answers are lost",
    odds: {
      "foreign-more-green": odds(4, [1, 1]),
      "foreign-more-blue": odds(2, [1, 1]),
      "request-lost": always(0.3),
      "request-late": always(0.3),
      "people-back": odds(1, [1, 1]),
    },
  },
  "backs-and-forths": {
    why: "people go back again and again, and are in a hurry to go on; reverse stands still now and then",
    odds: {
      "people-back": odds(4, [1, 1]),
      "people-hasty": always(0.5),
      "stream-stalled": odds(2, [2, 8]),
      "request-held": always(0.2),
      "foreign-more-green": odds(4, [1, 1]),
    },
  },
  "backs-at-length": {
    why: "people go back in earnest, and are in a hurry where it has to cool down for an hour",
    policy: "production",
    odds: { "people-back": odds(2, [1, 1]), "people-hasty": always(0.5), "request-held": always(0.2) },
  },
  "dead-behind-a-hold": {
    why: "reverse stands still, a rule or an alarm that may wait goes off, and then green dies",
    odds: {
      "stream-stalled": odds(0.8, [15, 40]),
      "green-errors": odds(0.8, [4, 8]),
      "green-dead": odds(0.8, [10, 20]),
      "event-lost": always(0.3),
    },
  },
  "slow-green": {
    why: "green is slow, by less than its alarm sees",
    odds: { "green-slow": odds(2, [4, 15]) },
  },
  "bad-in-a-pause": {
    why: "green turns bad while somebody has paused",
    odds: { "people-pause": odds(4, [1, 1]), "green-errors": odds(2, [2, 6]), "green-dead": odds(1, [2, 6]) },
  },
  "late-errors": {
    why: "single minutes of errors, and metrics that arrive minutes late",
    odds: { "green-errors": odds(1.5, [1, 1]), "metrics-late": odds(4, [2, 4], 0.8) },
  },
  "deaf-rollbacks": {
    why: "the function that is called knows none of the alarms that fire, so that only ticks find them",
    odds: {
      "older-map": always(0.9),
      "green-errors": odds(1, [2, 6]),
      "green-dead": odds(0.3, [2, 6]),
      "alarm-flapping": odds(1, [2, 8], 0.6),
      "people-hasty": always(0.5),
    },
  },
  "blind-minutes": {
    why: "metrics cannot be read for a minute or two, again and again",
    odds: {
      "metrics-unreadable": odds(10, [1, 2]),
      "metrics-missing": odds(10, [1, 2]),
      "hosts-unreadable": odds(10, [1, 2]),
    },
  },
  "evidence-unstored": {
    why: "what a decision rests on cannot be stored, while everything else can",
    recomputes: true,
    odds: { "evidence-unstored": always(0.5) },
  },
  "snapshots-astray": {
    why: "what a tick saw cannot be stored, and what those before it saw cannot be read, and green turns bad meanwhile",
    recomputes: true,
    odds: {
      "snapshots-unstored": always(0.3),
      "snapshots-unread": always(0.3),
      "green-errors": odds(0.5, [1, 6]),
      "green-dead": odds(0.2, [2, 6]),
      "people-hasty": always(0.5),
    },
  },
  "permits-unrenewed": {
    why: "workers are lost one by one, so that some go on while others do not",
    odds: { "event-lost": odds(3, [6, 15], 0.7), "act-waits": always(0.4) },
  },
  "loud-returns": {
    why: "the last comparison strains green, and nobody is called in time by the alarm that sees it",
    during: "decommissioning",
    odds: {
      "diff-strains-green": always(),
      "act-waits": always(0.6),
      "event-late": always(0.6),
      "event-lost": always(0.2),
      "table-held": always(0.2),
    },
  },
  "backs-at-the-return": {
    why: "people get cold feet as the way back is given up",
    during: "decommissioning",
    odds: {
      "people-cold-feet": always(0.6),
      "act-waits": always(0.4),
      "request-held": always(0.3),
      "event-late": always(0.5),
    },
  },
  "backs-without-the-table": {
    why: "and whoever is to go back does not reach the table, and stands still half way",
    during: "decommissioning",
    odds: {
      "people-cold-feet": always(),
      "table-cut-off": always(),
      "request-held": always(0.5),
      "event-late": always(0.8),
    },
  },
  "backs-refused-without-the-table": {
    why: "and is refused the pin as well, so that nothing but the weights is left to write",
    during: "decommissioning",
    odds: {
      "people-cold-feet": always(0.6),
      "table-cut-off": always(),
      "pin-throttled": always(0.9),
      "request-held": always(0.7),
      "act-waits": always(0.4),
      "event-late": always(0.8),
    },
  },
} satisfies Readonly<Record<string, Storm>>;

export type StormName = keyof typeof STORMS_BY_NAME;
export const STORMS: Readonly<Record<StormName, Storm>> = STORMS_BY_NAME;
export const STORM_NAMES = Object.keys(STORMS) as readonly StormName[];
