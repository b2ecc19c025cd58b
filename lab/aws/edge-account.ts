import type { CutoverBindings, Side } from "../../src/signals/bindings.ts";
import { type DataPlane, type DataPlaneSettings, startDataPlane } from "./alb/data-plane.ts";
import { HEALTH_CHECK_DEFAULTS } from "./alb/health-checks.ts";
import { PUBLISH_DELAYS_MS, TrafficMetrics } from "./alb/traffic-metrics.ts";
import { type CloudWatch, type CloudWatchOptions, createCloudWatch } from "./cloudwatch/cloudwatch.ts";
import type { LabContext } from "./contracts.ts";
import { elbv2Service } from "./elbv2/elbv2.ts";
import type { LoadBalancer, Target } from "./elbv2/load-balancer.ts";
import { createOrdersLoadBalancer } from "./elbv2/orders-load-balancer.ts";
import { type Gateway, startGateway } from "./gateway/gateway.ts";

/** The data plane as the demo and the lab's commands look at it. */
export interface EdgeTraffic extends DataPlane {
  /** Where users go: the URL of the first listener. */
  readonly url: string;
  /** Requests handed to a side's targets and not yet answered in full. */
  inFlight(side: Side): number;
  /** The last request handed to a target group, by the real clock; null where there was none. */
  lastRequestAt(targetGroupArn: string): number | null;
}

/** The part of the lab's AWS account that traffic touches. */
export interface EdgeAccount {
  readonly gateway: Gateway;
  readonly elbv2: LoadBalancer;
  readonly alb: EdgeTraffic;
  readonly metrics: TrafficMetrics;
  readonly cloudwatch: CloudWatch;
  close(): Promise<void>;
}

export interface EdgeAccountOptions extends CloudWatchOptions {
  readonly bindings: CutoverBindings;
  /** The addresses of both sides' hosts; more can be registered by `RegisterTargets`. */
  readonly targets: { readonly blue: readonly Target[]; readonly green: readonly Target[] };
  readonly healthCheckPath?: string;
  readonly dataPlane?: Partial<DataPlaneSettings>;
  /** Lab time from the end of a ten-second part of a minute until it can be read, for each node of the load balancer. */
  readonly publishDelaysMs?: readonly number[];
  /** Lab time by which each DescribeRules is behind the truth; asked anew for each call. */
  readonly describeBehindMs?: () => number;
}

/** Starts gateway, load balancer and CloudWatch on free ports of loopback; takes some tens of milliseconds. */
export const createEdgeAccount = async (context: LabContext, options: EdgeAccountOptions): Promise<EdgeAccount> => {
  const { bindings, targets } = options;
  const gateway = await startGateway(context);
  const elbv2 = createOrdersLoadBalancer(context.clock, bindings, targets, options.healthCheckPath);
  const cloudwatch = createCloudWatch(context, options);
  const metrics = new TrafficMetrics({
    store: cloudwatch.store,
    clock: context.clock,
    loadBalancer: elbv2.dimension,
    delaysMs: options.publishDelaysMs ?? PUBLISH_DELAYS_MS,
  });
  const plane = await startDataPlane(context, elbv2, metrics, {
    healthChecks: HEALTH_CHECK_DEFAULTS,
    idleTimeoutRealMs: 10_000,
    nodeLagsMs: () => [0],
    ...options.dataPlane,
  });
  gateway.register(elbv2Service(elbv2, options.describeBehindMs ?? (() => 0)));
  gateway.register(cloudwatch.service);
  return {
    gateway,
    elbv2,
    metrics,
    cloudwatch,
    alb: {
      ...plane,
      url: plane.urls.values().next().value ?? "",
      inFlight: (side) => {
        const groups = new Set(bindings.routes.map((route) => route[side]));
        return [...groups].reduce((total, arn) => total + plane.traffic(arn).inFlight, 0);
      },
      lastRequestAt: (arn) => plane.traffic(arn).lastRequestAt,
    },
    close: async () => {
      metrics.stop();
      cloudwatch.stop();
      await Promise.all([gateway.close(), plane.close()]);
    },
  };
};
