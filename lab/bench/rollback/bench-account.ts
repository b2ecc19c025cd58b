import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { toItem } from "../../../src/adapters/dynamodb/table.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { type PinnedRoute, pinnedRoutes } from "../../../src/signals/routes.ts";
import { LAB_REGION, type LabContext } from "../../aws/contracts.ts";
import { startTables } from "../../aws/dynamodb/tables.ts";
import { elbv2Service } from "../../aws/elbv2/elbv2.ts";
import { createOrdersLoadBalancer } from "../../aws/elbv2/orders-load-balancer.ts";
import { startGateway } from "../../aws/gateway/gateway.ts";
import { createTopics } from "../../aws/sns/topics.ts";
import { createQueues } from "../../aws/sqs/queues.ts";
import type { LabClock } from "../../clock.ts";
import { startDelayingProxy } from "./delaying-proxy.ts";
import { monotonicMs } from "./monotonic.ts";

const TABLE = "pawl";
const TOPIC = "pawl";
/** The ten seconds between a rollback's two looks take as many milliseconds: they come after what is measured. */
const SPEED = 1_000;
/** A second item like the state, for the bare round trip to write. */
export const BARE_KEY = { pk: "bare", sk: "state" };

/** As much of the lab's account as a rollback needs, behind a network that can be made slow. */
export interface BenchAccount {
  readonly clock: LabClock;
  readonly route: PinnedRoute;
  readonly alarmArn: string;
  /** The environment in which the rollback function, or whoever is compared with it, runs. */
  readonly env: Readonly<Record<string, string>>;
  /** How long a round trip takes, in milliseconds. */
  delay(roundTripMs: number): void;
  /** Everything as before a rollback: the state without a latch, the pin parked. */
  reset(): Promise<void>;
  /** When the pin is next raised, by the machine's monotonic clock, in milliseconds. */
  raised(): Promise<number>;
  close(): Promise<void>;
}

export const startBenchAccount = async (bindings: CutoverBindings, state: CutoverState): Promise<BenchAccount> => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-bench-"));
  const clock = fastClock();
  const context: LabContext = { clock, dir, log: (line) => console.error(line) };
  const gateway = await startGateway(context);
  const proxy = await startDelayingProxy(gateway.url);
  const balancer = createOrdersLoadBalancer(clock, bindings, { blue: [], green: [] });
  const parked = balancer.rules;
  const tables = await startTables();
  const queues = createQueues(context, { publish: () => {}, publishEmf: () => {} });
  const topics = createTopics(context, queues);
  const topic = await topics.provider.create(TOPIC, "AWS::SNS::Topic", { TopicName: TOPIC });
  await tables.provider.create(TABLE, "AWS::DynamoDB::Table", {
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });
  const [route] = pinnedRoutes(bindings);
  const [alarm] = bindings.alarms;
  if (route === undefined || alarm === undefined) throw new Error("the cutover has no route or no alarm");
  let tellRaised: (at: number) => void = () => {};
  const elbv2 = elbv2Service(balancer, () => 0);
  gateway.register({
    ...elbv2,
    handle: async (call) => {
      const answer = await elbv2.handle(call);
      const pin = balancer.rules.find(({ arn }) => arn === route.pin.ruleArn);
      if (pin?.priority === route.pin.raisedPriority) tellRaised(monotonicMs());
      return answer;
    },
  });
  for (const { api } of [tables, topics]) gateway.register(api);
  const key = gateway.issueKey("rollback");
  const dynamodb = new DynamoDBClient({ endpoint: gateway.url, region: LAB_REGION, credentials: key });
  return {
    clock,
    route,
    alarmArn: alarm.arn,
    env: {
      AWS_REGION: LAB_REGION,
      AWS_ENDPOINT_URL: proxy.url,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      PAWL_TABLE: TABLE,
      PAWL_TOPIC_ARN: topic.ref,
    },
    delay: (ms) => proxy.delay(ms),
    reset: async () => {
      balancer.write(parked);
      for (const own of [{ pk: `cutover#${bindings.name}`, sk: "state" }, BARE_KEY])
        await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: toItem(own, state) }));
    },
    raised: () =>
      new Promise((resolve) => {
        tellRaised = resolve;
      }),
    close: async () => {
      dynamodb.destroy();
      queues.stop();
      await proxy.close();
      await gateway.close();
      await tables.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** Faster than a lab may run; nothing here rests on time but waits that are not measured. */
const fastClock = (): LabClock => {
  const startRealMs = Date.now();
  return {
    startRealMs,
    startLabMs: startRealMs,
    speed: SPEED,
    now: () => epochMs(startRealMs + SPEED * (Date.now() - startRealMs)),
    realMsUntil: (at) => Math.max(0, (at - startRealMs) / SPEED + startRealMs - Date.now()),
    toReal: (at) => epochMs(startRealMs + (at - startRealMs) / SPEED),
  };
};
