import { type EpochMs, minuteOf } from "../kernel/units.ts";
import type { CutoverId } from "../signals/bindings.ts";
import { type AlarmEvent, type AlarmEvents, readAlarmEvent } from "./alarm-event.ts";
import { eventReader } from "./event-reader.ts";

export interface TickEvent {
  /** The scheduled minute T. */
  readonly tick: EpochMs;
}

export interface WorkerEvent extends TickEvent {
  readonly cutover: CutoverId;
}

export type RollbackEvent =
  | AlarmEvent
  | AlarmEvents
  | ({ readonly cutover: CutoverId } & (
      | { readonly kind: "snapBack"; readonly epoch: number; readonly tick?: EpochMs }
      | { readonly kind: "lowerPin"; readonly epoch: number }
    ));

/** `{"scheduledTime": "<ISO>"}`; the schedule fires within the minute, T is the minute. @throws {PawlError} event-malformed. */
export const parseTickEvent = (event: unknown): TickEvent => {
  const read = eventReader("a tick of the schedule");
  return { tick: minuteOf(read.instant(read.object(event, "it")["scheduledTime"], "scheduledTime")) };
};

/** `{"cutover": "orders", "tick": "<ISO>"}`; a tick is a whole minute. @throws {PawlError} event-malformed. */
export const parseWorkerEvent = (event: unknown): WorkerEvent => {
  const read = eventReader("a tick of one cutover");
  const fields = read.object(event, "it");
  return { cutover: read.text(fields["cutover"], "cutover"), tick: minuteOf(read.instant(fields["tick"], "tick")) };
};

/**
 * An alarm's direct action, the same alarm by EventBridge or by SNS, or pawl's own request. All alarm forms carry the
 * same instant, so that whichever comes second is recognised.
 * @throws {PawlError} event-malformed.
 */
export const parseRollbackEvent = (event: unknown): RollbackEvent => {
  const read = eventReader("an alarm or a request to roll back");
  const fields = read.object(event, "it");
  const alarm = readAlarmEvent(read, fields);
  if (alarm !== null) return alarm;
  const { kind } = fields;
  if (kind !== "snapBack" && kind !== "lowerPin")
    return read.refuse("it is no alarm by an action, EventBridge or SNS, and of no known kind");
  const asked = { cutover: read.text(fields["cutover"], "cutover"), epoch: read.count(fields["epoch"], "epoch") };
  // A release before this one names no tick; what it asked for while a newer one was deployed is carried out.
  const tick = fields["tick"] === undefined ? {} : { tick: minuteOf(read.instant(fields["tick"], "tick")) };
  return kind === "snapBack" ? { kind, ...asked, ...tick } : { kind, ...asked };
};
