import type { CutoverBindings } from "./bindings.ts";

/** How the alarms that pawl's stack makes for a cutover begin; nobody else's may. */
const madePrefix = (cutover: string): string => `pawl-${cutover}-`;

/** The name in an alarm's ARN. */
const nameIn = (arn: string): string => arn.slice(arn.indexOf(":alarm:") + ":alarm:".length);

/** ARNs of the listed alarms that the stack made for this cutover. The others are the operator's, and may serve anything else. */
export const madeAlarms = ({ name, alarms }: Pick<CutoverBindings, "name" | "alarms">): readonly string[] =>
  alarms.flatMap(({ arn }) => (nameIn(arn).startsWith(madePrefix(name)) ? [arn] : []));
