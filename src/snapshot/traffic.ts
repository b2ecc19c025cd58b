import type { EpochMs } from "../kernel/units.ts";

/**
 * How the load balancer's rules stand to what is recorded.
 * `more-green`/`more-blue`: effective share differs; `pin-raised`: all on blue by a pin nobody recorded;
 * `foreign-shape`: somebody changed what the rules are, not only their weights; `unreadable`: nobody knows.
 */
export type RuleDrift = "in-sync" | "more-green" | "more-blue" | "pin-raised" | "foreign-shape" | "unreadable";

/** What was read of every route, pin and weighted rule together. */
export interface TrafficReading {
  readonly readAt: EpochMs;
  readonly drift: RuleDrift;
  /** One sentence for people; empty when in sync. */
  readonly detail: string;
  /** Green's effective share by the rules, the most of any route; null where it cannot be read. */
  readonly greenPercent: number | null;
}
