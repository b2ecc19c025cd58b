import type { CutoverState } from "../../../src/decision/state.ts";
import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import { type DecommissionProgress, runDecommission } from "../../../src/decommission/run-decommission.ts";
import { answerRollback, type RollbackAnswer } from "../../../src/edge/answer-rollback.ts";
import { parseRollbackEvent, parseTickEvent, parseWorkerEvent } from "../../../src/edge/events.ts";
import { runObserve } from "../../../src/guard/observe.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { runPromote } from "../../../src/guard/promote.ts";
import { runTick } from "../../../src/guard/tick.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { ok } from "../../../src/kernel/result.ts";
import type { AlarmsPort } from "../../../src/signals/ports.ts";
import { decommissionPorts, observePorts, operatorPorts, promotePorts, tickPorts } from "../../../src/wiring.ts";
import { rollbackPorts } from "../../../src/wiring-rollback.ts";
import { fakeActs } from "../../support/decommission.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { type Accepted, type GuardedAccount, startGuardedAccount } from "./guarded-account.ts";

type Asked = "metrics" | "hosts";
type Signals = Pick<GuardPorts, "metrics" | "hosts" | "alarms">;

/** Ports that a worker has in the place of its own. */
export interface Instead {
  readonly promote?: Partial<ReturnType<typeof promotePorts>>;
  readonly decommission?: Partial<ReturnType<typeof decommissionPorts>>;
}

/** A whole world in which each function calls AWS in its own role; what AWS's signals would say, the fake world says. */
export interface GuardedWorld {
  readonly account: GuardedAccount;
  readonly world: FakeWorld;
  /** The operator's ports. */
  readonly operator: GuardPorts;
  /** Promote's and decommission's ports, for a spec that puts something around them. */
  readonly promote: ReturnType<typeof promotePorts>;
  readonly decommission: ReturnType<typeof decommissionPorts>;
  /** The next scheduled minute, and everything it starts. */
  minute(instead?: Instead): Promise<void>;
  /** The newest event of a worker once more, as a duplicate would run it. */
  again(name: "promote" | "decommission"): Promise<void>;
  until(what: string, holds: (state: CutoverState) => boolean, limit?: number): Promise<CutoverState>;
  state(): Promise<CutoverState>;
  /** An event reaches `rollback`. */
  rollback(event: unknown): Promise<readonly RollbackAnswer[]>;
  /** What decommission last said. */
  readonly progress: DecommissionProgress[];
}

export const startGuardedWorld = async (): Promise<GuardedWorld> => {
  const world = fakeWorld();
  const { clock, cutover } = world;
  const account = await startGuardedAccount(clock);
  const now = () => clock.now();
  const onOurClock = <Ports extends object>(ports: Ports) => ({ ...ports, clock });
  const operator = withTruth(onOurClock(operatorPorts(account.operator, now)), world);
  const promote = withTruth(onOurClock(promotePorts(account.env("promote"), now)), world);
  const rolling = rollbackPorts(account.env("rollback"), now)();
  const rollback = withTruth(onOurClock(rolling), world);
  const wired = decommissionPorts(account.env("decommission"), now);
  const decommission = withTruth(onOurClock(wired), world);
  const observe = { ...onOurClock(observePorts(account.env("observe"), now)), ...streamsOf(world) };
  const tick = onOurClock(tickPorts(account.env("tick"), now));
  const fake = fakeActs(wired.journal, cutover.name);
  const acts = { ...fake.acts, ...loadBalancerActs(decommission) };
  const progress: DecommissionProgress[] = [];

  const answer = (event: unknown) => answerRollback(rollback, [ORDERS], parseRollbackEvent(event));
  const newest = new Map<string, Accepted>();
  const deliver = async ({ name, payload }: Accepted, instead: Instead): Promise<void> => {
    newest.set(name, { name, payload });
    if (name === "pawl-rollback") return void (await answer(payload));
    const { tick: at } = parseWorkerEvent(payload);
    if (name === "pawl-observe") await runObserve(observe, cutover, at);
    if (name === "pawl-promote") await runPromote({ ...promote, ...instead.promote }, cutover, at);
    if (name === "pawl-decommission") {
      const ports = { ...decommission, ...instead.decommission, acts, hasTime: () => true };
      progress.push(await runDecommission(ports, cutover));
    }
  };
  const state = async (): Promise<CutoverState> => {
    const read = await operator.state.read(cutover.name, 5_000 as never);
    if (!read.ok || read.value === null) throw new Error("there is no state");
    return read.value;
  };
  const minute = async (instead: Instead = {}): Promise<void> => {
    const { tick: at } = parseTickEvent({ scheduledTime: toIso(world.nextMinute()) });
    await runTick(tick, at);
    for (let job = account.accepted.shift(); job !== undefined; job = account.accepted.shift())
      await deliver(job, instead);
  };
  return {
    ...{ account, world, promote, decommission, minute, state, progress, rollback: answer },
    operator: { ...world.ports, ...operator },
    again: async (name) => {
      const event = newest.get(`pawl-${name}`);
      if (event !== undefined) await deliver(event, {});
    },
    until: async (what, holds, limit = 90) => {
      for (let left = limit; left >= 0; left -= 1) {
        const seen = await state();
        if (holds(seen)) return seen;
        await minute();
      }
      const { phase, weightPercent, blocking, latch } = await state();
      throw new Error(`${what}: ${phase} at ${weightPercent} %, ${latch?.cause.kind}, ${JSON.stringify(blocking)}`);
    },
  };
};

/** The fake world says which alarms fire; whether they still call anybody is what AWS was told. */
const alarmsAsSwitched = (asked: AlarmsPort, truth: AlarmsPort): AlarmsPort => ({
  read: async (arns, timeoutMs) => {
    const [real, told] = [await asked.read(arns, timeoutMs), await truth.read(arns, timeoutMs)];
    if (!real.ok || !told.ok) return real.ok ? told : real;
    const enabled = new Map(real.value.map((alarm) => [alarm.arn, alarm.actionsEnabled]));
    return ok(told.value.map((alarm) => ({ ...alarm, actionsEnabled: enabled.get(alarm.arn) === true })));
  },
});

const streamsOf = ({ ports: { streams, drain } }: FakeWorld) => ({ streams, drain });

/** Asks AWS, in the caller's role, and believes the fake world; rules are written to both, because its traffic follows them. */
const withTruth = <Ports extends Partial<Signals> & Pick<GuardPorts, "rules">>(
  ports: Ports,
  world: FakeWorld,
): Ports => {
  const both = (name: Asked) => {
    const asked = ports[name];
    const truth = world.ports[name];
    if (asked === undefined) return {};
    const read = async (...args: Parameters<typeof asked.read>) => {
      await (asked.read as (...of: unknown[]) => unknown)(...args);
      return (truth.read as (...of: unknown[]) => unknown)(...args);
    };
    return { [name]: { read } };
  };
  const { rules } = ports;
  const mirrored = <Args extends unknown[], Outcome extends { readonly kind: string }>(
    write: (...args: Args) => Promise<Outcome>,
    mirror: (...args: Args) => Promise<unknown>,
  ) => {
    return async (...args: Args): Promise<Outcome> => {
      const outcome = await write(...args);
      if (outcome.kind === "applied") await mirror(...args);
      return outcome;
    };
  };
  return {
    ...ports,
    ...both("metrics"),
    ...both("hosts"),
    ...(ports.alarms === undefined ? {} : { alarms: alarmsAsSwitched(ports.alarms, world.ports.alarms) }),
    rules: {
      listListeners: rules.listListeners,
      readListener: rules.readListener,
      writeWeights: mirrored(rules.writeWeights, world.rules.writeWeights),
      movePin: mirrored(rules.movePin, world.rules.movePin),
      deletePin: mirrored(rules.deletePin, world.rules.deletePin),
    },
  };
};
