import { type EpochMs, epochMs, later } from "../../../src/kernel/units.ts";
import type { LabClock } from "../../clock.ts";
import type { MetricStore } from "../cloudwatch/metric-store.ts";
import { targetGroupDimension } from "../elbv2/load-balancer.ts";
import { LabTimers } from "../lab-timers.ts";

const NAMESPACE = "AWS/ApplicationELB";
/** Each part of a minute is sent by itself, so that the newest minute is incomplete, not absent (aws.md 0, row 11). */
const PART_MS = 10_000;

/** A load balancer is several nodes, each of which counts for itself; one publishes later than another. */
export const PUBLISH_DELAYS_MS: readonly number[] = [10_000, 45_000];

interface Counted {
  readonly metric: string;
  /** null for what only the load balancer as a whole reports. */
  readonly targetGroupArn: string | null;
  readonly unit: string;
  /** How often each value was measured. */
  readonly values: Map<number, number>;
}

type NodeCounts = Map<string, Counted>;

/** What becomes of some metrics on their way to CloudWatch, as a fault: they come later, by lab time, or never. */
export interface Distortion {
  hits(metric: string, targetGroupArn: string | null): boolean;
  /** Null where they are lost. */
  readonly lateByMs: number | null;
}

/**
 * Counts what the data plane does and publishes it as ALB does (aws.md 2, the table): by load balancer, and by load
 * balancer with target group; nothing where nothing happened; what the load balancer itself answers never has a
 * target group; response times only of targets that answered.
 */
export class TrafficMetrics {
  readonly #store: MetricStore;
  readonly #clock: LabClock;
  readonly #loadBalancer: string;
  readonly #delaysMs: readonly number[];
  readonly #timers: LabTimers;
  readonly #distortions = new Set<Distortion>();
  #partStart: EpochMs;
  #nodes: readonly NodeCounts[];

  /** @param of.loadBalancer the dimension's value: `app/<name>/<id>`. */
  constructor(of: {
    readonly store: MetricStore;
    readonly clock: LabClock;
    readonly loadBalancer: string;
    readonly delaysMs: readonly number[];
  }) {
    this.#store = of.store;
    this.#clock = of.clock;
    this.#loadBalancer = of.loadBalancer;
    this.#delaysMs = of.delaysMs;
    this.#timers = new LabTimers(of.clock);
    this.#partStart = partOf(of.clock.now());
    this.#nodes = this.#delaysMs.map(() => new Map());
    this.#flushAtEndOfPart();
  }

  /** A target answered. @param seconds from handing the request over to the answer's head, in real time. */
  answered(targetGroupArn: string, status: number, seconds: number): void {
    const node = this.#anyNode();
    count(node, { metric: "RequestCount", targetGroupArn });
    count(node, { metric: `HTTPCode_Target_${Math.floor(status / 100)}XX_Count`, targetGroupArn });
    count(node, { metric: "TargetResponseTime", targetGroupArn, unit: "Seconds" }, seconds);
  }

  /** A target was chosen and gave no answer: no target code, no response time, only the load balancer's own code. */
  unanswered(targetGroupArn: string, status: number, connectionFailed: boolean): void {
    const node = this.#anyNode();
    count(node, { metric: "RequestCount", targetGroupArn });
    if (connectionFailed) count(node, { metric: "TargetConnectionErrorCount", targetGroupArn });
    countOwn(node, status);
  }

  /** The load balancer answered without choosing a target: no request in the sense of `RequestCount`. */
  answeredItself(status: number): void {
    countOwn(this.#anyNode(), status);
  }

  /** What the health checks see now; each node reports it, as each node checks. */
  hosts(targetGroupArn: string, healthy: number, unhealthy: number): void {
    this.#rollOver();
    for (const node of this.#nodes) {
      count(node, { metric: "HealthyHostCount", targetGroupArn }, healthy);
      count(node, { metric: "UnHealthyHostCount", targetGroupArn }, unhealthy);
    }
  }

  /** Sends what has been counted and starts the next part; happens by itself every ten seconds of lab time. */
  flush(): void {
    const now = this.#clock.now();
    for (const [index, node] of this.#nodes.entries()) {
      const visibleAt = later(now, this.#delaysMs[index] ?? 0);
      for (const counted of node.values()) this.#send(counted, visibleAt);
    }
    this.#nodes = this.#delaysMs.map(() => new Map());
    this.#partStart = partOf(now);
  }

  /** @returns what ends it; what was counted meanwhile stays late or lost. */
  distort(distortion: Distortion): () => void {
    this.#distortions.add(distortion);
    return () => void this.#distortions.delete(distortion);
  }

  stop(): void {
    this.#timers.stop();
  }

  #send({ metric, targetGroupArn, unit, values }: Counted, usuallyVisibleAt: EpochMs): void {
    const distortion = [...this.#distortions].find(({ hits }) => hits(metric, targetGroupArn));
    if (distortion?.lateByMs === null) return;
    const visibleAt = later(usuallyVisibleAt, distortion?.lateByMs ?? 0);
    const samples = [...values].map(([value, times]) => ({ value, count: times }));
    const at = this.#partStart;
    const byLoadBalancer = { LoadBalancer: this.#loadBalancer };
    const send = (dimensions: Readonly<Record<string, string>>): void =>
      this.#store.put({ namespace: NAMESPACE, metric, dimensions, at, samples, unit, visibleAt });
    if (targetGroupArn !== null) send({ ...byLoadBalancer, TargetGroup: targetGroupDimension(targetGroupArn) });
    if (!metric.endsWith("HostCount")) send(byLoadBalancer);
  }

  #anyNode(): NodeCounts {
    this.#rollOver();
    return this.#nodes[Math.floor(Math.random() * this.#nodes.length)] ?? new Map();
  }

  /** A request may end just before the timer of its part fires. */
  #rollOver(): void {
    if (partOf(this.#clock.now()) !== this.#partStart) this.flush();
  }

  #flushAtEndOfPart(): void {
    this.#timers.at(later(partOf(this.#clock.now()), PART_MS), () => {
      this.#rollOver();
      this.#flushAtEndOfPart();
    });
  }
}

const partOf = (at: EpochMs): EpochMs => epochMs(at - (at % PART_MS));

const count = (
  node: NodeCounts,
  { metric, targetGroupArn, unit = "Count" }: { metric: string; targetGroupArn: string | null; unit?: string },
  value = 1,
): void => {
  const key = `${metric} ${targetGroupArn}`;
  const counted = node.get(key) ?? { metric, targetGroupArn, unit, values: new Map<number, number>() };
  node.set(key, counted);
  counted.values.set(value, (counted.values.get(value) ?? 0) + 1);
};

const OWN_CODES = [500, 502, 503, 504];

const countOwn = (node: NodeCounts, status: number): void => {
  count(node, { metric: `HTTPCode_ELB_${Math.floor(status / 100)}XX_Count`, targetGroupArn: null });
  if (OWN_CODES.includes(status)) count(node, { metric: `HTTPCode_ELB_${status}_Count`, targetGroupArn: null });
};
