import { PawlError } from "../kernel/pawl-error.ts";
import type { AlarmSeverity, CutoverBindings, CutoverId } from "../signals/bindings.ts";

/** @throws {PawlError} cutover-unknown. */
export const cutoverNamed = (cutovers: readonly CutoverBindings[], name: CutoverId): CutoverBindings => {
  const found = cutovers.find((cutover) => cutover.name === name);
  if (found === undefined)
    throw new PawlError("cutover-unknown", { cutover: name, known: cutovers.map((cutover) => cutover.name) });
  return found;
};

/**
 * The cutovers that list an alarm, each with the severity it has there; an operator's own alarm may stand in several.
 * @throws {PawlError} alarm-unknown where none does.
 */
export const cutoversOfAlarm = (
  cutovers: readonly CutoverBindings[],
  alarmArn: string,
): readonly { readonly cutover: CutoverBindings; readonly severity: AlarmSeverity }[] => {
  const found = cutovers.flatMap((cutover) =>
    cutover.alarms.filter((alarm) => alarm.arn === alarmArn).map(({ severity }) => ({ cutover, severity })),
  );
  if (found.length === 0) throw new PawlError("alarm-unknown", { alarmArn });
  return found;
};
