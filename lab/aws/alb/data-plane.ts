import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { later } from "../../../src/kernel/units.ts";
import type { LabContext } from "../contracts.ts";
import type { LoadBalancer, RuleRecord, TargetRecord } from "../elbv2/load-balancer.ts";
import { type ForwardEnd, forward, NO_TARGET_PAGE, respond } from "./forward.ts";
import { type HealthCheckSettings, HealthChecks } from "./health-checks.ts";
import { compileRules, type Router } from "./routing.ts";
import { sealCookie, setCookieHeaders } from "./sticky-cookie.ts";
import { TargetChoice } from "./target-choice.ts";
import type { TrafficMetrics } from "./traffic-metrics.ts";
import { type GroupTraffic, TrafficView } from "./traffic-view.ts";

export interface DataPlaneSettings {
  readonly healthChecks: HealthCheckSettings;
  /** How long a target may be silent before the load balancer answers 504. Real time. */
  readonly idleTimeoutRealMs: number;
  /**
   * By how much lab time each node lags behind the rules as written; a request meets one node by chance. With two
   * numbers that differ, the nodes switch apart: for a while both the old and the new rules are in force.
   */
  readonly nodeLagsMs: () => readonly number[];
}

export interface DataPlane {
  /** One `http://127.0.0.1:<port>` per listener, by its ARN. */
  readonly urls: ReadonlyMap<string, string>;
  traffic(targetGroupArn: string): GroupTraffic;
  close(): Promise<void>;
}

/** Listens for every listener of the load balancer, on a free port of loopback each, and starts the health checks. */
export const startDataPlane = async (
  context: LabContext,
  balancer: LoadBalancer,
  metrics: TrafficMetrics,
  settings: DataPlaneSettings,
): Promise<DataPlane> => {
  const plane = new Plane(context, balancer, metrics, settings);
  const checks = new HealthChecks(balancer, metrics, settings.healthChecks);
  const servers = await Promise.all(balancer.listeners.map((listener) => listen(plane, listener.arn)));
  void checks.run();
  return {
    urls: new Map(
      servers.map(({ server, listenerArn }) => [
        listenerArn,
        `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ]),
    ),
    traffic: (arn) => plane.view.of(arn),
    close: async () => {
      await checks.stop();
      await Promise.all(
        servers.map(
          ({ server }) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
      await plane.destroyPools();
    },
  };
};

const listen = async (plane: Plane, listenerArn: string) => {
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    void plane.serve(listenerArn, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return { server, listenerArn };
};

class Plane {
  readonly view = new TrafficView();
  readonly #context: LabContext;
  readonly #balancer: LoadBalancer;
  readonly #metrics: TrafficMetrics;
  readonly #settings: DataPlaneSettings;
  readonly #choice = new TargetChoice();
  readonly #pools = new Map<string, Pool>();
  readonly #routers = new WeakMap<readonly RuleRecord[], Map<string, Router>>();

  constructor(context: LabContext, balancer: LoadBalancer, metrics: TrafficMetrics, settings: DataPlaneSettings) {
    this.#context = context;
    this.#balancer = balancer;
    this.#metrics = metrics;
    this.#settings = settings;
  }

  async serve(listenerArn: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = this.#router(listenerArn)(
      {
        host: (request.headers.host ?? "").replace(/:\d+$/, ""),
        path: (request.url ?? "/").split("?", 1)[0] ?? "/",
        cookie: request.headers.cookie,
      },
      Math.random(),
      this.#context.clock.now(),
    );
    if (route.kind === "answer") {
      this.#metrics.answeredItself(route.status);
      return respond(response, route.status, route.contentType, route.body);
    }
    const arn = route.targetGroupArn;
    const group = this.#balancer.targetGroup(arn);
    const target = group === undefined ? undefined : this.#choice.next(group);
    if (target === undefined) {
      this.#metrics.answeredItself(503);
      return respond(response, 503, "text/html", NO_TARGET_PAGE);
    }
    this.view.sent(arn);
    const cookies = route.stickySeconds === null ? [] : this.#cookies(arn, route.stickySeconds);
    await forward(this.#pool(target), { request, response, cookies }, (end) => this.#countEnd(arn, end));
    this.view.finished(arn);
  }

  #countEnd(targetGroupArn: string, end: ForwardEnd): void {
    if (end.kind === "answered") {
      this.#metrics.answered(targetGroupArn, end.status, end.seconds);
      this.view.answered(targetGroupArn, end.status);
      return;
    }
    this.#metrics.unanswered(targetGroupArn, end.status, end.kind === "unanswered" && end.connectionFailed);
    if (end.kind === "unanswered") this.view.unanswered(targetGroupArn);
  }

  async destroyPools(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  /** The rules as the node that this request happens to meet knows them. */
  #router(listenerArn: string): Router {
    const lags = this.#settings.nodeLagsMs();
    const rules = this.#balancer.rulesBehind(lags[Math.floor(Math.random() * lags.length)] ?? 0);
    const byListener = this.#routers.get(rules) ?? new Map<string, Router>();
    this.#routers.set(rules, byListener);
    const router = byListener.get(listenerArn) ?? compileRules(rules, listenerArn);
    byListener.set(listenerArn, router);
    return router;
  }

  /** The cookie is renewed with every answer: an active client is bound for ever (aws.md 1, stickiness). */
  #cookies(targetGroupArn: string, seconds: number): readonly string[] {
    const { clock } = this.#context;
    const validUntil = later(clock.now(), seconds * 1_000);
    return setCookieHeaders(sealCookie(targetGroupArn, validUntil), clock.toReal(validUntil));
  }

  #pool(target: TargetRecord): Pool {
    const origin = `http://${target.id}:${target.port}`;
    const known = this.#pools.get(origin);
    if (known !== undefined) return known;
    const silence = this.#settings.idleTimeoutRealMs;
    const pool = new Pool(origin, {
      headersTimeout: silence,
      bodyTimeout: silence,
      connect: { timeout: Math.min(10_000, silence) },
    });
    this.#pools.set(origin, pool);
    return pool;
  }
}
