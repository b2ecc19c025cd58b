import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import { lowerPin } from "../../../src/guard/lower-pin.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { runPromote } from "../../../src/guard/promote.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { requestAdopt, requestPause, requestResume } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { ok } from "../../../src/kernel/result.ts";
import { type EpochMs, later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { policyDigest } from "../../../src/policy/policy-digest.ts";
import { fakeActs } from "../decommission.ts";
import { DRILL, type FakeWorld, sha256 } from "../fake-world.ts";
import { OTHER_POLICY } from "./situations.ts";

interface Racing {
  readonly world: FakeWorld;
  /** The minute that is due. */
  readonly tick: EpochMs;
}

type Run = (ports: GuardPorts, of: Racing) => Promise<unknown>;

const OLGA = { by: "olga", reason: "she looks" };

const alarm =
  (ageMs: number): Run =>
  async (ports, { world }) => {
    const [bound] = world.cutover.alarms;
    if (bound === undefined) throw new RangeError("a cutover without alarms");
    const { arn: alarmArn, severity } = bound;
    const alarmAt = later(world.clock.now(), -ageMs);
    return snapBack(ports, world.cutover, { kind: "alarm", alarmArn, severity, alarmAt });
  };

/** What may run at once. Where one has nothing to do, it says so and writes nothing. */
export const ACTS = {
  tick: (ports, { world, tick }) => runPromote(ports, world.cutover, tick),
  "the tick after it": (ports, { world, tick }) => runPromote(ports, world.cutover, later(tick, MINUTE_MS)),
  "an alarm": alarm(0),
  "an old alarm": alarm(3_600_000),
  rollback: (ports, { world }) => snapBack(ports, world.cutover, { kind: "operator", ...OLGA, acceptLoss: true }),
  "arm again": (ports, { world }) =>
    rearm(ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [] }),
  "lower the pin": (ports, { world }) => lowerPin(ports, world.cutover, world.state().epoch),
  pause: (ports, { world }) => requestPause(ports, world.cutover.name, OLGA),
  resume: (ports, { world }) => requestResume(ports, world.cutover.name, OLGA),
  adopt: (ports, { world }) =>
    requestAdopt(ports, world.cutover.name, { ...OLGA, policyDigest: policyDigest(OTHER_POLICY, sha256) }),
  decommission: (ports, { world }) => {
    const alarmSwitch = { disableActions: async () => ok(undefined) };
    const acts = {
      ...fakeActs(ports.journal, world.cutover.name).acts,
      ...loadBalancerActs({ ...ports, alarmSwitch }),
    };
    return runDecommission({ ...ports, acts, hasTime: () => true }, world.cutover);
  },
} satisfies Record<string, Run>;

export type Act = keyof typeof ACTS;
