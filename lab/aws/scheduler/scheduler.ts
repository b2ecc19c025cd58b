import { randomUUID } from "node:crypto";
import { toIso } from "../../../src/kernel/instant.ts";
import { type DurationMs, type EpochMs, later } from "../../../src/kernel/units.ts";
import { LAB_ACCOUNT_ID, LAB_REGION, type LabContext, type ResourceProvider } from "../contracts.ts";
import type { Roles } from "../iam/roles.ts";
import { LabTimers } from "../lab-timers.ts";
import type { Lambda } from "../lambda/lambda.ts";
import type { Queues } from "../sqs/queues.ts";
import { readOccurrences } from "./occurrences.ts";
import { readSchedule, SCHEDULE_TYPE, type ScheduleProperties } from "./schedule-properties.ts";

const SERVICE = "scheduler.amazonaws.com";

export interface Scheduler {
  readonly provider: ResourceProvider;
  /** Switches a schedule off or on, as an operator would. @throws where there is no such schedule. */
  setEnabled(name: string, enabled: boolean): void;
  stop(): void;
}

interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly period: DurationMs;
  readonly target: ScheduleProperties["Target"];
  enabled: boolean;
}

export interface SchedulerSpec {
  readonly context: LabContext;
  readonly lambda: Lambda;
  readonly roles: Roles;
  readonly queues: Queues;
}

export const createScheduler = (spec: SchedulerSpec): Scheduler => {
  const { context, roles } = spec;
  const timers = new LabTimers(context.clock);
  const schedules = new Map<string, Schedule>();
  const fireAt = (schedule: Schedule, scheduledTime: EpochMs): void =>
    timers.at(scheduledTime, () => {
      fireAt(schedule, later(scheduledTime, schedule.period));
      if (schedule.enabled) fire(spec, schedule, scheduledTime);
    });
  return {
    provider: {
      types: [SCHEDULE_TYPE],
      create: async (logicalId, _type, raw) => {
        const properties = readSchedule(logicalId, raw);
        const name = properties.Name ?? logicalId;
        const arn = `arn:aws:scheduler:${LAB_REGION}:${LAB_ACCOUNT_ID}:schedule/default/${name}`;
        // AWS refuses only a role that does not trust it; a missing right shows in the dead-letter queue alone.
        const distrust = roles.distrust(properties.Target.RoleArn, SERVICE);
        if (distrust !== null) throw new Error(`${SCHEDULE_TYPE} ${logicalId}: ${distrust}`);
        const { period, first } = readOccurrences(properties.ScheduleExpression);
        const schedule = { name, arn, period, target: properties.Target, enabled: properties.State !== "DISABLED" };
        schedules.set(name, schedule);
        fireAt(schedule, first(context.clock.now()));
        return { ref: name, attributes: { Arn: arn } };
      },
    },
    setEnabled: (name, enabled) => {
      const schedule = schedules.get(name);
      if (schedule === undefined) throw new Error(`the schedule ${name} does not exist`);
      schedule.enabled = enabled;
      context.log(`scheduler: ${name} is ${enabled ? "enabled" : "disabled"}`);
    },
    stop: () => timers.stop(),
  };
};

/** Starts the target as the schedule's role; what cannot be delivered goes to the dead-letter queue. */
const fire = (
  { lambda, roles, queues, context }: SchedulerSpec,
  { arn, name, target }: Schedule,
  at: EpochMs,
): void => {
  const input = substitute(target.Input ?? defaultInput(arn, at), arn, at);
  const refusal = roles.refusal(target.RoleArn, SERVICE, "lambda:InvokeFunction", target.Arn);
  const found = lambda.find(target.Arn);
  if (refusal === null && found !== undefined) return void found.accept(input);
  const why = refusal ?? `${target.Arn} does not exist`;
  context.log(`scheduler: ${name} could not start its target: ${why}`);
  const deadLetterArn = target.DeadLetterConfig?.Arn;
  if (deadLetterArn === undefined) return;
  const mayNotSend = roles.refusal(target.RoleArn, SERVICE, "sqs:SendMessage", deadLetterArn);
  if (mayNotSend === null)
    queues.send(deadLetterArn, input, { ERROR_CODE: "AccessDeniedException", ERROR_MESSAGE: why });
  else context.log(`scheduler: ${name}: ${mayNotSend}; the event is gone`);
};

/** Scheduler's own spelling: no milliseconds. */
const seconds = (at: EpochMs): string => toIso(at).replace(/\.\d+Z$/, "Z");

const substitute = (input: string, scheduleArn: string, at: EpochMs): string =>
  input
    .replaceAll("<aws.scheduler.scheduled-time>", seconds(at))
    .replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
    .replaceAll("<aws.scheduler.execution-id>", randomUUID())
    .replaceAll("<aws.scheduler.attempt-number>", "1");

const defaultInput = (scheduleArn: string, at: EpochMs): string =>
  JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: LAB_ACCOUNT_ID,
    time: seconds(at),
    region: LAB_REGION,
    resources: [scheduleArn],
    detail: "{}",
  });
