import { createHash } from "node:crypto";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import { alarmName, madePrefix } from "../../src/signals/made-alarms.ts";
import { alarmArn, alarmsOf } from "./cutover-alarms.ts";

export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;

const arnOf = (logicalId: string) => ({ "Fn::GetAtt": [logicalId, "Arn"] });

const ROLLBACK_ARN = arnOf("RollbackLambdaFunction");
const FAILED_QUEUE = "FailedQueue";

/** A logical id from a name: letters and digits only; the digest of what it stands for keeps distinct ones distinct. */
const logicalId = (name: string, standsFor = name): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("") + createHash("sha256").update(standsFor).digest("hex").slice(0, 6);

const EVENT_BRIDGE = "events.amazonaws.com";

const permission = (Principal: string, SourceArn: unknown) => ({
  Type: "AWS::Lambda::Permission",
  Properties: { FunctionName: ROLLBACK_ARN, Action: "lambda:InvokeFunction", Principal, SourceArn },
});

const alarmPermission = (arn: string) => {
  const { Type, Properties } = permission("lambda.alarms.cloudwatch.amazonaws.com", arn);
  return { Type, Properties: { ...Properties, SourceAccount: { Ref: "AWS::AccountId" } } };
};

/** The rule alone, which names its account: with `SourceAccount` beside it EventBridge may not call, and nobody is told. */
const rulePermission = (rule: string) => permission(EVENT_BRIDGE, arnOf(rule));

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

/**
 * Every listed alarm may call rollback, the operator's own included; CloudWatch does not say when it may not. Those that
 * this template makes share one permission: Lambda holds about forty in all.
 */
const alarmPermissions = (cutover: CutoverBindings): Resources => {
  const ours = alarmArn(cutover, madePrefix(cutover.name));
  const sources = new Set(cutover.alarms.map(({ arn }) => (arn.startsWith(ours) ? `${ours}*` : arn)));
  return Object.fromEntries(
    [...sources].map((arn) => [`${logicalId(alarmName(arn), arn)}Permission`, alarmPermission(arn)]),
  );
};

/** How long an event pattern may be by EventBridge's quota. */
export const PATTERN_CHARACTERS = 2_048;

const patternOf = (arns: readonly string[]) => ({
  source: ["aws.cloudwatch"],
  "detail-type": ["CloudWatch Alarm State Change"],
  resources: arns,
  detail: { state: { value: ["ALARM"] } },
});

/** As many alarms on one rule as its pattern takes. */
const perRule = (arns: readonly string[]): readonly (readonly string[])[] => {
  const rules: string[][] = [];
  for (const arn of arns) {
    const last = rules.at(-1);
    const fits = last !== undefined && JSON.stringify(patternOf([...last, arn])).length <= PATTERN_CHARACTERS;
    if (fits) last.push(arn);
    else rules.push([arn]);
  }
  return rules;
};

/** The second way in: alarm actions can be muted, state changes reach EventBridge all the same. */
const alarmRules = (cutover: CutoverBindings): Resources =>
  Object.assign(
    {},
    ...perRule(cutover.alarms.map(({ arn }) => arn)).map((arns, index) => {
      const nth = index === 0 ? "" : String(index + 1);
      const id = `${logicalId(cutover.name)}AlarmRule${nth}`;
      return {
        [id]: {
          Type: "AWS::Events::Rule",
          Properties: {
            Name: `${madePrefix(cutover.name)}alarms${nth === "" ? "" : `-${nth}`}`,
            Description: `An alarm of the cutover ${cutover.name} fired.`,
            EventPattern: patternOf(arns),
            // What it may not hand over it keeps to itself, unless it is told where to put it.
            Targets: [{ Id: "rollback", Arn: ROLLBACK_ARN, DeadLetterConfig: { Arn: arnOf(FAILED_QUEUE) } }],
          },
        },
        [`${id}Permission`]: rulePermission(id),
      };
    }),
  );

/** The rules alone may put there what they could not hand over. A queue has one policy: a second would replace it. */
const failedQueuePolicy = (resources: Resources): Resources => {
  const rules = Object.entries(resources).flatMap(([id, { Type }]) => (Type === "AWS::Events::Rule" ? [id] : []));
  if (rules.length === 0) return {};
  const statement = {
    Effect: "Allow",
    Principal: { Service: EVENT_BRIDGE },
    Action: "sqs:SendMessage",
    Resource: arnOf(FAILED_QUEUE),
    Condition: { ArnEquals: { "aws:SourceArn": rules.map(arnOf) } },
  };
  return {
    FailedQueuePolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: {
        Queues: [{ Ref: FAILED_QUEUE }],
        PolicyDocument: { Version: "2012-10-17", Statement: [statement] },
      },
    },
  };
};

/** What the template holds for each cutover: its alarms, their leave to call rollback, and the EventBridge rules. */
export const cutoverResources = (cutovers: readonly CutoverBindings[]): Resources => {
  const resources: Resources = Object.assign(
    {},
    ...cutovers.map((cutover) => ({
      ...alarmResources(cutover),
      ...alarmPermissions(cutover),
      ...alarmRules(cutover),
    })),
  );
  return { ...resources, ...failedQueuePolicy(resources) };
};
