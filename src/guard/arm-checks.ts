import type { ObservedRoute, RouteSight } from "../actuation/observed-route.ts";
import { weightStands } from "../actuation/plan-writes.ts";
import type { Footing } from "../decision/events.ts";
import { rollbackSafety } from "../decision/rollback-safety.ts";
import type { RollbackSafety } from "../decision/state.ts";
import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hostsTogether, weakestGroup } from "../signals/hosts.ts";
import { known, type Observations } from "../signals/observation.ts";
import type { AlarmReading, TargetHealth } from "../signals/ports.ts";
import { isPinnedRoute, weightedArn } from "../signals/routes.ts";
import { READ_TIMEOUT_MS, STREAMS_TIMEOUT_MS } from "./limits.ts";
import { type RoutesRead, readRoutes } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

export interface ArmOptions {
  /** Somebody says that they know what a route without a pin gives up. Refused where every route has one. */
  readonly withoutPin?: { readonly by: string };
  /** A policy marked as a drill is accepted only where somebody says that this is a rehearsal. */
  readonly rehearsal: boolean;
  /** Only what a rehearsal of the rollback has latched: not what somebody has rolled back in earnest meanwhile. */
  readonly ofDrill?: true;
  /** Everything else that must be true (`pawl doctor`): one sentence each for what is not. */
  readonly doctor: () => Promise<readonly string[]>;
}

export type Checked =
  | { readonly ok: true; readonly footing: Footing; readonly sights: readonly RouteSight[] }
  | { readonly ok: false; readonly refusals: readonly string[] };

type CheckPorts = Pick<GuardPorts, "clock" | "rules" | "hosts" | "alarms" | "streams">;

/** Looks at everything a new epoch stands on; `pin` says where it must be for this way of arming. */
export const checkFooting = async (
  ports: CheckPorts,
  cutover: CutoverBindings,
  policy: Policy,
  pin: "parked" | "raised",
  options: ArmOptions,
): Promise<Checked> => {
  // First, because it takes long: what the new epoch is measured against has to be fresh when it is written.
  const doctor = await options.doctor();
  const [routes, hosts, alarms, streams] = await Promise.all([
    readRoutes(ports, cutover, "load balancer"),
    ports.hosts.read(cutover, READ_TIMEOUT_MS),
    ports.alarms.read(
      cutover.alarms.map(({ arn }) => arn),
      READ_TIMEOUT_MS,
    ),
    ports.streams.read(cutover, STREAMS_TIMEOUT_MS),
  ]);
  const conflicts = streams["conflicts.total"];
  const total = conflicts?.known === true && typeof conflicts.value === "number" ? conflicts.value : null;
  const refusals = [
    ...(policy.drill === true && !options.rehearsal ? ["the policy is a drill, and this is no rehearsal"] : []),
    ...plainRefusals(cutover, options),
    ...routeRefusals(routes, pin),
    ...hostRefusals(cutover, hosts),
    ...alarmRefusals(cutover, alarms),
    ...(total === null ? ["the number of stored conflicts cannot be read"] : []),
    ...doctor,
  ];
  if (refusals.length > 0 || total === null) return { ok: false, refusals };
  const footing = {
    blueHosts: hosts.ok ? hostsTogether(hosts.value, "blue", "healthy") : 0,
    conflicts: total,
    shapes: shapesOf(routes.sights),
    otherActions: otherActionsOf(routes.sights),
    safety: safetyNow(streams, ports.clock.now()),
    ...acknowledged(options, routes.sights, ports.clock.now()),
  };
  return { ok: true, footing, sights: routes.sights };
};

const plainRefusals = (cutover: CutoverBindings, { withoutPin }: ArmOptions): readonly string[] => {
  const plain = cutover.routes.filter((route) => !isPinnedRoute(route)).map(weightedArn);
  if (plain.length > 0 && withoutPin === undefined)
    return [`there is no pin for ${plain.join(", ")}: give it one, or arm with --without-pin --accept-late-landing`];
  return plain.length === 0 && withoutPin !== undefined
    ? ["every route has its pin: arm it without --without-pin"]
    : [];
};

const acknowledged = (
  { withoutPin }: ArmOptions,
  sights: readonly RouteSight[],
  at: EpochMs,
): Pick<Footing, "withoutPin"> => {
  if (withoutPin === undefined) return {};
  const plain = sights.filter((sight) => sight.kind === "seen" && !isPinnedRoute(sight.observed.route));
  return { withoutPin: { ...withoutPin, at, otherActions: otherActionsOf(plain) } };
};

const routeRefusals = ({ sights, elsewhere, failures }: RoutesRead, pin: "parked" | "raised"): readonly string[] => {
  if (failures.length > 0) return [`the listener's rules cannot be read: ${failures.join("; ")}`];
  const foreign = [...sights.flatMap((sight) => foreignIn(sight) ?? []), ...(elsewhere === null ? [] : [elsewhere])];
  return [
    ...[...new Set(foreign)].map((why) => `the rules are not as bound: ${why}`),
    ...sights.flatMap((sight) => (sight.kind === "seen" ? standingRefusals(sight.observed, pin) : [])),
  ];
};

const foreignIn = (sight: RouteSight): string | null =>
  sight.kind === "foreign" ? sight.why : sight.observed.deviation;

const standingRefusals = (observed: ObservedRoute, pin: "parked" | "raised"): readonly string[] => [
  ...(observed.pin === pin || observed.pin === "none" ? [] : [`the pin is ${observed.pin}, it must be ${pin}`]),
  // Behind a raised pin the weights are put right before it is lowered; in front of users they must be.
  ...((pin === "raised" && observed.pin !== "none") || weightStands(observed, 0)
    ? []
    : [`the weighted rule must be at blue 100, green 0, stickiness off; green has ${observed.ruleGreenPercent} %`]),
];

const shapesOf = (sights: readonly RouteSight[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sights.flatMap((sight) =>
      sight.kind === "seen" ? [[weightedArn(sight.observed.route), sight.observed.shape]] : [],
    ),
  );

const otherActionsOf = (sights: readonly RouteSight[]): Footing["otherActions"] =>
  Object.fromEntries(
    sights.flatMap((sight) =>
      sight.kind === "seen"
        ? [[weightedArn(sight.observed.route), sight.observed.weightedRule.otherActions] as const]
        : [],
    ),
  );

const inGroup = (group: TargetHealth | null | undefined): string =>
  group === null || group === undefined ? "" : ` in ${group.targetGroupArn}`;

const hostRefusals = (
  cutover: CutoverBindings,
  hosts: Result<readonly TargetHealth[], OutsideFailure>,
): readonly string[] => {
  if (!hosts.ok) return [`target health cannot be read: ${hosts.failure.message}`];
  const [green, blue] = (["green", "blue"] as const).map((side) => weakestGroup(hosts.value, side));
  const short = (green?.healthy ?? 0) < cutover.expectedHosts;
  return [
    ...(short ? [`green has ${green?.healthy ?? 0} of ${cutover.expectedHosts} healthy hosts${inGroup(green)}`] : []),
    ...((blue?.healthy ?? 0) > 0 ? [] : [`blue has no healthy host${inGroup(blue)}`]),
  ];
};

const alarmRefusals = (
  cutover: CutoverBindings,
  alarms: Result<readonly AlarmReading[], OutsideFailure>,
): readonly string[] => {
  if (!alarms.ok) return [`alarms cannot be read: ${alarms.failure.message}`];
  const readings = alarms.value;
  return cutover.alarms.flatMap(({ arn }) => {
    const alarm = readings.find((one) => one.arn === arn);
    if (alarm === undefined) return [`alarm ${arn} does not exist`];
    // An alarm that is in ALARM already never fires: its action comes with the transition alone.
    if (alarm.state !== "OK") return [`alarm ${arn} is ${alarm.state}, it must be OK`];
    if (!alarm.actionsEnabled) return [`the actions of alarm ${arn} are switched off`];
    return alarm.actions.length === 0 ? [`alarm ${arn} has no action`] : [];
  });
};

/** At arming no conflict is new. */
const safetyNow = (streams: Observations, at: EpochMs): RollbackSafety => {
  const readAt = streams["conflicts.total"]?.readAt ?? at;
  return rollbackSafety({ ...streams, "conflicts.new": known(0, readAt) }, at);
};
