import { cloudwatchAlarms } from "./adapters/cloudwatch/cloudwatch-alarms.ts";
import { snsNotify } from "./adapters/sns/sns-notify.ts";
import { cloudwatchOf, snsOf } from "./wiring-aws.ts";
import type { Env } from "./wiring-settings.ts";

/** What `rollback` may need once traffic is on its way back: to tell people, and to ask an alarm that is not this epoch's. */
export const afterwardsPorts = (env: Env, topicArn: string) => ({
  alarms: cloudwatchAlarms(cloudwatchOf(env)),
  notify: snsNotify(snsOf(env), topicArn),
});
