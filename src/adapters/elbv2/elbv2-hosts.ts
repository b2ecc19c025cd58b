import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ok } from "../../kernel/result.ts";
import type { CutoverBindings, Side } from "../../signals/bindings.ts";
import type { HostsPort, TargetHealth } from "../../signals/ports.ts";
import { attemptRead } from "./attempt-read.ts";

const targetGroups = (cutover: CutoverBindings): readonly { side: Side; targetGroupArn: string }[] =>
  (["blue", "green"] as const).flatMap((side) =>
    [...new Set(cutover.routes.map((route) => route[side]))].map((targetGroupArn) => ({ side, targetGroupArn })),
  );

/** Target health by the Elastic Load Balancing API, all groups at once; each again where it alone was throttled. */
export const elbv2Hosts = (client: ElasticLoadBalancingV2Client): HostsPort => ({
  read: async (cutover, timeoutMs) => {
    const readGroup = ({ side, targetGroupArn }: { side: Side; targetGroupArn: string }) =>
      attemptRead(`DescribeTargetHealth of ${targetGroupArn}`, timeoutMs, async (abortSignal) => {
        const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
        const { TargetHealthDescriptions = [] } = await client.send(command, { abortSignal });
        const healthy = TargetHealthDescriptions.filter((target) => target.TargetHealth?.State === "healthy").length;
        const unhealthy = TargetHealthDescriptions.length - healthy;
        return { side, targetGroupArn, healthy, unhealthy } satisfies TargetHealth;
      });
    const groups = await Promise.all(targetGroups(cutover).map(readGroup));
    return groups.find((group) => !group.ok) ?? ok(groups.flatMap((group) => (group.ok ? [group.value] : [])));
  },
});
