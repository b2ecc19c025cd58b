import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type EpochMs, minuteOf } from "../../src/kernel/units.ts";
import type { Lab } from "../lab.ts";

const clientOptions = ({ file }: Lab) => ({
  region: file.region,
  endpoint: file.gatewayUrl,
  credentials: file.operator,
});

const query = (id: string, metric: string, loadBalancer: string, targetGroup: string) => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: "AWS/ApplicationELB",
      MetricName: metric,
      Dimensions: [
        { Name: "LoadBalancer", Value: loadBalancer },
        { Name: "TargetGroup", Value: targetGroup },
      ],
    },
    Period: 60,
    Stat: "Sum",
  },
});

/** Green's 5XX and requests from an instant to now, as CloudWatch counts them: the manual procedure's closing look. */
export const greenSince = async (
  lab: Lab,
  since: EpochMs,
): Promise<{ readonly errors5xx: number; readonly requests: number }> => {
  const client = new CloudWatchClient(clientOptions(lab));
  const { bindings, context } = lab;
  const loadBalancer = bindings.loadBalancerArn.split(":loadbalancer/")[1] ?? "";
  const groups = [...new Set(bindings.routes.map(({ green }) => green))].map((arn) => arn.split(":").at(-1) ?? "");
  const totals = { errors5xx: 0, requests: 0 };
  let token: string | undefined;
  do {
    const answer = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: groups.flatMap((group, index) => [
          query(`e${index}`, "HTTPCode_Target_5XX_Count", loadBalancer, group),
          query(`r${index}`, "RequestCount", loadBalancer, group),
        ]),
        StartTime: new Date(minuteOf(since)),
        EndTime: new Date(context.clock.now()),
        NextToken: token,
      }),
    );
    for (const { Id, Values } of answer.MetricDataResults ?? []) {
      const sum = (Values ?? []).reduce((total, value) => total + value, 0);
      if (Id?.startsWith("e") === true) totals.errors5xx += sum;
      else totals.requests += sum;
    }
    token = answer.NextToken;
  } while (token !== undefined);
  client.destroy();
  return totals;
};

/** "4/4": green's healthy hosts of those registered. */
export const hostsNow = async (lab: Lab): Promise<string> => {
  const client = new ElasticLoadBalancingV2Client(clientOptions(lab));
  const groups = [...new Set(lab.bindings.routes.map(({ green }) => green))];
  const answers = await Promise.all(
    groups.map((arn) => client.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }))),
  );
  client.destroy();
  const states = answers.flatMap(({ TargetHealthDescriptions }) =>
    (TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State),
  );
  return `${states.filter((state) => state === "healthy").length}/${states.length}`;
};
