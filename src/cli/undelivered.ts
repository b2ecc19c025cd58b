import type { CutoverState } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";

/** What has waited for longer than the tick after it should have needed. */
export interface Undelivered {
  /** Records of transitions that the ledger has not taken. Their chain is in the state; `ledger verify` reads them there. */
  readonly records: number;
  /** Messages that the topic has not taken: what nobody was told yet. */
  readonly messages: number;
  /** ISO instant of the oldest of them. */
  readonly since: string;
}

/** The next tick delivers what a crash left; two later it is the ledger or the topic. */
const LATE_MS = durationMs(150_000);

/** Left out of the report where nothing waits for long. */
export const undeliveredOf = ({ outbox }: CutoverState, now: EpochMs): { readonly undelivered?: Undelivered } => {
  const late = outbox.filter(({ at }) => now > later(at, LATE_MS));
  const [oldest] = late;
  if (oldest === undefined) return {};
  const records = late.filter(({ record }) => record !== undefined).length;
  const messages = late.filter(({ notification }) => notification !== undefined).length;
  return { undelivered: { records, messages, since: toIso(oldest.at) } };
};

export const undeliveredLines = (undelivered: Undelivered | undefined): readonly string[] => {
  if (undelivered === undefined) return [];
  const { records, messages, since } = undelivered;
  const waiting = [
    ...(records === 0 ? [] : [`${records} not taken by the ledger`]),
    ...(messages === 0 ? [] : [`${messages} not taken by the topic: nobody was told`]),
  ];
  return [`  unsent     ${waiting.join(", ")}; the oldest since ${since}`];
};
