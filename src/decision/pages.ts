import { type EpochMs, later } from "../kernel/units.ts";
import type { Blocking, Told } from "./state.ts";

/** What lasts is told of anew this often. */
export const PAGE_EVERY_MS = 900_000;

/** How long each trouble may last before somebody is told; a reading that is late by a minute wakes nobody. */
export type PageAfterMs = Readonly<Record<string, number>>;

/**
 * What is to be told at this tick: each trouble once its time is over, and again every quarter of an hour while it
 * lasts. Measured against the last judged tick, so that a tick that was missed does not swallow a page.
 */
export const pagesDue = (
  blocking: readonly Blocking[],
  after: PageAfterMs,
  ticks: { readonly last: EpochMs | null; readonly now: EpochMs },
): readonly Blocking[] =>
  blocking.filter(({ what, since }) => {
    const delayMs = after[what] ?? Number.POSITIVE_INFINITY;
    const paged = (at: number) => Math.max(-1, Math.floor((at - since - delayMs) / PAGE_EVERY_MS));
    return paged(ticks.now) > paged(ticks.last ?? Number.NEGATIVE_INFINITY);
  });

/** Whether what one run after the other finds is news, or was told so long ago that it has to be told again. */
export const isDueAgain = (told: Told | undefined, { why, at }: Told): boolean =>
  told === undefined || told.why !== why || at >= later(told.at, PAGE_EVERY_MS);

/** One line for people to each. */
export const pageLines = (due: readonly Blocking[]): string =>
  due.map(({ what, value, clears }) => `${what}: ${value}. Clears when: ${clears}.`).join("\n");
