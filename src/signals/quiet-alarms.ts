import type { AlarmReading } from "./ports.ts";

/** Whether an alarm is known to be quiet. Of one that CloudWatch cannot evaluate fully the state may be an old one. */
export const isKnownQuiet = ({ state, impaired }: AlarmReading): boolean => state === "OK" && impaired === undefined;
