import { PAGE_EVERY_MS } from "../decision/pages.ts";
import type { CutoverState } from "../decision/state.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { isPinnedRoute, weightedArn } from "../signals/routes.ts";
import { NOTIFY_TIMEOUT_MS } from "./limits.ts";
import { sayWritten, type Written } from "./noted-writes.ts";
import type { NotifyPort } from "./ports.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";
import type { RaiseOutcome } from "./verify-pin.ts";

/** What became of a rollback. */
export type SnapBackReport =
  | { readonly kind: "verified"; readonly state: CutoverState }
  /** All on blue by two reads and an answered write, and the state could not be told; the next tick finds the pin. */
  | { readonly kind: "verified-unrecorded"; readonly why: string }
  /** Latched, and all on blue by answered writes; verified, by later runs, once nothing sent before can still arrive. */
  | { readonly kind: "asserted"; readonly state: CutoverState; readonly until: EpochMs }
  | { readonly kind: "held"; readonly state: CutoverState }
  | { readonly kind: "unverified"; readonly why: string }
  /** Past the point of no return, by the state; `why` says what was written before. `untold` is why nobody could be told. */
  | { readonly kind: "no-way-back"; readonly why: string; readonly untold?: string }
  /** The rules show no way back, and no state says by whose doing: nothing more was written, and a later run may know more. */
  | { readonly kind: "pin-gone"; readonly why: string }
  | { readonly kind: "ignored"; readonly why: string };

/** One run, with what it has written. `asked` names what it was asked by, in the ids of what it says beside the outbox. */
export type Run = SnapBackPorts & { readonly asked: string; readonly written: Written };

/**
 * An alarm's change comes by three ways, promote asks at every tick, and each of them comes again after a crash: whoever is
 * told can tell a repeat from news. What lasts is news again every quarter of an hour, as all that a tick tells.
 */
export const askedBy = (trigger: SnapBackTrigger, { newId, clock }: SnapBackPorts): string => {
  switch (trigger.kind) {
    case "alarm":
      return `${trigger.alarmArn}@${trigger.alarmAt}`;
    case "promote":
      return `${trigger.epoch}/${Math.floor((trigger.tick ?? clock.now()) / PAGE_EVERY_MS)}`;
    case "operator":
      return newId();
  }
};

export const goneBy = ({ route }: { readonly route: RouteBinding }): string =>
  isPinnedRoute(route)
    ? `the pin ${route.pin.ruleArn} is gone`
    : `${weightedArn(route)} forwards to green alone, as decommission leaves it before blue is fenced`;

/** Without the table nobody knows whether a step is under way, and without a pin it would change traffic. */
export const onBlueUnverified = async (
  ports: Run,
  cutover: CutoverBindings,
  because: string,
): Promise<SnapBackReport> => {
  const why = `two reads show blue alone; without the table nobody knows if a step is still under way (${because})`;
  await page(
    ports,
    cutover,
    "all traffic seems to be on blue, not verified",
    `${why}. Run pawl rollback again in 3 minutes.`,
  );
  return { kind: "unverified", why };
};

/** What a latch that came too late does all the same. */
export const HALTED = "; it is latched, and nothing more of CDC is taken apart until pawl resume";

export const noWayBack = async (ports: Run, cutover: CutoverBindings, because: string): Promise<SnapBackReport> => {
  const why = `${because}. ${sayWritten(ports.written)}`;
  const told = await page(
    ports,
    cutover,
    "a rollback was asked for past the point of no return",
    `${why}. Run: pawl restore ${cutover.name}`,
  );
  return { kind: "no-way-back", why, ...(told.ok ? {} : { untold: told.failure.message }) };
};

export const NO_STATE = "the table has given no state, or none that this run may still rely on";

/** By decommission at the point of no return, or by somebody else before it: blue may be fenced, so nothing is tried. */
export const pinGone = async (
  ports: Run,
  cutover: CutoverBindings,
  gone: Extract<RaiseOutcome, { kind: "past-return" }>,
  because: string,
): Promise<SnapBackReport> => {
  const why = `${goneBy(gone)}; by whose doing is not known (${because}). ${sayWritten(ports.written)}`;
  await page(
    ports,
    cutover,
    "a rollback found its way back gone",
    `${why}. Run: pawl restore ${cutover.name}; in the runbook: the pin is gone`,
  );
  return { kind: "pin-gone", why };
};

/** Straight to people: the outbox needs the table, and this may be said because the table is gone. */
export const page = async (
  ports: Run,
  cutover: CutoverBindings,
  what: string,
  body: string,
): ReturnType<NotifyPort["send"]> => {
  // Two things are never said under one id, or a receiver would drop the second.
  const id = `${cutover.name}/${ports.asked}/${ports.digest(`${what}\n${body}`).slice(-12)}`;
  return ports.notify.send(
    { id, cutover: cutover.name, subject: `${cutover.name}: ${what}`, body, urgency: "page" },
    NOTIFY_TIMEOUT_MS,
  );
};
