import { fromIso } from "../kernel/instant.ts";
import { PawlError } from "../kernel/pawl-error.ts";
import { type EpochMs, minuteOf } from "../kernel/units.ts";
import type { CutoverId } from "../signals/bindings.ts";

export interface TickEvent {
  /** The scheduled minute T. */
  readonly tick: EpochMs;
}

export interface WorkerEvent extends TickEvent {
  readonly cutover: CutoverId;
}

export type RollbackEvent =
  | {
      readonly kind: "alarm";
      readonly alarmArn: string;
      readonly state: string;
      /** When the alarm changed to this state. */
      readonly alarmAt: EpochMs;
    }
  | { readonly kind: "snapBack" | "lowerPin"; readonly cutover: CutoverId; readonly epoch: number };

type Fields = Readonly<Record<string, unknown>>;

/** Reads members of an untrusted event; whoever finds one wrong names it. */
const reader = (expected: string) => {
  const refuse = (fault: string): never => {
    throw new PawlError("event-malformed", { expected, fault });
  };
  const object = (value: unknown, name: string): Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : refuse(`${name} is not an object`);
  const text = (value: unknown, name: string): string =>
    typeof value === "string" && value !== "" ? value : refuse(`${name} is not a text`);
  const instant = (value: unknown, name: string): EpochMs =>
    fromIso(text(value, name)) ?? refuse(`${name} is not an instant`);
  const count = (value: unknown, name: string): number =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(`${name} is not a count`);
  return { refuse, object, text, instant, count };
};

/** `{"scheduledTime": "<ISO>"}`; the schedule fires within the minute, T is the minute. @throws {PawlError} event-malformed. */
export const parseTickEvent = (event: unknown): TickEvent => {
  const read = reader("a tick of the schedule");
  return { tick: minuteOf(read.instant(read.object(event, "it")["scheduledTime"], "scheduledTime")) };
};

/** `{"cutover": "orders", "tick": "<ISO>"}`. @throws {PawlError} event-malformed. */
export const parseWorkerEvent = (event: unknown): WorkerEvent => {
  const read = reader("a tick of one cutover");
  const fields = read.object(event, "it");
  return { cutover: read.text(fields["cutover"], "cutover"), tick: read.instant(fields["tick"], "tick") };
};

/**
 * An alarm's direct action, the same alarm by EventBridge, or pawl's own request. Both alarm forms carry the same
 * instant, so that whichever comes second is recognised.
 * @throws {PawlError} event-malformed.
 */
export const parseRollbackEvent = (event: unknown): RollbackEvent => {
  const read = reader("an alarm or a request to roll back");
  const fields = read.object(event, "it");
  const alarm = (alarmArn: unknown, state: Fields): RollbackEvent => ({
    kind: "alarm",
    alarmArn: read.text(alarmArn, "the alarm's ARN"),
    state: read.text(state["value"], "state.value"),
    alarmAt: read.instant(state["timestamp"], "state.timestamp"),
  });
  if ("alarmData" in fields)
    return alarm(fields["alarmArn"], read.object(read.object(fields["alarmData"], "alarmData")["state"], "state"));
  if (fields["detail-type"] === "CloudWatch Alarm State Change") {
    const [alarmArn] = Array.isArray(fields["resources"]) ? fields["resources"] : [];
    return alarm(alarmArn, read.object(read.object(fields["detail"], "detail")["state"], "state"));
  }
  const { kind } = fields;
  if (kind !== "snapBack" && kind !== "lowerPin") return read.refuse("it has neither alarmData, nor a known kind");
  return { kind, cutover: read.text(fields["cutover"], "cutover"), epoch: read.count(fields["epoch"], "epoch") };
};
