import { Agent, request } from "undici";
import type { LoadBalancer, TargetGroupRecord, TargetRecord } from "../elbv2/load-balancer.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";

export interface HealthCheckSettings {
  /** Real time: the targets are real. At a speed of 12 one second is every 12 s of lab time. */
  readonly intervalRealMs: number;
  readonly timeoutRealMs: number;
  /** Successive answers of 200 that make an unhealthy target healthy; a new one needs a single one. */
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export const HEALTH_CHECK_DEFAULTS: HealthCheckSettings = {
  intervalRealMs: 1_000,
  timeoutRealMs: 1_000,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
};

/** Asks every target of every group in use whether it is well, and writes down what it finds. */
export class HealthChecks {
  readonly #balancer: LoadBalancer;
  readonly #metrics: TrafficMetrics;
  readonly #settings: HealthCheckSettings;
  readonly #agent = new Agent({ connections: 1, pipelining: 0 });
  readonly #streaks = new WeakMap<TargetRecord, { well: boolean; length: number }>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(balancer: LoadBalancer, metrics: TrafficMetrics, settings: HealthCheckSettings) {
    this.#balancer = balancer;
    this.#metrics = metrics;
    this.#settings = settings;
  }

  /** Checks at once and then at every interval, until stopped. */
  async run(): Promise<void> {
    const startedAt = performance.now();
    await Promise.all(this.#balancer.targetGroups.map((group) => this.#checkGroup(group)));
    if (this.#stopped) return;
    const left = this.#settings.intervalRealMs - (performance.now() - startedAt);
    this.#timer = setTimeout(() => void this.run(), Math.max(0, left));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#agent.destroy();
  }

  /** A group that no rule forwards to is not checked at all (aws.md 1, removing green from every rule). */
  async #checkGroup(group: TargetGroupRecord): Promise<void> {
    if (!this.#balancer.isInUse(group.arn)) return;
    await Promise.all(group.targets.map((target) => this.#checkTarget(group, target)));
    if (this.#stopped || group.targets.length === 0) return;
    const healthy = group.targets.filter((target) => target.state === "healthy").length;
    const unhealthy = group.targets.filter((target) => target.state === "unhealthy").length;
    this.#metrics.hosts(group.arn, healthy, unhealthy);
  }

  async #checkTarget(group: TargetGroupRecord, target: TargetRecord): Promise<void> {
    const trouble = await this.#ask(`http://${target.id}:${target.port}${group.healthCheckPath}`);
    if (this.#stopped) return;
    const well = trouble === null;
    const before = this.#streaks.get(target);
    const length = before?.well === well ? before.length + 1 : 1;
    this.#streaks.set(target, { well, length });
    const { healthyThreshold, unhealthyThreshold } = this.#settings;
    if (well && (target.state === "initial" || length >= healthyThreshold)) target.state = "healthy";
    if (!well && length >= unhealthyThreshold) target.state = "unhealthy";
    target.reason = trouble ?? "";
  }

  /** @returns why the target is not well, in the words of `DescribeTargetHealth`; null where it is. */
  async #ask(url: string): Promise<string | null> {
    const limit = this.#settings.timeoutRealMs;
    try {
      const { statusCode, body } = await request(url, {
        dispatcher: this.#agent,
        reset: true,
        signal: AbortSignal.timeout(limit),
      });
      await body.dump();
      return statusCode === 200 ? null : `Health checks failed with these codes: [${statusCode}]`;
    } catch {
      return "Health checks failed";
    }
  }
}
