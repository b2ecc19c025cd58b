import { type LowerPinPorts, type LowerPinReport, lowerPin } from "../guard/lower-pin.ts";
import { type SnapBackReport, snapBack } from "../guard/snap-back.ts";
import type { SnapBackPorts } from "../guard/snap-back-trigger.ts";
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
 * @throws {PawlError} alarm-unknown, cutover-unknown.
 */
export const answerRollback = async (
  ports: SnapBackPorts & LowerPinPorts,
  cutovers: readonly CutoverBindings[],
  event: RollbackEvent,
): Promise<readonly RollbackAnswer[]> => {
  if (event.kind === "alarm") {
    const { alarmArn, alarmAt, state } = event;
    const affected = cutoversOfAlarm(cutovers, alarmArn);
    return Promise.all(
      affected.map(async ({ cutover, severity }) => ({
        cutover: cutover.name,
        report:
          state === "ALARM"
            ? await snapBack(ports, cutover, { kind: "alarm", alarmArn, severity, alarmAt })
            : ({ kind: "ignored", why: `the alarm changed to ${state}` } as const),
      })),
    );
  }
  const cutover = cutoverNamed(cutovers, event.cutover);
  const report =
    event.kind === "lowerPin"
      ? await lowerPin(ports, cutover, event.epoch)
      : await snapBack(ports, cutover, { kind: "promote", epoch: event.epoch });
  return [{ cutover: cutover.name, report }];
};

/** @throws {PawlError} rollback-unverified, so that Lambda tries again: a rollback that nobody has seen is none. */
export const demandVerified = (answers: readonly RollbackAnswer[]): void => {
  const unverified = answers.filter(({ report }) => report.kind === "unverified").map(({ cutover }) => cutover);
  if (unverified.length > 0) throw new PawlError("rollback-unverified", { cutovers: unverified });
};
