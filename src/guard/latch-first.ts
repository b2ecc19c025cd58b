import type { BlindLatch } from "../decision/latch.ts";
import type { CutoverState, LatchCause } from "../decision/state.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { LATCH_TIMEOUT_MS, READ_TIMEOUT_MS } from "./limits.ts";
import type { LatchOutcome } from "./ports.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";

export type Latching =
  /** By this run or by another's; either way the state as it is under the latch. */
  | { readonly kind: "latched"; readonly state: CutoverState; readonly why: string }
  /** The table did not answer in time: going back must not wait for it. */
  | { readonly kind: "unanswered"; readonly why: string }
  /** The cutover is over: nothing was latched, and there is nothing to go back to. */
  | { readonly kind: "complete" }
  | { readonly kind: "ignored"; readonly why: string };

type Conditions = Omit<Parameters<SnapBackPorts["state"]["latch"]>[2], "writeId">;

/** Marks the rollback before anything is written, in one blind round trip that also tells what it found. */
export const latchFor = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  trigger: SnapBackTrigger,
): Promise<Latching> => {
  switch (trigger.kind) {
    case "promote":
      return joinPromote(ports, cutover, trigger);
    case "alarm": {
      const { alarmAt, via } = trigger;
      const cause = causeOf(trigger);
      const came = via === undefined ? {} : { via };
      const outcome = await latch(ports, cutover, cause, { armedAtOrBefore: alarmAt }, came);
      if (outcome.kind !== "not-applicable" || isOver(outcome)) return latchingOf(outcome, "nothing is armed");
      return staleAlarm(ports, cutover, trigger.alarmArn, cause, came);
    }
    case "operator": {
      const outcome = await latch(ports, cutover, causeOf(trigger), {});
      // With nothing armed an operator's word is enough, as it is when the table is gone.
      if (outcome.kind === "absent") return { kind: "unanswered", why: "it was never armed" };
      return latchingOf(outcome, "");
    }
  }
};

/** An event older than this epoch counts only if the alarm still says so; one that cannot be asked counts. */
const staleAlarm = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  arn: string,
  cause: LatchCause,
  came: JsonObject,
): Promise<Latching> => {
  const read = await ports.alarms.read([arn], READ_TIMEOUT_MS);
  const state = read.ok ? read.value.find((alarm) => alarm.arn === arn)?.state : undefined;
  if (state !== undefined && state !== "ALARM")
    return { kind: "ignored", why: `the alarm's event is older than this epoch, and the alarm is ${state} now` };
  return latchingOf(await latch(ports, cutover, cause, {}, came), "nothing is armed");
};

/**
 * Promote latched before it asked. Where its latch did not arrive, this puts it, in the epoch that promote saw; where
 * the epoch has moved on without a latch, or a later tick has found no reason, the request is an old one.
 */
const joinPromote = async (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  { epoch, tick }: Extract<SnapBackTrigger, { kind: "promote" }>,
): Promise<Latching> => {
  const read = await ports.state.read(cutover.name, LATCH_TIMEOUT_MS);
  if (!read.ok) return { kind: "unanswered", why: read.failure.message };
  if (read.value === null) return { kind: "ignored", why: "nothing is armed" };
  if (read.value.latch !== undefined) return { kind: "latched", state: read.value, why: "joined" };
  const cause: LatchCause = { kind: "policy", rules: ["asked by promote, whose latch was not answered"] };
  const conditions = { epoch, ...(tick === undefined ? {} : { lastTickAtOrBefore: tick }) };
  return latchingOf(await latch(ports, cutover, cause, conditions), "nothing is armed");
};

const latch = (
  ports: SnapBackPorts,
  cutover: CutoverBindings,
  cause: LatchCause,
  conditions: Conditions,
  came: JsonObject = {},
): Promise<LatchOutcome> => {
  const at = ports.clock.now();
  const writeId = ports.newId();
  const blind: BlindLatch = {
    mode: "snapped",
    cause,
    at,
    record: {
      id: `${cutover.name}/latch/${writeId}`,
      cutover: cutover.name,
      // Not known to a blind write; the commit that chains this record fills it in.
      epoch: 0,
      tick: null,
      at,
      kind: "latch",
      summary: `rolling back: ${sayCause(cause)}`,
      detail: { cause: { ...cause }, ...came },
    },
  };
  return ports.state.latch(cutover.name, blind, { ...conditions, writeId }, LATCH_TIMEOUT_MS);
};

/** What the latch of an alarm or an operator says of why. */
export const causeOf = (trigger: Exclude<SnapBackTrigger, { kind: "promote" }>): LatchCause => {
  if (trigger.kind === "operator") return { kind: "operator", by: trigger.by, reason: trigger.reason };
  const { kind, alarmArn, severity, alarmAt } = trigger;
  return { kind, alarmArn, severity, alarmAt };
};

export const sayCause = (cause: LatchCause): string => {
  switch (cause.kind) {
    case "alarm":
      return `${cause.alarmArn} is in ALARM (${cause.severity})`;
    case "policy":
      return cause.rules.join(", ");
    case "operator":
      return `${cause.by}: ${cause.reason}`;
    case "outsider":
      return cause.what;
  }
};

const isOver = ({ state }: Extract<LatchOutcome, { kind: "not-applicable" }>): boolean => state.phase === "complete";

const latchingOf = (outcome: LatchOutcome, whenAbsent: string): Latching => {
  switch (outcome.kind) {
    case "latched":
      return { kind: "latched", state: outcome.after, why: "latched" };
    case "already-latched":
      return { kind: "latched", state: outcome.state, why: "joined" };
    case "not-applicable":
      if (isOver(outcome)) return { kind: "complete" };
      return { kind: "ignored", why: "the epoch has moved on, or a later tick was judged" };
    case "absent":
      return { kind: "ignored", why: whenAbsent };
    case "unknown":
      return { kind: "unanswered", why: outcome.message };
  }
};
