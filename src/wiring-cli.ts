import { cloudwatchAlarmMutes, cloudwatchAlarmSetter } from "./adapters/cloudwatch/cloudwatch-alarms.ts";
import {
  dynamodbEvidence,
  dynamodbJournal,
  dynamodbLedger,
  dynamodbPolicies,
  dynamodbSnapshots,
} from "./adapters/dynamodb/dynamodb-records.ts";
import { dynamodbState } from "./adapters/dynamodb/dynamodb-state.ts";
import { elbv2Rules } from "./adapters/elbv2/elbv2-rules.ts";
import { elbv2TargetGroups } from "./adapters/elbv2/elbv2-target-groups.ts";
import { lambdaProbe } from "./adapters/lambda/lambda-probe.ts";
import { snsNotify } from "./adapters/sns/sns-notify.ts";
import type { PasswordSetting } from "./cdc/plan-types.ts";
import type { EpochMs } from "./kernel/units.ts";
import { operatorPorts } from "./wiring.ts";
import { cloudwatchOf, lambdaOf, snsOf } from "./wiring-aws.ts";
import { cdcSettings, createCdcAdminPorts, createCdcPorts } from "./wiring-cdc.ts";
import { local, sha256 } from "./wiring-local.ts";
import { type Env, readSettings } from "./wiring-settings.ts";
import { loadBalancerOf, tableOf } from "./wiring-table-and-rules.ts";

type Now = () => EpochMs;

/** To look at a cutover: `status`, `explain`, `restore`, `ledger verify`. Writes nothing. */
export const lookingPorts = (env: Env, now: Now) => {
  const table = tableOf(env);
  return {
    ...local(now),
    state: dynamodbState(table),
    policies: dynamodbPolicies(table, sha256),
    ledger: dynamodbLedger(table),
    evidence: dynamodbEvidence(table),
    snapshots: dynamodbSnapshots(table),
    journal: dynamodbJournal(table),
    rules: elbv2Rules(loadBalancerOf(env), now),
  };
};

/** To publish a policy. */
export const publishingPorts = (env: Env, now: Now) => ({
  ...local(now),
  policies: dynamodbPolicies(tableOf(env), sha256),
});

/** To leave a request in the state: `pause`, `resume`, `approve`, `adopt`. */
export const requestingPorts = (env: Env, now: Now) => {
  // Both at once, so that whoever lacks both is told of both.
  const { PAWL_TOPIC_ARN } = readSettings(env, "PAWL_TABLE", "PAWL_TOPIC_ARN");
  const table = tableOf(env);
  return {
    ...local(now),
    state: dynamodbState(table),
    policies: dynamodbPolicies(table, sha256),
    ledger: dynamodbLedger(table),
    notify: snsNotify(snsOf(env), PAWL_TOPIC_ARN),
  };
};

/** An operator's own statement on a large table may take minutes; a comparison of rows brings a time-out of its own. */
const STATEMENT_TIMEOUT_MS = 600_000;
const QUERY_TIMEOUT_MS = 20_000;

/** CDC as the guard sees it, for `cdc check`, `doctor` and `arm`. */
export const cdcReach = (env: Env, now: Now) => createCdcPorts(cdcSettings(env, QUERY_TIMEOUT_MS), now);

/** CDC as an administrator sees it, for `cdc plan` and `cdc apply`. */
export const cdcAdminReach = (env: Env, now: Now) => {
  const admin = readSettings(env, "PAWL_BLUE_ADMIN_URL", "PAWL_GREEN_ADMIN_URL");
  return createCdcAdminPorts(
    {
      ...cdcSettings(env, STATEMENT_TIMEOUT_MS),
      blueAdminUrl: admin.PAWL_BLUE_ADMIN_URL,
      greenAdminUrl: admin.PAWL_GREEN_ADMIN_URL,
    },
    now,
  );
};

/** To see whether green has users, for `cdc apply`. */
export const ruleReadingPorts = (env: Env, now: Now) => ({
  ...local(now),
  rules: elbv2Rules(loadBalancerOf(env), now),
});

/** The passwords that `cdc apply` gives to the roles it makes; the guard's own stands in its address. */
export const cdcPasswords = (env: Env): Readonly<Record<PasswordSetting, string>> => {
  const { PAWL_BLUE_URL, PAWL_GREEN_URL, ...own } = readSettings(
    env,
    "PAWL_CDC_SOURCE_PASSWORD",
    "PAWL_CDC_SINK_PASSWORD",
    "PAWL_BLUE_URL",
    "PAWL_GREEN_URL",
  );
  return { ...own, PAWL_BLUE_URL: passwordIn(PAWL_BLUE_URL), PAWL_GREEN_URL: passwordIn(PAWL_GREEN_URL) };
};

const passwordIn = (url: string): string => decodeURIComponent(new URL(url).password);

/** Everything that has to be looked at, and written, to arm. */
export const armingPorts = (env: Env, now: Now) => ({
  ...operatorPorts(env, now),
  functions: lambdaProbe(lambdaOf(env)),
  mutes: cloudwatchAlarmMutes(cloudwatchOf(env)),
  targetGroups: elbv2TargetGroups(loadBalancerOf(env)),
});

/** And to rehearse the way back. */
export const drillingPorts = (env: Env, now: Now) => ({
  ...armingPorts(env, now),
  alarmSetter: cloudwatchAlarmSetter(cloudwatchOf(env)),
});
