import { odds } from "./menu.ts";
import { always, type Storm } from "./storm.ts";

/** In which green turns bad, and what is known of it comes late, in part or not at all. */
export const STORMS_OF_EVIDENCE = {
  "dead-behind-a-hold": {
    why: "reverse stands still, a rule or an alarm that may wait goes off, and then green dies",
    odds: {
      "stream-stalled": odds(0.8, [15, 40]),
      "green-errors": odds(0.8, [4, 8]),
      "green-dead": odds(0.8, [10, 20]),
      "event-lost": always(0.3),
    },
  },
  "refusing-green": {
    why: "green turns connections away while all its hosts pass their checks, and whoever is called comes late or not at all",
    odds: {
      "green-refuses": odds(1, [1, 8]),
      "event-lost": always(0.3),
      "event-late": always(0.3),
      "metrics-late": odds(2, [2, 4], 0.6),
      "people-hasty": always(0.5),
    },
  },
  "slow-green": {
    why: "green is slow, by less than its alarm sees",
    odds: { "green-slow": odds(2, [4, 15]) },
  },
  "bad-under-waivers": {
    why: "green is slow, short of hosts or in error while somebody has waived a gate or two, and ticks come late",
    also: ["waivers"],
    odds: {
      "green-slow": odds(2, [5, 30]),
      "green-hosts-lost": odds(2, [5, 30]),
      "green-errors": odds(1, [3, 10]),
      "green-refuses": odds(0.5, [2, 8]),
      "stream-stalled": odds(2, [4, 12]),
      "blue-scaled-in": odds(0.5, [4, 12]),
      "metrics-missing": odds(1, [1, 6], 0.5),
      "schedule-late": odds(2, [5, 20], 0.5),
      "clock-skew": always(0.5),
      frozen: odds(1, [2, 20], 0.2),
      "people-hasty": always(0.3),
    },
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
  "alarms-in-company": {
    why: "alarms come several in one event and with what nobody can read, twice, late and when they are long over",
    also: ["mixed-events"],
    odds: {
      "green-errors": odds(0.7, [2, 6]),
      "green-dead": odds(0.4, [2, 6]),
      "alarm-flapping": odds(0.5, [2, 8], 0.6),
      "event-duplicate": always(0.2),
      "event-late": always(0.2),
      "event-hours-late": always(0.3),
      "two-at-once": always(0.1),
      "alarms-unreadable": odds(0.5, [1, 6], 0.8),
      "table-answer-lost": odds(0.5, [2, 15], 0.15),
      "schedule-silent": odds(0.5, [1, 3]),
      killed: odds(0.5, [2, 20], 0.12),
      "people-hasty": always(0.5),
    },
  },
  "alarms-over-alarms": {
    why: "alarms over others are suppressed and set by hand in rehearsals, and stay as they are until one of theirs changes",
    also: ["composite-alarms", "rehearsals"],
    odds: {
      "green-errors": odds(1, [2, 6]),
      "green-dead": odds(0.4, [2, 6]),
      "alarm-flapping": odds(0.3, [2, 8], 0.6),
      "alarm-suppressed": odds(20, [1, 3]),
      "alarm-muted": odds(0.3, [5, 20]),
      "alarm-no-data": odds(0.5, [1, 4], 0.5),
      "alarm-set-astray": odds(1, [5, 20], 0.3),
      "alarms-unreadable": odds(3, [1, 4], 0.8),
      "event-lost": always(0.15),
      "event-late": always(0.2),
      killed: odds(0.5, [2, 20], 0.12),
      "people-hasty": always(0.3),
    },
  },
  "alarms-without-data": {
    why: "alarms have no data for minutes at a time, each for itself, and green turns bad meanwhile",
    odds: {
      "alarm-no-data": odds(3, [2, 8], 0.5),
      "green-errors": odds(0.4, [2, 6]),
      "green-refuses": odds(0.2, [2, 6]),
      "green-dead": odds(0.2, [2, 6]),
      "event-lost": always(0.2),
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
} satisfies Readonly<Record<string, Storm>>;
