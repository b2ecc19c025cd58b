import type { FaultKind } from "./kinds.ts";

/** How often a kind comes about, for how long, and what share of the occasions in that time it strikes. */
export interface Odds {
  /** Spells an hour on a bad day. */
  readonly perHour: number;
  /** Shortest and longest spell. */
  readonly minutes: readonly [number, number];
  /** Of the calls, minutes or runs within a spell. */
  readonly share: number;
}

export const odds = (perHour: number, minutes: readonly [number, number], share = 1): Odds => ({
  perHour,
  minutes,
  share,
});

export const MENU: Readonly<Record<FaultKind, Odds>> = {
  "metrics-missing": odds(0.3, [1, 6], 0.5),
  "metrics-late": odds(0.4, [1, 8], 0.7),
  "metrics-revised": odds(0.4, [1, 8], 0.7),
  // Of the newest minute of every read: CloudWatch is always like this.
  "metrics-partial": odds(60, [60, 60], 0.5),
  "metrics-reordered": odds(0.3, [2, 6], 0.5),
  "metrics-unreadable": odds(0.3, [1, 14], 0.8),
  "hosts-unreadable": odds(0.3, [1, 12], 0.8),
  "alarms-unreadable": odds(0.3, [1, 6], 0.8),
  "streams-unreadable": odds(0.3, [1, 12], 0.6),
  throttled: odds(0.6, [1, 8], 0.25),
  // Each action of the load balancer has a limit of its own: the order of rules cannot be changed, their weights can.
  "pin-throttled": odds(0.3, [1, 8], 0.8),
  "request-landed-timed-out": odds(0.6, [2, 20], 0.3),
  "request-lost": odds(0.5, [2, 20], 0.3),
  "request-late": odds(0.8, [3, 25], 0.35),
  "request-reordered": odds(0.5, [3, 25], 0.3),
  "request-retried": odds(0.5, [2, 20], 0.3),
  // The process stands still at the worst of moments: with the request made up, and not yet sent.
  "request-held": odds(0.4, [2, 20], 0.2),
  "describe-stale": odds(0.8, [2, 25], 0.6),
  "describe-unreadable": odds(0.3, [1, 6], 0.6),
  "nodes-apart": odds(0.8, [5, 40], 0.7),
  "priority-in-use": odds(0.06, [10, 40]),
  killed: odds(1.5, [2, 20], 0.12),
  frozen: odds(0.8, [2, 20], 0.12),
  "two-at-once": odds(0.8, [2, 20], 0.3),
  "event-duplicate": odds(0.8, [3, 30], 0.4),
  "event-late": odds(0.6, [3, 30], 0.4),
  "event-lost": odds(0.4, [2, 12], 0.4),
  "event-hours-late": odds(0.4, [3, 30], 0.5),
  "schedule-late": odds(0.4, [2, 10], 0.4),
  "schedule-silent": odds(0.12, [2, 14]),
  "alarm-flapping": odds(0.04, [2, 8], 0.6),
  "alarm-muted": odds(0.15, [10, 60]),
  // Composite alarms alone have a suppressor.
  "alarm-suppressed": odds(0.5, [1, 20]),
  "alarm-no-data": odds(0.1, [2, 12], 0.6),
  "alarm-firing-at-arm": odds(0.1, [5, 15]),
  // Of the requests of a rehearsal of the rollback; nobody else sets alarms.
  "alarm-set-astray": odds(0.8, [5, 40], 0.3),
  "clock-skew": odds(1, [10, 60], 0.5),
  "clock-step": odds(0.6, [5, 30], 0.1),
  "table-down": odds(0.2, [1, 4]),
  "table-answer-lost": odds(0.6, [2, 15], 0.15),
  "table-slow": odds(0.5, [2, 15], 0.2),
  "table-late": odds(0.4, [2, 15], 0.1),
  "table-retried": odds(0.5, [2, 15], 0.2),
  "table-held": odds(0.4, [2, 15], 0.05),
  // One run of rollback that reaches everything but the table, while all others do.
  "table-cut-off": odds(0.3, [2, 15], 0.3),
  "records-refused": odds(0.3, [1, 10], 0.5),
  // One kind of item alone: everything else is read and written, so the tick is judged and committed.
  "snapshots-unread": odds(0.4, [1, 4], 0.7),
  "snapshots-unstored": odds(0.3, [1, 3], 0.7),
  "evidence-unstored": odds(0.3, [1, 3], 0.7),
  "topic-down": odds(0.3, [1, 15]),
  "foreign-more-green": odds(0.03, [1, 1]),
  "foreign-more-blue": odds(0.03, [1, 1]),
  "foreign-sticky": odds(0.03, [1, 1]),
  "foreign-rule-above": odds(0.03, [1, 1]),
  "foreign-group-deleted": odds(0.015, [1, 1]),
  "foreign-pin-parked": odds(0.05, [1, 1]),
  "foreign-pin-deleted": odds(0.02, [1, 1]),
  "people-pause": odds(0.05, [1, 1]),
  "people-back": odds(0.03, [1, 1]),
  "people-cold-feet": odds(0.1, [5, 20], 0.3),
  "people-hasty": odds(0.3, [5, 20], 0.3),
  "policy-adopted": odds(0.15, [3, 10], 0.5),
  deployed: odds(0.3, [1, 1]),
  "older-map": odds(0.1, [5, 30]),
  "blue-scaled-in": odds(0.06, [5, 40]),
  "green-errors": odds(0.05, [2, 20]),
  "green-slow": odds(0.04, [2, 15]),
  "green-dead": odds(0.02, [2, 15]),
  // Its hosts pass their checks, and turn away a part of the connections: a full backlog, or no descriptors left.
  "green-refuses": odds(0.04, [2, 20]),
  "green-hosts-lost": odds(0.05, [2, 20]),
  "stream-stalled": odds(0.08, [2, 20]),
  "stream-paused": odds(0.04, [2, 20]),
  "stream-task-lost": odds(0.04, [2, 20]),
  "rows-conflict": odds(0.015, [1, 3]),
  "reverse-gap": odds(0.01, [3, 20]),
  "act-waits": odds(2, [10, 60], 0.25),
  "diff-strains-green": odds(0.3, [10, 60]),
  "act-fails": odds(1, [5, 20], 0.1),
};
