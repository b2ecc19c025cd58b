import { CloudWatchClient, DisableAlarmActionsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PinnedRoute } from "../../../src/signals/routes.ts";
import { ORDERS } from "../../support/fake-world.ts";
import { virtualClock } from "../../support/virtual-clock.ts";
import { FUNCTIONS, type FunctionName, type GuardedAccount, startGuardedAccount } from "./guarded-account.ts";

let account: GuardedAccount;
beforeAll(async () => {
  account = await startGuardedAccount(virtualClock());
}, 180_000);
afterAll(() => account?.stop());

const [{ weightedRuleArn, listenerArn, pin }] = ORDERS.routes as readonly [PinnedRoute];
const TopicArn = "arn:aws:sns:us-east-1:000000000000:pawl";

interface Clients {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly table: DynamoDBClient;
  readonly watch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
}
type Attempt = (clients: Clients) => Promise<unknown>;

const item = (pk: string) => ({ pk: { S: pk }, sk: { S: "state" } });
const put =
  (pk: string) =>
  ({ table }: Clients) =>
    table.send(new PutItemCommand({ TableName: "pawl", Item: item(pk) }));
const get =
  (pk: string) =>
  ({ table }: Clients) =>
    table.send(new GetItemCommand({ TableName: "pawl", Key: item(pk) }));
const remove =
  (pk: string) =>
  ({ table }: Clients) =>
    table.send(new DeleteItemCommand({ TableName: "pawl", Key: item(pk) }));
const query =
  (pk: string) =>
  ({ table }: Clients) =>
    table.send(
      new QueryCommand({
        TableName: "pawl",
        KeyConditionExpression: "#own = :own",
        ExpressionAttributeNames: { "#own": "pk" },
        ExpressionAttributeValues: { ":own": { S: pk } },
      }),
    );
const update =
  (pk: string) =>
  ({ table }: Clients) =>
    table.send(
      new UpdateItemCommand({
        TableName: "pawl",
        Key: item(pk),
        UpdateExpression: "SET epoch = :e",
        ExpressionAttributeValues: { ":e": { N: "1" } },
      }),
    );
const transact =
  (...pks: readonly string[]) =>
  ({ table }: Clients) =>
    table.send(
      new TransactWriteItemsCommand({
        TransactItems: pks.map((pk) => ({ Put: { TableName: "pawl", Item: item(pk) } })),
      }),
    );
const forward = [{ Type: "forward" as const, TargetGroupArn: ORDERS.routes[0]?.green }];
const modify =
  (RuleArn: string) =>
  ({ elb }: Clients) =>
    elb.send(new ModifyRuleCommand({ RuleArn, Actions: forward }));
const priorities =
  (...arns: readonly string[]) =>
  ({ elb }: Clients) =>
    elb.send(
      new SetRulePrioritiesCommand({
        RulePriorities: arns.map((RuleArn, index) => ({ RuleArn, Priority: 900 + index })),
      }),
    );
const deleteRule =
  (RuleArn: string) =>
  ({ elb }: Clients) =>
    elb.send(new DeleteRuleCommand({ RuleArn }));
const createRule = ({ elb }: Clients) =>
  elb.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: 1,
      Conditions: [{ Field: "path-pattern", Values: ["/*"] }],
      Actions: forward,
    }),
  );
const modifyListener = ({ elb }: Clients) =>
  elb.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: forward }));
const invoke =
  (FunctionName: string): Attempt =>
  ({ lambda }) =>
    lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: "{}" }));
const disable =
  (name: string): Attempt =>
  ({ watch }) =>
    watch.send(new DisableAlarmActionsCommand({ AlarmNames: [name] }));
const publish: Attempt = ({ sns }) => sns.send(new PublishCommand({ TopicArn, Message: "x" }));

/** Everything that could change the world, and who alone may do it. */
const WRITES: readonly (readonly [string, Attempt, readonly FunctionName[]])[] = [
  ["change the weighted rule", modify(weightedRuleArn), ["promote", "rollback"]],
  ["change what the pin does", modify(pin.ruleArn), []],
  ["move the pin", priorities(pin.ruleArn), ["rollback"]],
  ["move the weighted rule", priorities(weightedRuleArn), []],
  ["move the pin together with the weighted rule", priorities(pin.ruleArn, weightedRuleArn), []],
  ["delete the weighted rule", deleteRule(weightedRuleArn), []],
  ["make a rule", createRule, []],
  ["change the listener", modifyListener, []],
  ["put a state", put("cutover#orders"), ["promote", "rollback", "decommission"]],
  ["latch", update("cutover#orders"), ["promote", "rollback"]],
  ["put an observation", put("observed#orders"), ["observe"]],
  ["put a snapshot", put("snapshot#orders"), ["promote"]],
  ["put evidence", put("evidence#orders"), ["promote"]],
  ["put a ledger record", put("ledger#orders"), ["promote", "rollback", "decommission"]],
  ["put a journal entry", put("journal#orders"), ["decommission"]],
  ["put a policy", put("policy"), []],
  ["list a cutover as active", put("active"), []],
  ["take a cutover off the list", remove("active"), ["decommission"]],
  ["delete a state", remove("cutover#orders"), []],
  ["delete a ledger record", remove("ledger#orders"), []],
  ["change a ledger record", update("ledger#orders"), []],
  ["change a snapshot", update("snapshot#orders"), []],
  ["put an observation in a transaction with a state", transact("observed#orders", "cutover#orders"), []],
  ["start tick", invoke("pawl-tick"), []],
  ["start observe", invoke("pawl-observe"), ["tick"]],
  ["start promote", invoke("pawl-promote"), ["tick"]],
  ["start rollback", invoke("pawl-rollback"), ["promote"]],
  ["start decommission", invoke("pawl-decommission"), ["tick"]],
  ["silence an alarm of the cutover", disable("pawl-orders-green-p99"), ["decommission"]],
  ["silence an alarm on the guard", disable("pawl-stalest-cutover"), []],
  ["tell somebody", publish, ["promote", "rollback", "decommission"]],
  // Last: the pin is gone afterwards.
  ["delete the pin", deleteRule(pin.ruleArn), ["decommission"]],
];

/** What can be read beyond one's own business. */
const READS: readonly (readonly [string, Attempt, readonly FunctionName[]])[] = [
  ["read the whole table", ({ table }: Clients) => table.send(new ScanCommand({ TableName: "pawl" })), []],
  ["read the state", get("cutover#orders"), ["tick", "observe", "promote", "rollback", "decommission"]],
  ["read the policies", get("policy"), ["promote"]],
  ["read the journal", query("journal#orders"), ["decommission"]],
  ["read the list of the active", query("active"), ["tick"]],
  ["read the observations", query("observed#orders"), ["promote"]],
  [
    "read the rules",
    ({ elb }: Clients) => elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn })),
    ["promote", "rollback", "decommission"],
  ],
];

const clientsOf = (name: FunctionName): Clients => {
  const env = account.env(name);
  const of = {
    endpoint: env["AWS_ENDPOINT_URL"] ?? "",
    region: "us-east-1",
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
    maxAttempts: 1,
  };
  return {
    elb: new ElasticLoadBalancingV2Client(of),
    table: new DynamoDBClient(of),
    watch: new CloudWatchClient(of),
    sns: new SNSClient(of),
    lambda: new LambdaClient(of),
  };
};

const isDenial = (error: unknown): boolean =>
  error instanceof Error && error.message.includes(" is not authorized to perform: ");

/** Any other end is not this suite's business: what is permitted may still be refused for what it asks. */
const mayDo = async (attempt: Attempt, name: FunctionName): Promise<boolean> => {
  try {
    await attempt(clientsOf(name));
    return true;
  } catch (error) {
    return !isDenial(error);
  }
};

describe("what a role may do", () => {
  test.each([...WRITES, ...READS])("%s", async (_what, attempt, allowed) => {
    const may: FunctionName[] = [];
    for (const name of FUNCTIONS) if (await mayDo(attempt, name)) may.push(name);
    expect(may).toEqual(FUNCTIONS.filter((name) => allowed.includes(name)));
  });
});

describe("a denial", () => {
  test.each<[string, Attempt, object]>([
    [
      "of Elastic Load Balancing",
      priorities(pin.ruleArn),
      {
        name: "AccessDenied",
        $metadata: { httpStatusCode: 403 },
        message: `User: arn:aws:sts::000000000000:assumed-role/ObserveRole/pawl-observe is not authorized to perform: elasticloadbalancing:SetRulePriorities on resource: ${pin.ruleArn} because no identity-based policy allows the elasticloadbalancing:SetRulePriorities action`,
      },
    ],
    ["of DynamoDB", put("cutover#orders"), { name: "AccessDeniedException", $metadata: { httpStatusCode: 400 } }],
    ["of Lambda", invoke("pawl-promote"), { name: "AccessDeniedException", $metadata: { httpStatusCode: 403 } }],
    ["of SNS", publish, { name: "AuthorizationErrorException", $metadata: { httpStatusCode: 403 } }],
    ["of CloudWatch", disable("pawl-orders-green-p99"), { message: expect.stringContaining("not authorized") }],
  ])("%s reads as AWS's own", async (_what, attempt, denial) => {
    await expect(attempt(clientsOf("observe"))).rejects.toMatchObject(denial);
  });

  test("of a call whose right the lab does not know says so", async () => {
    await expect((({ table }: Clients) => table.send(new ListTablesCommand({})))(clientsOf("tick"))).rejects.toThrow(
      /The lab does not know which right dynamodb ListTables needs/,
    );
  });
});
