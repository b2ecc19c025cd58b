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
  "bad-in-a-pause": {
    why: "green turns bad while somebody has paused",
    odds: { "people-pause": odds(4, [1, 1]), "green-errors": odds(2, [2, 6]), "green-dead": odds(1, [2, 6]) },
  },
  "late-errors": {
    why: "single minutes of errors, and metrics that arrive minutes late",
    odds: { "green-errors": odds(3, [1, 1]), "metrics-late": always(0.5), "alarm-muted": odds(1, [10, 60]) },
  },
  "blind-minutes": {
    why: "metrics cannot be read for a minute or two, again and again",
    odds: {
      "metrics-unreadable": odds(10, [1, 2]),
      "metrics-missing": odds(10, [1, 2]),
      "hosts-unreadable": odds(10, [1, 2]),
    },
  },
  "permits-unrenewed": {
    why: "workers are lost one by one, so that some go on while others do not",
    odds: { "event-lost": always(0.6) },
  },
  "loud-returns": {
    why: "alarms that nobody is called by turn while the last acts before the return are under way",
    odds: {
      "alarm-muted": always(),
      "alarm-flapping": odds(4, [1, 1], 1),
      "event-late": always(0.8),
      "act-waits": always(0.3),
      "table-held": always(0.1),
    },
  },
  "backs-at-the-return": {
    why: "rollbacks come as the way back is given up, and the table loses their latch",
    odds: {
      "people-back": always(0.5),
      "event-late": always(0.5),
      "request-held": always(0.5),
      "table-answer-lost": always(0.3),
      "table-held": always(0.1),
      "green-errors": odds(1, [2, 3]),
    },
  },
} satisfies Readonly<Record<string, Storm>>;

export type StormName = keyof typeof STORMS_BY_NAME;
export const STORMS: Readonly<Record<StormName, Storm>> = STORMS_BY_NAME;
export const STORM_NAMES = Object.keys(STORMS) as readonly StormName[];
