import { systemNow } from "./adapters/clock/system-clock.ts";
import { dynamodbLedger } from "./adapters/dynamodb/dynamodb-records.ts";
import { dynamodbState } from "./adapters/dynamodb/dynamodb-state.ts";
import { elbv2Rules } from "./adapters/elbv2/elbv2-rules.ts";
import type { NotifyPort } from "./guard/ports.ts";
import { failureOf } from "./kernel/outside-failure.ts";
import type { EpochMs } from "./kernel/units.ts";
import type { AlarmsPort } from "./signals/ports.ts";
import { local } from "./wiring-local.ts";
import { type Env, readSettings } from "./wiring-settings.ts";
import { loadBalancerOf, tableOf } from "./wiring-table-and-rules.ts";

/**
 * What `rollback` reaches. It always starts cold, and traffic waits for it: its clients are made when it is called, and
 * the SDKs that its first two calls do not need are not even loaded before they are asked for.
 * @returns what makes them, once. @throws {PawlError} settings-missing, setting-malformed, at once.
 */
export const rollbackPorts = (env: Env, now = systemNow) => {
  readSettings(env, "PAWL_TABLE", "PAWL_TOPIC_ARN");
  let made: ReturnType<typeof makePorts> | undefined;
  return () => {
    made ??= makePorts(env, now);
    return made;
  };
};

const makePorts = (env: Env, now: () => EpochMs) => {
  const table = tableOf(env);
  return {
    ...local(now),
    state: dynamodbState(table),
    ledger: dynamodbLedger(table),
    rules: elbv2Rules(loadBalancerOf(env), now),
    ...afterwards(env),
  };
};

const afterwards = (env: Env): { readonly alarms: AlarmsPort; readonly notify: NotifyPort } => {
  let loading: Promise<{ readonly alarms: AlarmsPort; readonly notify: NotifyPort }> | undefined;
  const loaded = () => {
    loading ??= import("./wiring-afterwards.ts").then(({ afterwardsPorts }) => afterwardsPorts(env));
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
