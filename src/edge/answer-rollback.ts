import { type LowerPinPorts, type LowerPinReport, lowerPin } from "../guard/lower-pin.ts";
import { snapBack } from "../guard/snap-back.ts";
import type { SnapBackPorts } from "../guard/snap-back-trigger.ts";
import type { SnapBackReport } from "../guard/tell-rollback.ts";
import { PawlError } from "../kernel/pawl-error.ts";
import type { CutoverBindings, CutoverId } from "../signals/bindings.ts";
import { cutoverNamed, cutoversOfAlarm } from "./cutovers.ts";
import type { RollbackEvent } from "./events.ts";

export interface RollbackAnswer {
  readonly cutover: CutoverId;
  readonly report: SnapBackReport | LowerPinReport | { readonly kind: "ignored"; readonly why: string };
}

/**
 * Does what an event asks of `rollback`: an alarm sends back every cutover that lists it, all at once.
 * @throws {PawlError} alarm-unknown, cutover-unknown; event-malformed, of what came with alarms that are answered by then.
 */
export const answerRollback = async (
  ports: SnapBackPorts & LowerPinPorts,
  cutovers: readonly CutoverBindings[],
  event: RollbackEvent,
): Promise<readonly RollbackAnswer[]> => {
  if (event.kind === "alarms") {
    const answers = (await allOf(event.changes.map((change) => answerRollback(ports, cutovers, change)))).flat();
    if (event.unread !== undefined) throw event.unread;
    return answers;
  }
  if (event.kind === "alarm") {
    const { alarmArn, alarmAt, state, via } = event;
    const affected = cutoversOfAlarm(cutovers, alarmArn);
    return allOf(
      affected.map(async ({ cutover, severity }) => ({
        cutover: cutover.name,
        report:
          state === "ALARM"
            ? await snapBack(ports, cutover, { kind: "alarm", alarmArn, severity, alarmAt, via })
            : ({ kind: "ignored", why: `the alarm changed to ${state}` } as const),
      })),
    );
  }
  const cutover = cutoverNamed(cutovers, event.cutover);
  const report =
    event.kind === "lowerPin"
      ? await lowerPin(ports, cutover, event.epoch)
      : await snapBack(ports, cutover, { ...event, kind: "promote" });
  return [{ cutover: cutover.name, report }];
};

/** Waits for every answer before one's failure ends the invocation: what is frozen with it would be half a rollback. */
const allOf = async <Answer>(answers: readonly Promise<Answer>[]): Promise<readonly Answer[]> => {
  await Promise.allSettled(answers);
  return Promise.all(answers);
};

/**
 * Failing makes Lambda try again, and in the end somebody is told by the function's alarms, whatever the topic does.
 * @param lacks - what is wrong with the function's settings; whatever came of the call, somebody has to know.
 * @throws {PawlError} rollback-unverified: a rollback that nobody has seen is none; rollback-pin-gone, rollback-unrecorded,
 *   rollback-untold; and the first that is lacking.
 */
export const demandDone = (answers: readonly RollbackAnswer[], lacks: readonly PawlError[]): void => {
  const demand = (code: UndoneCode, isUndone: (report: RollbackAnswer["report"]) => boolean): void => {
    const cutovers = answers.flatMap(({ cutover, report }) => (isUndone(report) ? [cutover] : []));
    if (cutovers.length > 0) throw new PawlError(code, { cutovers });
  };
  demand("rollback-unverified", ({ kind }) => kind === "unverified");
  demand("rollback-pin-gone", ({ kind }) => kind === "pin-gone");
  demand("rollback-unrecorded", ({ kind }) => kind === "verified-unrecorded");
  demand("rollback-untold", (report) => report.kind === "no-way-back" && report.untold !== undefined);
  const [lack] = lacks;
  if (lack !== undefined) throw lack;
};

type UndoneCode = "rollback-unverified" | "rollback-pin-gone" | "rollback-unrecorded" | "rollback-untold";
