import {
  DescribeTargetGroupAttributesCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TargetGroupsPort } from "../../actuation/target-groups-port.ts";
import { attemptRead } from "./attempt-read.ts";

/** Settings of target groups by the Elastic Load Balancing API, all groups at once. */
export const elbv2TargetGroups = (client: ElasticLoadBalancingV2Client): TargetGroupsPort => ({
  readSettings: (arns, timeoutMs) =>
    attemptRead(`DescribeTargetGroupAttributes of ${arns.join(", ")}`, timeoutMs, (abortSignal) =>
      Promise.all(
        arns.map(async (targetGroupArn) => {
          const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn });
          const { Attributes = [] } = await client.send(command, { abortSignal });
          const sticky = Attributes.some(({ Key, Value }) => Key === "stickiness.enabled" && Value === "true");
          return { targetGroupArn, sticky };
        }),
      ),
    ),
});
