import type { AlarmSeverity, CutoverBindings, Side } from "../../src/signals/bindings.ts";
import { madePrefix } from "../../src/signals/made-alarms.ts";

/** One alarm that a cutover needs, with the CloudFormation properties that make it. */
export interface AlarmPlan {
  readonly name: string;
  readonly severity: AlarmSeverity;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Dimensions = readonly { readonly Name: string; readonly Value: string }[];

const NAMESPACE = "AWS/ApplicationELB";
/** More than two in a hundred: well above the noise of a healthy service, well under the policy's own breaker of ten. */
const MAX_RATIO_PERCENT = 2;
/** Slower than this is an outage to a user, whatever blue does. Relative comparisons are the policy's business. */
const MAX_P99_SECONDS = 1;
/** Under this many requests a p99 is the whim of one of them; the policy asks for as many. */
const MIN_SAMPLES = 100;

/** The part of a load balancer's ARN that CloudWatch uses as dimension: `app/<name>/<id>`. */
const loadBalancerDimension = (arn: string): string =>
  arn.slice(arn.indexOf(":loadbalancer/") + ":loadbalancer/".length);
/** The same of a target group: `targetgroup/<name>/<id>`. */
const targetGroupDimension = (arn: string): string => arn.slice(arn.indexOf(":targetgroup/") + 1);

const series = (id: string, metric: string, dimensions: Dimensions, statistic = "Sum") => ({
  Id: id,
  MetricStat: {
    Metric: { Namespace: NAMESPACE, MetricName: metric, Dimensions: dimensions },
    Period: 60,
    Stat: statistic,
  },
  ReturnData: false,
});

/** Two bad minutes of three; without traffic there is no ratio, and no ratio is not a breach. */
const twoOfThree = {
  ComparisonOperator: "GreaterThanThreshold",
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  TreatMissingData: "notBreaching",
} as const;

/**
 * Bad requests in a hundred. Bad ones are only published when there are some, hence `FILL`: without it CloudWatch
 * would look further back for "two of three" and find errors that are many minutes apart.
 */
const ratio = (bad: string, dimensions: Dimensions) => ({
  ...twoOfThree,
  Threshold: MAX_RATIO_PERCENT,
  Metrics: [
    { Id: "ratio", Expression: "100*FILL(bad,0)/requests", ReturnData: true },
    series("bad", bad, dimensions),
    series("requests", "RequestCount", dimensions),
  ],
});

const greenAlarms = (prefix: string, suffix: string, dimensions: Dimensions): readonly AlarmPlan[] => [
  {
    name: `${prefix}green-5xx-ratio${suffix}`,
    severity: "degraded",
    properties: {
      AlarmDescription: "Green answers more than 2 % of its requests with a 5XX.",
      ...ratio("HTTPCode_Target_5XX_Count", dimensions),
    },
  },
  {
    name: `${prefix}green-connection-errors${suffix}`,
    severity: "degraded",
    properties: {
      AlarmDescription: "The load balancer cannot connect to green for more than 2 % of its requests.",
      ...ratio("TargetConnectionErrorCount", dimensions),
    },
  },
  {
    name: `${prefix}green-p99${suffix}`,
    severity: "degraded",
    properties: {
      AlarmDescription: "One in a hundred answers of green takes longer than a second.",
      ...twoOfThree,
      Threshold: MAX_P99_SECONDS,
      // Not `EvaluateLowSampleCountPercentile`: that would keep whatever state a quieter hour began with.
      Metrics: [
        { Id: "slow", Expression: `IF(requests>=${MIN_SAMPLES},p99,0)`, ReturnData: true },
        series("p99", "TargetResponseTime", dimensions, "p99"),
        series("requests", "RequestCount", dimensions),
      ],
    },
  },
  {
    name: `${prefix}green-healthy-hosts${suffix}`,
    severity: "hard-down",
    properties: {
      // Below 1, not below `expectedHosts`: a hard-down alarm snaps back even where that loses writes, so it may fire
      // only when green answers nobody. Hosts missing from the expected number hold the promotion, by the policy's gate.
      AlarmDescription: "For two minutes some node of the load balancer found no healthy host on green.",
      Namespace: NAMESPACE,
      MetricName: "HealthyHostCount",
      Dimensions: dimensions,
      Statistic: "Minimum",
      Period: 60,
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      TreatMissingData: "breaching",
    },
  },
];

/** CloudWatch computes an alarm from ten metrics at most; two of them are the errors and the requests. */
const MOST_BLUE_GROUPS = 8;

const groupsOf = ({ routes }: CutoverBindings, side: Side): readonly string[] => [
  ...new Set(routes.map((route) => route[side])),
];

/** Why the alarms of a cutover cannot be made; null where they can. */
export const unmakeable = (cutover: CutoverBindings): string | null => {
  const { length } = groupsOf(cutover, "blue");
  return length <= MOST_BLUE_GROUPS
    ? null
    : `has ${length} target groups of blue, and one alarm can look at ${MOST_BLUE_GROUPS}: make two cutovers of it.`;
};

/**
 * Errors of the load balancer's own do not say whose they are. What it cannot connect to blue for is taken off: with blue
 * dead, sending everybody there would turn half an outage into a whole one. Green's own alarms see green.
 */
const notBlues = (loadBalancer: Dimensions[number], blueGroups: readonly string[]) => {
  const blues = blueGroups.map((group, index) =>
    series(`blue${index}`, "TargetConnectionErrorCount", [loadBalancer, { Name: "TargetGroup", Value: group }]),
  );
  const { Metrics, ...settings } = ratio("HTTPCode_ELB_5XX_Count", [loadBalancer]);
  const [, ...counts] = Metrics;
  const own = blues.map(({ Id }) => `-FILL(${Id},0)`).join("");
  const Expression = `100*(FILL(bad,0)${own})/requests`;
  return { ...settings, Metrics: [{ Id: "ratio", Expression, ReturnData: true }, ...counts, ...blues] };
};

/** The alarms of a cutover. Their names follow from the cutover's; with several green target groups, from theirs too. */
export const alarmsOf = (cutover: CutoverBindings): readonly AlarmPlan[] => {
  const prefix = madePrefix(cutover.name);
  const loadBalancer = { Name: "LoadBalancer", Value: loadBalancerDimension(cutover.loadBalancerArn) };
  const greens = groupsOf(cutover, "green").map(targetGroupDimension);
  const blues = groupsOf(cutover, "blue").map(targetGroupDimension);
  return [
    ...greens.flatMap((group) =>
      greenAlarms(prefix, greens.length === 1 ? "" : `-${group.split("/")[1]}`, [
        loadBalancer,
        { Name: "TargetGroup", Value: group },
      ]),
    ),
    {
      name: `${prefix}lb-5xx-ratio`,
      severity: "degraded",
      properties: {
        AlarmDescription:
          "More than 2 % of the load balancer's requests end in a 5XX of its own, blue's refused connections not counted.",
        ...notBlues(loadBalancer, blues),
      },
    },
  ];
};

/** ARN of an alarm in the account and Region of the cutover's load balancer. */
export const alarmArn = (cutover: CutoverBindings, name: string): string => {
  const [, partition, , region, account] = cutover.loadBalancerArn.split(":");
  return `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
};
