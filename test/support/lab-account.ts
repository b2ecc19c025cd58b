import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createEdgeAccount, type EdgeAccount, type EdgeAccountOptions } from "../../lab/aws/edge-account.ts";
import type { Target } from "../../lab/aws/elbv2/load-balancer.ts";
import type { LabClock } from "../../lab/clock.ts";
import cutover from "../../policies/orders/cutover.json" with { type: "json" };
import { type EpochMs, epochMs } from "../../src/kernel/units.ts";
import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";

export const bindings = cutover as PinnedCutover;
export const route = bindings.routes[0] as PinnedRoute;
export const dimensions = {
  loadBalancer: { Name: "LoadBalancer", Value: "app/orders/50dc6c495c0c9188" },
  blue: { Name: "TargetGroup", Value: "targetgroup/orders-blue/73e2d6bc24d8a067" },
  green: { Name: "TargetGroup", Value: "targetgroup/orders-green/1d2c3b4a59687766" },
};

/** A lab clock that stands still until it is moved. */
export interface ManualClock extends LabClock {
  advance(ms: number): void;
  set(at: EpochMs): void;
}

export const START = epochMs(Date.parse("2026-11-22T09:00:00.000Z"));

export const manualClock = (start: EpochMs = START): ManualClock => {
  let now = start;
  return {
    startRealMs: start,
    startLabMs: start,
    speed: 1,
    now: () => now,
    realMsUntil: (at) => Math.max(0, at - now),
    toReal: (at) => at,
    advance: (ms) => {
      now = epochMs(now + ms);
    },
    set: (at) => {
      now = at;
    },
  };
};

/** A lab clock faster than a real lab's may be, for timers under test: a minute takes a tenth of a second, unless told otherwise. */
export const racingClock = (speed = 600): LabClock => {
  const startRealMs = Date.now();
  return {
    startRealMs,
    startLabMs: START,
    speed,
    now: () => epochMs(START + speed * (Date.now() - startRealMs)),
    realMsUntil: (at) => Math.max(0, (at - START) / speed + startRealMs - Date.now()),
    toReal: (at) => epochMs(Math.round((at - START) / speed + startRealMs)),
  };
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** One host of a side: answers `/health` with 200 and everything else as told; can be told otherwise, and killed. */
export interface Host extends Target {
  answer: Answer;
  healthy: boolean;
  kill(): Promise<void>;
}

export const startHost = async (answer: Answer): Promise<Host> => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.url !== "/health") return host.answer(request, response);
    response.writeHead(host.healthy ? 200 : 500).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const host: Host = {
    id: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    answer,
    healthy: true,
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
};

export const says =
  (text: string, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "text/plain" }).end(text);
  };

export interface TestAccount extends EdgeAccount {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly watch: CloudWatchClient;
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The load balancer, CloudWatch and the gateway, with the real SDK clients pointed at them. */
export const startAccount = async (
  clock: LabClock,
  options: Partial<EdgeAccountOptions> = {},
): Promise<TestAccount> => {
  const dir = mkdtempSync(join(tmpdir(), "lab-account-"));
  const account = await createEdgeAccount(
    { clock, dir, log: (line) => console.error(line) },
    { bindings, targets: { blue: [], green: [] }, evaluateByItself: false, ...options },
  );
  const key = account.gateway.issueKey("operator");
  const client = { endpoint: account.gateway.url, region: "us-east-1", credentials: key, maxAttempts: 1 };
  const elb = new ElasticLoadBalancingV2Client(client);
  const watch = new CloudWatchClient(client);
  return {
    ...account,
    key,
    elb,
    watch,
    close: async () => {
      elb.destroy();
      watch.destroy();
      await account.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** What the target groups' forward action looks like in a call. */
export const forwardTo = (weights: { readonly blue: number; readonly green: number }, stickySeconds?: number) => ({
  Type: "forward" as const,
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: route.blue, Weight: weights.blue },
      { TargetGroupArn: route.green, Weight: weights.green },
    ],
    TargetGroupStickinessConfig:
      stickySeconds === undefined ? { Enabled: false } : { Enabled: true, DurationSeconds: stickySeconds },
  },
});

/** A promise's rejection, for looking at it. */
export const failureOf = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the call was expected to fail and did not");
};
