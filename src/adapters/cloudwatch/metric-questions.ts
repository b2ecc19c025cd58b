import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { CutoverBindings, Side } from "../../signals/bindings.ts";
import type { MetricSeries } from "../../signals/ports.ts";

/** One series of CloudWatch that goes into one series of ours. */
export interface Question {
  readonly query: MetricDataQuery;
  readonly of: Side | "lb";
  readonly metric: MetricSeries["metric"] | "p99Ms";
}

/** What of CloudWatch makes one of our series, summed. "Answered" is whatever status the target sent. */
const TARGET_GROUP_METRICS: Readonly<Record<"requests" | "errors5xx" | "connectionErrors" | "answered", string[]>> = {
  requests: ["RequestCount"],
  errors5xx: ["HTTPCode_Target_5XX_Count"],
  connectionErrors: ["TargetConnectionErrorCount"],
  answered: [2, 3, 4, 5].map((digit) => `HTTPCode_Target_${digit}XX_Count`),
};

const LOAD_BALANCER_METRICS = { requests: ["RequestCount"], errors5xx: ["HTTPCode_ELB_5XX_Count"] } as const;

const tail = (arn: string, resource: string, from: number): string => arn.slice(arn.indexOf(`:${resource}/`) + from);

const loadBalancer = (cutover: CutoverBindings) => ({
  Name: "LoadBalancer",
  Value: tail(cutover.loadBalancerArn, "loadbalancer", ":loadbalancer/".length),
});

const targetGroup = (arn: string) => ({ Name: "TargetGroup", Value: tail(arn, "targetgroup", 1) });

const groupsOf = (cutover: CutoverBindings, side: Side): string[] => [
  ...new Set(cutover.routes.map((route) => route[side])),
];

type Asked = Omit<Question, "query"> & {
  readonly name: string;
  readonly dimensions: { Name: string; Value: string }[];
};

/** No `Unit`: a wrong one would answer nothing, silently. Ids have to start with a small letter. */
const questions = (asked: readonly Asked[], period: number, statistic: string): readonly Question[] =>
  asked.map(({ of, metric, name, dimensions }, index) => ({
    of,
    metric,
    query: {
      Id: `q${index}`,
      MetricStat: {
        Metric: { Namespace: "AWS/ApplicationELB", MetricName: name, Dimensions: dimensions },
        Period: period,
        Stat: statistic,
      },
    },
  }));

const keys = <Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] => Object.keys(record) as Key[];

export const minuteQuestions = (cutover: CutoverBindings): readonly Question[] =>
  questions(
    [
      ...(["blue", "green"] as const).flatMap((of) =>
        groupsOf(cutover, of).flatMap((group) =>
          keys(TARGET_GROUP_METRICS).flatMap((metric) =>
            TARGET_GROUP_METRICS[metric].map((name) => ({
              of,
              metric,
              name,
              dimensions: [loadBalancer(cutover), targetGroup(group)],
            })),
          ),
        ),
      ),
      ...keys(LOAD_BALANCER_METRICS).flatMap((metric) =>
        LOAD_BALANCER_METRICS[metric].map((name) => ({
          of: "lb" as const,
          metric,
          name,
          dimensions: [loadBalancer(cutover)],
        })),
      ),
    ],
    60,
    "Sum",
  );

export const p99Questions = (cutover: CutoverBindings): readonly Question[] =>
  questions(
    (["blue", "green"] as const).flatMap((of) =>
      groupsOf(cutover, of).map((group) => ({
        of,
        metric: "p99Ms" as const,
        name: "TargetResponseTime",
        dimensions: [loadBalancer(cutover), targetGroup(group)],
      })),
    ),
    180,
    "p99",
  );
