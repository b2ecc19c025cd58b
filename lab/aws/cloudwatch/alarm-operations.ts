import type {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  DisableAlarmActionsInput,
  EnableAlarmActionsInput,
  ListAlarmMuteRulesInput,
  SetAlarmStateInput,
} from "@aws-sdk/client-cloudwatch";
import { AwsFault } from "../wire/fault.ts";
import type { Received } from "../wire/received.ts";
import type { Alarm, AlarmBook } from "./alarm-book.ts";
import type { AlarmInput } from "./alarm-configuration.ts";
import { alarmArn, muteRuleArn } from "./alarm-events.ts";
import type { AlarmState } from "./alarm-state.ts";

const STATES: readonly string[] = ["OK", "ALARM", "INSUFFICIENT_DATA"] satisfies readonly AlarmState[];
const isState = (value: string): value is AlarmState => STATES.includes(value);

const invalid = (message: string): AwsFault => new AwsFault("InvalidParameterValueException", message);

/** The alarms' part of the API. Composite alarms and anomaly bands are not served, nor the making of mute rules. */
export const alarmOperations = (book: AlarmBook) => ({
  PutMetricAlarm: (input: AlarmInput): object => {
    book.put(input);
    return {};
  },

  DeleteAlarms: (input: Received<DeleteAlarmsInput>): object => {
    for (const name of input.AlarmNames) book.delete(name);
    return {};
  },

  /** Names that are not known are left out of the answer, not refused. */
  DescribeAlarms: (input: Received<DescribeAlarmsInput>): object => {
    const { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, MaxRecords = 100, NextToken } = input;
    if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined)
      throw invalid("The lab does not serve composite alarms");
    if (AlarmNames !== undefined && (AlarmNamePrefix !== undefined || AlarmNames.length > 100))
      throw invalid("At most 100 AlarmNames, and not together with AlarmNamePrefix");
    if (MaxRecords < 1 || MaxRecords > 100) throw invalid("MaxRecords must be between 1 and 100");
    const from = Number(NextToken ?? 0);
    if (!Number.isInteger(from)) throw new AwsFault("InvalidNextToken", "The next token specified is invalid.");
    const found = book.alarms.filter(
      ({ configuration: { name, input: alarm }, state }) =>
        (AlarmNames?.includes(name) ?? true) &&
        name.startsWith(AlarmNamePrefix ?? "") &&
        (StateValue ?? state.value) === state.value &&
        (ActionPrefix === undefined || allActions(alarm).some((action) => action.startsWith(ActionPrefix))) &&
        (input.AlarmTypes?.includes("MetricAlarm") ?? true),
    );
    const to = from + MaxRecords;
    return {
      MetricAlarms: found.slice(from, to).map(shapeOf),
      CompositeAlarms: [],
      ...(to < found.length ? { NextToken: String(to) } : {}),
    };
  },

  /** Those in force; the lab knows none that are scheduled or expired (aws.md 3, mute rules). */
  ListAlarmMuteRules: ({ AlarmName, Statuses, NextToken }: Received<ListAlarmMuteRulesInput>): object => {
    if (AlarmName === undefined || NextToken !== undefined)
      throw invalid("The lab lists the mute rules of one AlarmName");
    const rules = Statuses === undefined || Statuses.includes("ACTIVE") ? book.mutesOf(AlarmName) : [];
    return {
      AlarmMuteRuleSummaries: rules.map((rule) => ({ AlarmMuteRuleArn: muteRuleArn(rule), Status: "ACTIVE" })),
    };
  },

  SetAlarmState: (input: Received<SetAlarmStateInput>): object => {
    const { AlarmName, StateValue, StateReason, StateReasonData } = input;
    if (!isState(StateValue)) throw invalid(`'${StateValue}' is not a state`);
    const data = StateReasonData === undefined ? {} : { reasonData: StateReasonData };
    book.setState(AlarmName, { value: StateValue, reason: StateReason, ...data });
    return {};
  },

  EnableAlarmActions: (input: Received<EnableAlarmActionsInput>): object => {
    for (const name of input.AlarmNames) book.setActionsEnabled(name, true);
    return {};
  },

  DisableAlarmActions: (input: Received<DisableAlarmActionsInput>): object => {
    for (const name of input.AlarmNames) book.setActionsEnabled(name, false);
    return {};
  },
});

const allActions = (alarm: AlarmInput): readonly string[] => [
  ...(alarm.AlarmActions ?? []),
  ...(alarm.OKActions ?? []),
  ...(alarm.InsufficientDataActions ?? []),
];

const shapeOf = ({ configuration, configuredAt, state }: Alarm): object => {
  const { Tags: _notShown, ...input } = configuration.input;
  return {
    ...input,
    AlarmArn: alarmArn(configuration.name),
    ActionsEnabled: input.ActionsEnabled ?? true,
    AlarmActions: input.AlarmActions ?? [],
    OKActions: input.OKActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    Dimensions: input.Dimensions ?? [],
    AlarmConfigurationUpdatedTimestamp: new Date(configuredAt),
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: new Date(state.at),
    StateTransitionedTimestamp: new Date(state.at),
  };
};
