import { isHeldBy, isOfDrill } from "../decision/rollback-drill.ts";
import type { CutoverState, RollbackDrill } from "../decision/state.ts";
import type { DurationMs, EpochMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import type { AlarmSetPort } from "../signals/ports.ts";
import type { ArmPorts } from "./arm.ts";
import type { DrillAlarm } from "./drill-checks.ts";
import { type DrillMark, endUnlatched } from "./drill-records.ts";
import { READ_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";

export type DrillPorts = ArmPorts & { readonly alarmSetter: AlarmSetPort };

/** The chain that a rehearsal goes along, in order; what it stops at is what is broken. */
export type DrillLink = "alarm" | "event" | "pin" | "settle" | "re-arm" | "pin-lowered";

export interface DrillBroken {
  readonly kind: "broken";
  readonly link: DrillLink;
  readonly why: string;
  readonly marks: readonly DrillMark[];
  /**
   * Where it stands now: armed as before, or rolled back and still to be armed again; traffic is on blue either way. Or the
   * rehearsal outlasted its own hold, and the cutover has gone on without it; or it is armed again,
   * by somebody else or by a write of its own that nobody answered.
   */
  readonly standing: "armed" | "rolledBack" | "gone-on" | "armed-again" | "unknown";
}

export type DrillReport =
  /** Nothing was done. */
  | { readonly kind: "refused"; readonly refusals: readonly string[] }
  /** No alarm was set; whether the first step is held until then nobody has answered. */
  | { readonly kind: "unannounced"; readonly why: string; readonly until: EpochMs }
  | {
      readonly kind: "passed";
      readonly marks: readonly DrillMark[];
      readonly via: string;
      readonly state: CutoverState;
    }
  | DrillBroken;

export interface DrillOptions {
  readonly by: string;
  readonly alarm: DrillAlarm;
  /** How long each link may take; settling has its own time. */
  readonly withinMs: DurationMs;
  readonly doctor: () => Promise<readonly string[]>;
  /** Told of each mark as it is reached. */
  readonly progress: (mark: DrillMark) => void;
}

/** One rehearsal under way. */
export interface Walk extends DrillOptions {
  readonly ports: DrillPorts;
  readonly cutover: CutoverBindings;
  readonly drill: RollbackDrill;
  readonly marks: DrillMark[];
}

export const REASON = "pawl drill rollback: a rehearsal";

export const mark = ({ marks, progress }: Walk, what: string, at: EpochMs): void => {
  marks.push({ what, at });
  progress({ what, at });
};

export const broken = (
  { marks }: Walk,
  link: DrillLink,
  why: string,
  standing: DrillBroken["standing"],
): DrillBroken => ({
  kind: "broken",
  link,
  why,
  marks,
  standing,
});

/** Broken behind its own latch: rolled back for as long as it is not armed again. */
export const brokenBehind = async (walk: Walk, link: DrillLink, why: string): Promise<DrillBroken> => {
  const read = await walk.ports.state.read(walk.cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok || read.value === null) return broken(walk, link, why, "unknown");
  return broken(walk, link, why, read.value.latch === undefined ? "armed-again" : "rolledBack");
};

/**
 * A metric alarm would take itself back within a minute; a composite one only when one of its children changes. Once the
 * cutover is no more this rehearsal's, an alarm that is in ALARM may be so in earnest, and is left alone.
 */
export const quieten = async ({ ports, cutover, alarm, drill }: Walk): Promise<void> => {
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  const isOurs =
    read.ok && read.value !== null
      ? isHeldBy(read.value, drill) || (read.value.rollbackDrill?.at === drill.at && isOfDrill(read.value))
      : ports.clock.now() <= drill.notAfter;
  if (isOurs) await ports.alarmSetter.set(alarm.arn, "OK", `${REASON} is over`, READ_TIMEOUT_MS);
};

/** Nothing was moved: the alarm is put back, and the hold taken off. */
export const unlatched = async (walk: Walk, link: "alarm" | "event", why: string): Promise<DrillBroken> => {
  await quieten(walk);
  const standing = await endUnlatched(walk.ports, walk.cutover, walk.drill, { link, why });
  return standing === "latched"
    ? broken(walk, link, `${why} in time; it did later`, "rolledBack")
    : broken(walk, link, why, standing);
};
