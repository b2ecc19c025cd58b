import { systemNow } from "./adapters/clock/system-clock.ts";
import { cloudwatchAlarmSwitch, cloudwatchAlarms } from "./adapters/cloudwatch/cloudwatch-alarms.ts";
import { cloudwatchMetrics } from "./adapters/cloudwatch/cloudwatch-metrics.ts";
import {
  dynamodbActive,
  dynamodbEvidence,
  dynamodbJournal,
  dynamodbLedger,
  dynamodbObserved,
  dynamodbPolicies,
  dynamodbSnapshots,
} from "./adapters/dynamodb/dynamodb-records.ts";
import { dynamodbState } from "./adapters/dynamodb/dynamodb-state.ts";
import { elbv2Hosts } from "./adapters/elbv2/elbv2-hosts.ts";
import { elbv2Rules } from "./adapters/elbv2/elbv2-rules.ts";
import { lambdaInvoke } from "./adapters/lambda/lambda-invoke.ts";
import { snsNotify } from "./adapters/sns/sns-notify.ts";
import { cloudwatchOf, lambdaOf, snsOf } from "./wiring-aws.ts";
import { local, sha256 } from "./wiring-local.ts";
import { type Env, readSettings } from "./wiring-settings.ts";
import { loadBalancerOf, tableOf } from "./wiring-table-and-rules.ts";

// One builder a function. Each builds only what the function's role may use; the type of what the guard is handed
// says so again. Settings are read when the function loads: a deployment fails, not a cutover. Rollback's is in a file of its
// own.

export const tickPorts = (env: Env, now = systemNow) => {
  const settings = readSettings(
    env,
    "PAWL_TABLE",
    "PAWL_OBSERVE_FUNCTION",
    "PAWL_PROMOTE_FUNCTION",
    "PAWL_DECOMMISSION_FUNCTION",
  );
  const table = tableOf(env);
  return {
    ...local(now),
    active: dynamodbActive(table),
    state: dynamodbState(table),
    invoke: lambdaInvoke(lambdaOf(env), {
      observe: settings.PAWL_OBSERVE_FUNCTION,
      promote: settings.PAWL_PROMOTE_FUNCTION,
      decommission: settings.PAWL_DECOMMISSION_FUNCTION,
    }),
  };
};

export const promotePorts = (env: Env, now = systemNow) => {
  const settings = readSettings(env, "PAWL_TABLE", "PAWL_TOPIC_ARN", "PAWL_ROLLBACK_FUNCTION");
  const table = tableOf(env);
  const loadBalancer = loadBalancerOf(env);
  const cloudwatch = cloudwatchOf(env);
  return {
    ...local(now),
    state: dynamodbState(table),
    observed: dynamodbObserved(table),
    snapshots: dynamodbSnapshots(table),
    policies: dynamodbPolicies(table, sha256),
    ledger: dynamodbLedger(table),
    evidence: dynamodbEvidence(table),
    metrics: cloudwatchMetrics(cloudwatch, now),
    alarms: cloudwatchAlarms(cloudwatch),
    hosts: elbv2Hosts(loadBalancer),
    rules: elbv2Rules(loadBalancer, now),
    notify: snsNotify(snsOf(env), settings.PAWL_TOPIC_ARN),
    invoke: lambdaInvoke(lambdaOf(env), { rollback: settings.PAWL_ROLLBACK_FUNCTION }),
  };
};

/** The AWS half of what `observe` reaches; the other half is in the VPC. */
export const observePorts = (env: Env, now = systemNow) => {
  const table = tableOf(env);
  return {
    ...local(now),
    state: dynamodbState(table),
    snapshots: dynamodbSnapshots(table),
    observed: dynamodbObserved(table),
  };
};

/** The AWS half of what `decommission` reaches. */
export const decommissionPorts = (env: Env, now = systemNow) => {
  const settings = readSettings(env, "PAWL_TABLE", "PAWL_TOPIC_ARN");
  const table = tableOf(env);
  const cloudwatch = cloudwatchOf(env);
  return {
    ...local(now),
    state: dynamodbState(table),
    active: dynamodbActive(table),
    ledger: dynamodbLedger(table),
    journal: dynamodbJournal(table),
    alarms: cloudwatchAlarms(cloudwatch),
    alarmSwitch: cloudwatchAlarmSwitch(cloudwatch),
    rules: elbv2Rules(loadBalancerOf(env), now),
    notify: snsNotify(snsOf(env), settings.PAWL_TOPIC_ARN),
  };
};

/** Everything on AWS that an operator's command may reach, by the operator's own rights. */
export const operatorPorts = (env: Env, now = systemNow) => {
  const settings = readSettings(env, "PAWL_TABLE", "PAWL_TOPIC_ARN", "PAWL_ROLLBACK_FUNCTION");
  return {
    ...promotePorts(env, now),
    ...decommissionPorts(env, now),
    invoke: lambdaInvoke(lambdaOf(env), { rollback: settings.PAWL_ROLLBACK_FUNCTION }),
  };
};
