import { worthRepeating } from "../actuation/attempts.ts";
import { type Sent, sayEach } from "../actuation/elb-refusals.ts";
import type { PinPosition, RouteSight } from "../actuation/observed-route.ts";
import { DESCRIBE_LAG_MS } from "../decision/bounds.ts";
import { ONE_ATTEMPT, READ_TIMEOUT_MS, RULE_WRITE_TIMEOUT_MS } from "../guard/limits.ts";
import { readRoutes } from "../guard/look.ts";
import type { GuardPorts } from "../guard/ports.ts";
import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { DurationMs } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { madeAlarms } from "../signals/made-alarms.ts";
import { hasPlainRoute, pinnedRoutes, weightedArn } from "../signals/routes.ts";
import type { RuleDrift } from "../snapshot/traffic.ts";
import { type ActOutcome, type DecommissionActs, done, failed, waiting } from "./acts.ts";

/** Silences alarms: they go on being evaluated, and call nobody. */
export interface AlarmSwitchPort {
  disableActions(arns: readonly string[], timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
}

export type LoadBalancerActs = Pick<DecommissionActs, "alarm-actions-off" | "delete-pin" | "confirm-green">;

type Ports = Pick<GuardPorts, "clock" | "rules" | "alarms"> & { readonly alarmSwitch: AlarmSwitchPort };

/** The acts of decommission that the load balancer and its alarms know of. Each looks whether it has come true. */
export const loadBalancerActs = (ports: Ports): LoadBalancerActs => ({
  "alarm-actions-off": async (cutover) => {
    // The operator's own call others, and may send another cutover back; a rollback that they ask for refuses itself now.
    const arns = madeAlarms(cutover);
    const others = cutover.alarms.flatMap(({ arn }) => (arns.includes(arn) ? [] : [arn]));
    const disabled = await ports.alarmSwitch.disableActions(arns, READ_TIMEOUT_MS);
    if (!disabled.ok) return waiting(disabled.failure.message);
    const read = await ports.alarms.read(arns, READ_TIMEOUT_MS);
    if (!read.ok) return waiting(read.failure.message);
    const armed = read.value.filter((alarm) => alarm.actionsEnabled).map((alarm) => alarm.arn);
    return armed.length > 0 ? waiting(`alarms that still act: ${armed.join(", ")}`) : done({ alarms: arns, others });
  },

  "delete-pin": async (cutover) => {
    const { otherwise } = await lookTwice(ports, cutover, DELETABLE);
    if (otherwise !== null) return otherwise;
    const pinned = pinnedRoutes(cutover);
    const deletions = await Promise.all(
      pinned.map(async (route) => ({
        what: `pin ${route.pin.ruleArn}`,
        outcome: await ports.rules.deletePin(route, RULE_WRITE_TIMEOUT_MS),
      })),
    );
    const undeleted = undone("the deletion of a pin", deletions);
    if (undeleted !== null) return undeleted;
    return (await leaveBlueOut(ports, cutover)) ?? done({ pins: pinned.map(({ pin }) => pin.ruleArn) });
  },

  "confirm-green": async (cutover) =>
    (await lookTwice(ports, cutover, ["gone"])).otherwise ?? done({ confirmedAt: ports.clock.now() }),
});

/** Where the pins may be, and stay, when they are taken away. */
const DELETABLE: readonly PinPosition[] = ["parked", "gone", "none"];

/** What the rules show; `otherwise` null where every route gives green everything and its pin is where it may be. */
interface GreenLook {
  readonly sights: readonly RouteSight[];
  readonly otherwise: ActOutcome | null;
}

/**
 * A rollback that got no answer from the table may have raised a pin; deleting that, or fencing blue, would make a lie of
 * what its operator was told. A Describe may show the past; two prove something only when they are further apart than that.
 */
const lookTwice = async (ports: Ports, cutover: CutoverBindings, pin: readonly PinPosition[]): Promise<GreenLook> => {
  const first = await lookForGreen(ports, cutover, pin);
  if (first.otherwise !== null) return first;
  await ports.clock.sleep(DESCRIBE_LAG_MS);
  return lookForGreen(ports, cutover, pin);
};

const lookForGreen = async (
  ports: Ports,
  cutover: CutoverBindings,
  pin: readonly PinPosition[],
): Promise<GreenLook> => {
  const { sights, reading } = await readRoutes(ports, cutover);
  const { drift, detail } = reading({ greenPercent: 100, pin });
  return { sights, otherwise: otherwiseOf(drift, detail) };
};

const otherwiseOf = (drift: RuleDrift, detail: string): ActOutcome | null => {
  if (drift === "in-sync") return null;
  if (drift === "unreadable") return waiting(`a look at the rules: ${detail}`);
  return drift === "pin-raised" ? failed(RAISED) : notGreen(detail);
};

const RAISED =
  "A pin is raised: somebody sent everything back to blue, and the table does not know of it. It is not deleted, and blue " +
  "is not fenced. Find out who did; to go on, park the pin again; to stay on blue, run: pawl restore.";

/**
 * What stands for a deleted pin on a route that has none: its rule names green alone, so that a rollback that gets no
 * answer from the table sees that blue is being fenced. Only a rule that gives green everything already is written.
 * @returns null where every plain route has it, by an answer or by a look.
 */
const leaveBlueOut = async (ports: Ports, cutover: CutoverBindings): Promise<ActOutcome | null> => {
  if (!hasPlainRoute(cutover)) return null;
  // A look that is behind shows a pin that was deleted, by an answer, as parked.
  const { sights, otherwise } = await lookForGreen(ports, cutover, DELETABLE);
  if (otherwise !== null) return otherwise;
  const plain = sights.flatMap((sight) =>
    sight.kind === "seen" && sight.observed.pin === "none" ? [sight.observed] : [],
  );
  const writes = await Promise.all(
    plain.map(async ({ route, weightedRule }) => {
      const write = { route, greenPercent: 100, stickySeconds: null, alone: "green" } as const;
      const outcome = await ports.rules.writeWeights(write, weightedRule.otherActions, ONE_ATTEMPT);
      return { what: weightedArn(route), outcome };
    }),
  );
  return undone("leaving blue out of a rule", writes);
};

/** What is left to do of these writes; null where all were carried out. One that may be taken later needs nobody yet. */
const undone = (doing: string, sent: readonly Sent[]): ActOutcome | null => {
  const refused = sent.filter(({ outcome }) => outcome.kind === "refused" && !worthRepeating(outcome));
  if (refused.length > 0) return failed(`The load balancer refuses ${doing}. ${sayEach(refused).join("; ")}`);
  const open = sent.filter(({ outcome }) => outcome.kind !== "applied");
  return open.length > 0 ? waiting(`${doing}: ${sayEach(open).join("; ")}`) : null;
};

const notGreen = (detail: string): ActOutcome =>
  failed(
    `The rules do not send everything to green as they were left (${detail}), so no pin is deleted, and blue must not ` +
      "be fenced. Find out who changed them; put them back, the weighted rule to green alone, or run: pawl restore.",
  );
