import type { CutoverBindings } from "./bindings.ts";

/** How the alarms that pawl's stack makes for a cutover begin; nobody else's may. */
export const madePrefix = (cutover: string): string => `pawl-${cutover}-`;

/** An alarm by its name alone, as people know it, colons and all; what is no alarm's ARN stays as it is. */
export const alarmName = (arn: string): string => arn.replace(/^arn:.*?:alarm:/, "");

/** ARNs of the listed alarms that the stack made for this cutover. The others are the operator's, and may serve anything else. */
export const madeAlarms = ({ name, alarms }: Pick<CutoverBindings, "name" | "alarms">): readonly string[] =>
  alarms.flatMap(({ arn }) => (alarmName(arn).startsWith(madePrefix(name)) ? [arn] : []));
