import { odds } from "./menu.ts";
import { always, type Storm } from "./storm.ts";
import { STORMS_AT_THE_RETURN } from "./storms-at-the-return.ts";
import { STORMS_OF_EVIDENCE } from "./storms-of-evidence.ts";
import { STORMS_OF_HOLDS } from "./storms-of-holds.ts";

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
  "pins-by-hand": {
    why: "somebody else parks and deletes the pin, and gives green more, before rollbacks, amid them and after",
    odds: {
      "foreign-more-green": odds(3, [1, 1]),
      "foreign-pin-parked": odds(6, [1, 1]),
      "foreign-pin-deleted": odds(2, [1, 1]),
      "people-back": odds(1.5, [1, 1]),
      "people-hasty": always(0.5),
      "request-late": always(0.2),
    },
  },
  "hands-on-other-routes": {
    why: "of two or three routes somebody else changes now the one, now the other, and answers are lost",
    also: ["other-routes"],
    odds: {
      "foreign-more-green": odds(1.5, [1, 1]),
      "foreign-more-blue": odds(1, [1, 1]),
      "foreign-sticky": odds(1, [1, 1]),
      "foreign-rule-above": odds(0.7, [1, 1]),
      "foreign-pin-parked": odds(3, [1, 1]),
      "foreign-pin-deleted": odds(0.5, [1, 1]),
      "priority-in-use": odds(0.5, [5, 20]),
      "request-lost": always(0.1),
      "request-late": always(0.1),
      throttled: always(0.1),
      "describe-stale": always(0.3),
      "people-back": odds(1, [1, 1]),
      "people-hasty": always(0.3),
    },
  },
  "routes-on-one-listener": {
    why: "and the two or three are on one listener, where a rule of one may stand above another one's",
    also: ["one-listener"],
    odds: {
      throttled: always(0.2),
      "pin-throttled": always(0.2),
      "request-lost": always(0.1),
      "request-late": always(0.2),
      "describe-stale": always(0.3),
      "foreign-more-green": odds(1, [1, 1]),
      "foreign-more-blue": odds(1, [1, 1]),
      "foreign-rule-above": odds(0.5, [1, 1]),
      "foreign-pin-parked": odds(2, [1, 1]),
      "foreign-pin-deleted": odds(0.3, [1, 1]),
      "priority-in-use": odds(0.3, [5, 20]),
      "people-back": odds(1.5, [1, 1]),
      "people-hasty": always(0.3),
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
  "rehearsals-astray": {
    why: "the rollback is rehearsed by machines that die and sleep, and others go back and arm again meanwhile",
    also: ["rehearsals"],
    odds: {
      "alarm-set-astray": always(0.2),
      killed: odds(4, [5, 20], 0.3),
      frozen: odds(4, [5, 20], 0.4),
      "schedule-silent": odds(2, [1, 3]),
      "event-late": odds(2, [3, 30], 0.5),
      "event-lost": odds(3, [3, 12], 0.6),
      "event-duplicate": odds(2, [3, 30], 0.5),
      "event-hours-late": always(0.5),
      "table-answer-lost": odds(2, [2, 15], 0.2),
      "table-retried": odds(2, [2, 15], 0.3),
      "people-back": odds(1, [1, 1]),
      "people-hasty": always(0.2),
    },
  },
  ...STORMS_OF_HOLDS,
  ...STORMS_OF_EVIDENCE,
  ...STORMS_AT_THE_RETURN,
} satisfies Readonly<Record<string, Storm>>;

export type StormName = keyof typeof STORMS_BY_NAME;
export const STORMS: Readonly<Record<StormName, Storm>> = STORMS_BY_NAME;
export const STORM_NAMES = Object.keys(STORMS) as readonly StormName[];
