import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlarmTransition } from "../../../lab/aws/contracts.ts";
import { cloudwatchAlarmMutes } from "../../../src/adapters/cloudwatch/cloudwatch-alarms.ts";
import { parseRollbackEvent } from "../../../src/edge/events.ts";
import { durationMs, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import {
  dimensions,
  failureOf,
  type Host,
  type ManualClock,
  manualClock,
  says,
  startAccount,
  startHost,
  type TestAccount,
} from "../../support/lab-account.ts";

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:pawl-rollback";
const ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors";

let account: TestAccount;
let clock: ManualClock;
let transitions: AlarmTransition[];
let hosts: Host[] = [];

const start = async (targets: Host[] = []): Promise<void> => {
  clock = manualClock();
  hosts = targets;
  transitions = [];
  account = await startAccount(clock, { targets: { blue: targets, green: [] } });
  account.cloudwatch.onTransition((transition) => transitions.push(transition));
};
beforeEach(() => start());
afterEach(async () => {
  await account.close();
  await Promise.all(hosts.map((host) => host.kill()));
});

const alarm: PutMetricAlarmCommandInput = {
  AlarmName: "errors",
  Namespace: "Shop",
  MetricName: "Errors",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 2,
  ComparisonOperator: "GreaterThanThreshold",
  TreatMissingData: "notBreaching",
  AlarmActions: [FUNCTION],
};
const putAlarm = (change: Partial<PutMetricAlarmCommandInput> = {}) =>
  account.watch.send(new PutMetricAlarmCommand({ ...alarm, ...change }));
const shown = async (name = "errors") => {
  const { MetricAlarms } = await account.watch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms?.[0];
};
/** A minute passes, in which this many errors are counted, and the alarms are judged 35 s after it. */
const minute = async (errors?: number): Promise<void> => {
  const Timestamp = new Date(clock.now());
  if (errors !== undefined)
    await account.watch.send(
      new PutMetricDataCommand({ Namespace: "Shop", MetricData: [{ MetricName: "Errors", Value: errors, Timestamp }] }),
    );
  endMinute();
};
const endMinute = (): void => {
  clock.set(minuteOf(clock.now()));
  clock.advance(MINUTE_MS + 35_000);
  account.cloudwatch.evaluateAlarms();
};
const moves = () => transitions.map(({ from, to }) => `${from} -> ${to}`);

describe("an alarm", () => {
  it("begins without data, fires for the state it finds, and after that on transitions only", async () => {
    await putAlarm();
    expect(await shown()).toMatchObject({
      AlarmArn: ARN,
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Unchecked: Initial alarm creation",
      ActionsEnabled: true,
    });
    await minute(0);
    await minute(9);
    expect(moves()).toEqual(["INSUFFICIENT_DATA -> OK"]);
    await minute(9);
    await minute(9);
    expect(moves()).toEqual(["INSUFFICIENT_DATA -> OK", "OK -> ALARM"]);
    for (const errors of [0, 0, 0]) await minute(errors);
    expect(moves().at(-1)).toBe("ALARM -> OK");
    expect(transitions.map((transition) => transition.actionArns)).toEqual([[], [FUNCTION], []]);
  });

  it("explains itself in the words of CloudWatch", async () => {
    await putAlarm();
    for (const errors of [0, 9, 3.5]) await minute(errors);
    const { StateReason, StateReasonData, StateUpdatedTimestamp } = (await shown()) ?? {};
    expect(StateReason).toBe(
      "Threshold Crossed: 2 out of the last 3 datapoints [3.5 (22/11/26 09:02:00), 9.0 (22/11/26 09:01:00)] " +
        "were greater than the threshold (2.0) (minimum 2 datapoints for OK -> ALARM transition).",
    );
    expect(JSON.parse(StateReasonData ?? "")).toMatchObject({
      version: "1.0",
      queryDate: "2026-11-22T09:03:35.000+0000",
      statistic: "Sum",
      period: 60,
      recentDatapoints: [3.5, 9, 0],
      threshold: 2,
    });
    expect(StateUpdatedTimestamp).toEqual(new Date("2026-11-22T09:03:35.000Z"));
  });

  it("without any data follows its treatment of missing data", async () => {
    await putAlarm({ AlarmName: "beat", TreatMissingData: "breaching" });
    await putAlarm({ AlarmName: "unsaid", TreatMissingData: undefined });
    await putAlarm();
    await minute();
    expect((await shown("beat"))?.StateValue).toBe("ALARM");
    expect((await shown("unsaid"))?.StateValue).toBe("INSUFFICIENT_DATA");
    expect((await shown())?.StateReason).toBe(
      "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].",
    );
  });

  it("transitions in silence while its actions are off", async () => {
    await putAlarm();
    await account.watch.send(new DisableAlarmActionsCommand({ AlarmNames: ["errors"] }));
    for (const errors of [9, 9]) await minute(errors);
    expect(transitions.map(({ to, actionArns }) => [to, actionArns])).toEqual([
      ["OK", []],
      ["ALARM", []],
    ]);
    expect((await shown())?.ActionsEnabled).toBe(false);
    await account.watch.send(new EnableAlarmActionsCommand({ AlarmNames: ["errors"] }));
    expect((await shown())?.ActionsEnabled).toBe(true);
  });

  it("that is muted transitions without its actions, and is listed under its mute rule", async () => {
    await putAlarm();
    const mutes = cloudwatchAlarmMutes(account.watch);
    const listed = () => mutes.read([ARN, ARN.replace("errors", "others")], durationMs(2_000));
    expect(await listed()).toEqual({ ok: true, value: [] });
    const unmute = account.cloudwatch.muteAlarms("maintenance", ["errors"]);
    expect(await listed()).toEqual({ ok: true, value: [{ arn: ARN, rule: expect.stringMatching(/:maintenance$/) }] });
    for (const errors of [9, 9]) await minute(errors);
    expect(transitions.at(-1)).toMatchObject({ to: "ALARM", actionArns: [], bridgeEvent: { resources: [ARN] } });
    unmute();
    expect(await listed()).toEqual({ ok: true, value: [] });
  });

  it("can be set to a state for a drill, and takes itself back", async () => {
    await putAlarm();
    await minute(0);
    const drill = new SetAlarmStateCommand({ AlarmName: "errors", StateValue: "ALARM", StateReason: "drill" });
    await account.watch.send(drill);
    await account.watch.send(drill);
    expect(transitions.at(-1)).toMatchObject({ from: "OK", to: "ALARM", reason: "drill", actionArns: [FUNCTION] });
    expect(transitions).toHaveLength(2);
    await minute(0);
    expect(moves().at(-1)).toBe("ALARM -> OK");
  });

  it("keeps its state when it is configured anew, and is gone when deleted", async () => {
    await putAlarm();
    await minute(0);
    await putAlarm({ Threshold: 5 });
    expect(await shown()).toMatchObject({ StateValue: "OK", Threshold: 5 });
    await account.watch.send(new DeleteAlarmsCommand({ AlarmNames: ["errors"] }));
    expect(await shown()).toBeUndefined();
  });

  it("of a percentile may wait for enough samples", async () => {
    const { Statistic: _plain, ...rest } = alarm;
    const p99 = { ...rest, ExtendedStatistic: "p99", EvaluateLowSampleCountPercentile: "ignore" };
    await account.watch.send(new PutMetricAlarmCommand({ ...p99, AlarmName: "careful" }));
    await account.watch.send(
      new PutMetricAlarmCommand({ ...p99, AlarmName: "eager", EvaluateLowSampleCountPercentile: "evaluate" }),
    );
    for (const errors of [9, 9]) await minute(errors);
    expect((await shown("eager"))?.StateValue).toBe("ALARM");
    expect((await shown("careful"))?.StateValue).toBe("INSUFFICIENT_DATA");
  });
});

describe("what a transition tells the world", () => {
  beforeEach(async () => {
    await putAlarm({ AlarmDescription: "too many", Dimensions: [{ Name: "Side", Value: "green" }] });
    clock.set(minuteOf(clock.now()));
    await account.watch.send(
      new SetAlarmStateCommand({ AlarmName: "errors", StateValue: "ALARM", StateReason: "drill" }),
    );
  });
  const previousState = {
    value: "INSUFFICIENT_DATA",
    reason: "Unchecked: Initial alarm creation",
    timestamp: "2026-11-22T09:00:00.000+0000",
  };
  const described = {
    alarmName: "errors",
    state: { value: "ALARM", reason: "drill", timestamp: "2026-11-22T09:00:00.000+0000" },
    previousState,
    configuration: {
      description: "too many",
      metrics: [
        {
          id: "m1",
          metricStat: {
            metric: { namespace: "Shop", name: "Errors", dimensions: { Side: "green" } },
            period: 60,
            stat: "Sum",
          },
          returnData: true,
        },
      ],
    },
  };

  it("is one and the same to pawl, by whichever way it comes", () => {
    const [told] = transitions;
    const sns = { Records: [{ EventSource: "aws:sns", Sns: { Message: JSON.stringify(told?.snsMessage) } }] };
    const read = [told?.directEvent, told?.bridgeEvent, sns].map(parseRollbackEvent);
    expect(read).toEqual(
      ["action", "eventbridge", "sns"].map((via) => ({
        kind: "alarm",
        alarmArn: ARN,
        state: "ALARM",
        alarmAt: Date.parse("2026-11-22T09:00:00.000Z"),
        via,
      })),
    );
  });

  it("directly to a function", () => {
    expect(transitions[0]?.directEvent).toEqual({
      source: "aws.cloudwatch",
      alarmArn: ARN,
      accountId: "000000000000",
      time: "2026-11-22T09:00:00.000+0000",
      region: "us-east-1",
      alarmData: described,
    });
  });

  it("to EventBridge", () => {
    expect(transitions[0]?.bridgeEvent).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "CloudWatch Alarm State Change",
      source: "aws.cloudwatch",
      account: "000000000000",
      time: "2026-11-22T09:00:00Z",
      region: "us-east-1",
      resources: [ARN],
      detail: described,
    });
  });

  it("to SNS", () => {
    expect(transitions[0]?.snsMessage).toMatchObject({
      AlarmName: "errors",
      NewStateValue: "ALARM",
      OldStateValue: "INSUFFICIENT_DATA",
      Region: "US East (N. Virginia)",
      Trigger: { MetricName: "Errors", Statistic: "SUM", Dimensions: [{ name: "Side", value: "green" }], Threshold: 2 },
    });
  });
});

describe("DescribeAlarms", () => {
  beforeEach(async () => {
    for (const AlarmName of ["a-1", "a-2", "b-1"]) await putAlarm({ AlarmName });
  });
  const names = async (input: DescribeAlarmsCommandInput) => {
    const { MetricAlarms, NextToken } = await account.watch.send(new DescribeAlarmsCommand(input));
    return [MetricAlarms?.map((one) => one.AlarmName), NextToken];
  };

  it("leaves out what it does not know", async () => {
    expect(await names({ AlarmNames: ["b-1", "nobody"] })).toEqual([["b-1"], undefined]);
  });

  it("finds by prefix, state and action, in pages", async () => {
    expect(await names({ AlarmNamePrefix: "a-" })).toEqual([["a-1", "a-2"], undefined]);
    expect(await names({ StateValue: "ALARM" })).toEqual([[], undefined]);
    expect(await names({ ActionPrefix: FUNCTION, AlarmTypes: ["MetricAlarm"] })).toEqual([
      ["a-1", "a-2", "b-1"],
      undefined,
    ]);
    expect(await names({ MaxRecords: 2 })).toEqual([["a-1", "a-2"], "2"]);
    expect(await names({ MaxRecords: 2, NextToken: "2" })).toEqual([["b-1"], undefined]);
  });
});

describe("PutMetricAlarm", () => {
  const math = [
    { Id: "e", MetricStat: { Metric: { Namespace: "Shop", MetricName: "Errors" }, Stat: "Sum", Period: 60 } },
  ];
  it.each<[string, Partial<PutMetricAlarmCommandInput>]>([
    ["more points than periods", { DatapointsToAlarm: 4 }],
    ["no threshold", { Threshold: undefined }],
    ["no comparison", { ComparisonOperator: undefined }],
    ["an unknown treatment of missing data", { TreatMissingData: "notbreaching" }],
    ["both kinds of statistic", { ExtendedStatistic: "p99" }],
    ["a high-resolution period", { Period: 10 }],
    ["metrics beside a metric", { Metrics: math }],
    ["an anomaly band", { ThresholdMetricId: "m1" }],
    ["a look back of more than a day", { Period: 3_600, EvaluationPeriods: 25 }],
  ])("refuses %s", async (_what, change) => {
    expect((await failureOf(putAlarm(change))).name).toBe("ValidationException");
  });

  it("refuses to act on an alarm that is not there", async () => {
    const set = new SetAlarmStateCommand({ AlarmName: "nobody", StateValue: "OK", StateReason: "drill" });
    expect((await failureOf(account.watch.send(set))).name).toBe("ResourceNotFound");
  });
});

describe("the template's alarms", () => {
  const create = (properties: Record<string, unknown>) =>
    account.cloudwatch.resources.create("GreenErrors", "AWS::CloudWatch::Alarm", properties);

  it("are created with numbers written as text", async () => {
    const { ref, attributes } = await create({ ...alarm, Period: "60", Threshold: "2", ActionsEnabled: "true" });
    expect([ref, attributes["Arn"]]).toEqual(["errors", ARN]);
    expect(await shown()).toMatchObject({ Period: 60, Threshold: 2, ActionsEnabled: true });
  });

  it("are refused with a property nobody knows, by type, name and property", async () => {
    const failure = await failureOf(create({ ...alarm, Treshold: 2 }));
    expect(failure.message).toBe("AWS::CloudWatch::Alarm GreenErrors: Treshold is not a known parameter");
    const nested = await failureOf(create({ ...alarm, Dimensions: [{ Name: "a", Vaule: "b" }] }));
    expect(nested.message).toBe("AWS::CloudWatch::Alarm GreenErrors: Dimensions.0.Vaule is not a known parameter");
  });
});

describe("an alarm on traffic", () => {
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: "AWS/ApplicationELB",
        MetricName,
        Dimensions: [dimensions.loadBalancer, dimensions.blue],
      },
      Stat: "Sum",
      Period: 60,
    },
  });
  const ratio: PutMetricAlarmCommandInput = {
    AlarmName: "errors",
    Metrics: [
      metric("e", "HTTPCode_Target_5XX_Count"),
      metric("r", "RequestCount"),
      { Id: "ratio", Expression: "100*FILL(e,0)/r", Label: "5XX in percent", ReturnData: true },
    ],
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 2,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: "notBreaching",
    AlarmActions: [FUNCTION],
  };

  it("turns when 8 of 100 requests fail, in the second bad minute, and is quiet before and without traffic", async () => {
    await account.close();
    let served = 0;
    let failing = 0;
    const host = await startHost((request, response) => {
      served += 1;
      says("blue", served % 100 < failing ? 500 : 200)(request, response);
    });
    await start([host]);
    await account.watch.send(new PutMetricAlarmCommand(ratio));
    const traffic = async (): Promise<void> => {
      for (let batch = 0; batch < 10; batch += 1)
        await Promise.all(Array.from({ length: 10 }, async () => (await fetch(account.alb.url)).text()));
      account.metrics.flush();
      endMinute();
    };
    endMinute();
    expect((await shown())?.StateValue).toBe("OK");
    await traffic();
    failing = 8;
    await traffic();
    expect(moves()).toEqual(["INSUFFICIENT_DATA -> OK"]);
    await traffic();
    expect(moves().at(-1)).toBe("OK -> ALARM");
    expect(transitions.at(-1)).toMatchObject({ alarmName: "errors", actionArns: [FUNCTION] });
    expect((await shown())?.StateReason).toMatch(/^Threshold Crossed: 2 out of the last 3 datapoints \[8\.0 /);
  });
});
