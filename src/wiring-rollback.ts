import { systemNow } from "./adapters/clock/system-clock.ts";
import { dynamodbLedger } from "./adapters/dynamodb/dynamodb-records.ts";
import { dynamodbState } from "./adapters/dynamodb/dynamodb-state.ts";
import { elbv2Rules } from "./adapters/elbv2/elbv2-rules.ts";
import type { LedgerPort, NotifyPort, StatePort } from "./guard/ports.ts";
import { failureOf } from "./kernel/outside-failure.ts";
import { PawlError } from "./kernel/pawl-error.ts";
import { outsideFailure } from "./kernel/result.ts";
import type { EpochMs } from "./kernel/units.ts";
import type { AlarmsPort } from "./signals/ports.ts";
import { local } from "./wiring-local.ts";
import { type Env, readSettings } from "./wiring-settings.ts";
import { loadBalancerOf, tableOf } from "./wiring-table-and-rules.ts";

/**
 * What going back reaches, from the function as from a laptop. The function always starts cold, and traffic waits for
 * it: its clients are made when it is called, and the SDKs that its first two calls do not need are not even loaded
 * before they are asked for.
 *
 * It needs rights on the load balancer and nothing else. A setting that is missing or mistyped answers as something
 * that cannot be reached would: of all that pawl does this must not depend on the newest deployment being right.
 * @returns what makes them, once; `lacks` says what is wrong with the settings, to be told once all is on blue.
 */
export const rollbackPorts = (env: Env, now = systemNow) => {
  let made: ReturnType<typeof makePorts> | undefined;
  return () => {
    made ??= makePorts(env, now);
    return made;
  };
};

const makePorts = (env: Env, now: () => EpochMs) => {
  const lacks: PawlError[] = [];
  const unlessUnset = <Value>(read: () => Value): Value | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PawlError)) throw error;
      lacks.push(error);
      return null;
    }
  };
  const table = unlessUnset(() => tableOf(env));
  const topic = unlessUnset(() => readSettings(env, "PAWL_TOPIC_ARN").PAWL_TOPIC_ARN);
  const { alarms, notify } = afterwards(env, topic ?? "");
  const why = lacks.map(({ telling }) => telling.what).join(" ");
  return {
    ...local(now),
    ...(table === null ? noTable(why) : { state: dynamodbState(table), ledger: dynamodbLedger(table) }),
    rules: elbv2Rules(loadBalancerOf(env), now),
    alarms,
    notify: topic === null ? noTopic(why) : notify,
    lacks: lacks as readonly PawlError[],
  };
};

const noTable = (why: string): { readonly state: StatePort; readonly ledger: LedgerPort } => {
  const unreachable = async () => outsideFailure("unreachable", why);
  const unknown = async () => ({ kind: "unknown", message: why }) as const;
  return {
    state: { read: unreachable, transition: unknown, latch: unknown },
    ledger: { append: unreachable, read: unreachable },
  };
};

const noTopic = (why: string): NotifyPort => ({ send: async () => outsideFailure("unreachable", why) });

interface Afterwards {
  readonly alarms: AlarmsPort;
  readonly notify: NotifyPort;
}

const afterwards = (env: Env, topicArn: string): Afterwards => {
  let loading: Promise<Afterwards> | undefined;
  const loaded = () => {
    loading ??= import("./wiring-afterwards.ts").then(({ afterwardsPorts }) => afterwardsPorts(env, topicArn));
    return loading;
  };
  // Not even a broken package keeps an alarm that cannot be asked from counting.
  return {
    alarms: {
      read: async (...asked) =>
        loaded().then(
          ({ alarms }) => alarms.read(...asked),
          (error: unknown) => failureOf(error, "Loading what asks alarms"),
        ),
    },
    notify: {
      send: async (...told) =>
        loaded().then(
          ({ notify }) => notify.send(...told),
          (error: unknown) => failureOf(error, "Loading what tells people"),
        ),
    },
  };
};
