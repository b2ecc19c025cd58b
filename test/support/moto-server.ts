import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { PinnedRoute } from "../../src/signals/routes.ts";
import type { Env } from "../../src/wiring-settings.ts";

const REGION = "us-east-1";
const PATIENCE_MS = 60_000;

/** True where Python's moto is installed with its server; nothing is installed for the sake of a test. */
export const hasMoto = (): boolean => spawnSync("python3", ["-c", "import moto.server, flask"]).status === 0;

/** moto_server on a free port of the loopback, in a process of its own. */
export interface MotoServer {
  readonly env: Env;
  /** Makes one more load balancer, with one route: weighted rule at 100, pin parked at 101. */
  freshRoute(): Promise<{ readonly route: PinnedRoute; readonly loadBalancerArn: string }>;
  close(): Promise<void>;
}

/** @throws {Error} it does not answer within a minute; what it said is in the message. */
export const startMoto = async (): Promise<MotoServer> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)]);
  const said: string[] = [];
  server.stderr.on("data", (data: Buffer) => void said.push(data.toString("utf8")));
  await answers(url, server, said);
  const credentials = { accessKeyId: "moto", secretAccessKey: "moto" };
  const client = new ElasticLoadBalancingV2Client({ endpoint: url, region: REGION, credentials });
  const within = await network(url);
  let made = 0;
  return {
    env: {
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    freshRoute: () => {
      made += 1;
      return createRoute(client, within, `orders-${made}`);
    },
    close: async () => {
      client.destroy();
      const ended = new Promise((resolve) => server.once("exit", resolve));
      // Asked to end it waits for connections that are kept open; there is nothing in it to lose.
      server.kill("SIGKILL");
      await ended;
    },
  };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const answers = async (url: string, server: ChildProcess, said: readonly string[]): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && server.exitCode === null) {
    const ok = await fetch(`${url}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  server.kill("SIGKILL");
  throw new Error(`moto_server did not answer: ${said.join("").slice(-2_000)}`);
};

interface Network {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** The default VPC. One call by hand: a whole SDK client would be too much for it. */
const network = async (url: string): Promise<Network> => {
  const scope = `AWS4-HMAC-SHA256 Credential=moto/20260101/${REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: scope, "content-type": "application/x-www-form-urlencoded" },
    body: "Action=DescribeSubnets&Version=2016-11-15",
  });
  const xml = await response.text();
  const ids = (element: string) =>
    [...xml.matchAll(new RegExp(`<${element}>([^<]+)<`, "g"))].flatMap(([, id = []]) => id);
  return { vpcId: ids("vpcId")[0] ?? "", subnetIds: ids("subnetId").slice(0, 2) };
};

const createRoute = async (client: ElasticLoadBalancingV2Client, { vpcId, subnetIds }: Network, name: string) => {
  const balancers = await client.send(new CreateLoadBalancerCommand({ Name: name, Subnets: [...subnetIds] }));
  const loadBalancerArn = balancers.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  const [blue, green] = [
    await createGroup(client, `${name}-blue`, vpcId),
    await createGroup(client, `${name}-green`, vpcId),
  ];
  const listeners = await client.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "fixed-response", Order: 1, FixedResponseConfig: { StatusCode: "503" } }],
    }),
  );
  const listenerArn = listeners.Listeners?.[0]?.ListenerArn ?? "";
  const createRule = async (Priority: number, weights: readonly (readonly [string, number])[]) => {
    const TargetGroups = weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
    const { Rules } = await client.send(
      new CreateRuleCommand({
        ListenerArn: listenerArn,
        Priority,
        Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
        Actions: [{ Type: "forward", Order: 1, ForwardConfig: { TargetGroups } }],
      }),
    );
    return Rules?.[0]?.RuleArn ?? "";
  };
  const weightedRuleArn = await createRule(100, [
    [blue, 100],
    [green, 0],
  ]);
  const pin = { ruleArn: await createRule(101, [[blue, 1]]), raisedPriority: 99, parkedPriority: 101 };
  return { loadBalancerArn, route: { listenerArn, weightedRuleArn, pin, blue, green } };
};

const createGroup = async (client: ElasticLoadBalancingV2Client, Name: string, VpcId: string): Promise<string> => {
  const created = await client.send(
    new CreateTargetGroupCommand({ Name, TargetType: "ip", Protocol: "HTTP", Port: 80, VpcId }),
  );
  return created.TargetGroups?.[0]?.TargetGroupArn ?? "";
};
