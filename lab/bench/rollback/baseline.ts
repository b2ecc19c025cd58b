import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import {
  ElasticLoadBalancingV2Client,
  SetRulePrioritiesCommand,
  type SetRulePrioritiesCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";

/** What the bare handler is called with. */
export interface BareEvent {
  readonly update?: UpdateItemCommandInput;
  readonly priorities?: SetRulePrioritiesCommandInput;
}

let clients: { readonly dynamodb: DynamoDBClient; readonly elbv2: ElasticLoadBalancingV2Client } | undefined;

/** A handler that imports both clients and nothing else: what the rollback function is compared with. */
export const handler = async ({ update, priorities }: BareEvent): Promise<void> => {
  clients ??= { dynamodb: new DynamoDBClient({}), elbv2: new ElasticLoadBalancingV2Client({ maxAttempts: 1 }) };
  if (update !== undefined) await clients.dynamodb.send(new UpdateItemCommand(update));
  if (priorities !== undefined) await clients.elbv2.send(new SetRulePrioritiesCommand(priorities));
};
