import { createHash } from "node:crypto";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import { alarmsOf } from "./cutover-alarms.ts";

export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;

const ROLLBACK_ARN = { "Fn::GetAtt": ["RollbackLambdaFunction", "Arn"] };

/** A logical id from a name: letters and digits only; the digest of what it stands for keeps distinct ones distinct. */
const logicalId = (name: string, standsFor = name): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("") + createHash("sha256").update(standsFor).digest("hex").slice(0, 6);

const permission = (principal: string, source: unknown) => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    FunctionName: ROLLBACK_ARN,
    Action: "lambda:InvokeFunction",
    Principal: principal,
    SourceAccount: { Ref: "AWS::AccountId" },
    SourceArn: source,
  },
});

const alarmResources = (cutover: CutoverBindings): Resources =>
  Object.fromEntries(
    alarmsOf(cutover).map((plan) => [
      `${logicalId(plan.name)}Alarm`,
      {
        Type: "AWS::CloudWatch::Alarm",
        Properties: { AlarmName: plan.name, AlarmActions: [ROLLBACK_ARN], ...plan.properties },
      },
    ]),
  );

/** Every listed alarm may call rollback, the operator's own included; CloudWatch does not say when it may not. */
const alarmPermissions = (cutover: CutoverBindings): Resources =>
  Object.fromEntries(
    cutover.alarms.map(({ arn }) => [
      `${logicalId(arn.slice(arn.indexOf(":alarm:") + ":alarm:".length), arn)}Permission`,
      permission("lambda.alarms.cloudwatch.amazonaws.com", arn),
    ]),
  );

/** The second way in: alarm actions can be muted, state changes reach EventBridge all the same. */
const alarmRule = (cutover: CutoverBindings): Resources => {
  const id = `${logicalId(cutover.name)}AlarmRule`;
  return {
    [id]: {
      Type: "AWS::Events::Rule",
      Properties: {
        Name: `pawl-${cutover.name}-alarms`,
        Description: `An alarm of the cutover ${cutover.name} fired.`,
        EventPattern: {
          source: ["aws.cloudwatch"],
          "detail-type": ["CloudWatch Alarm State Change"],
          resources: cutover.alarms.map((alarm) => alarm.arn),
          detail: { state: { value: ["ALARM"] } },
        },
        Targets: [{ Id: "rollback", Arn: ROLLBACK_ARN }],
      },
    },
    [`${id}Permission`]: permission("events.amazonaws.com", { "Fn::GetAtt": [id, "Arn"] }),
  };
};

/** What the template holds for each cutover: its alarms, their leave to call rollback, and the EventBridge rule. */
export const cutoverResources = (cutovers: readonly CutoverBindings[]): Resources =>
  Object.assign(
    {},
    ...cutovers.map((cutover) => ({
      ...alarmResources(cutover),
      ...alarmPermissions(cutover),
      ...alarmRule(cutover),
    })),
  );
