import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Table, table } from "./adapters/dynamodb/table.ts";
import { connection, REPEATABLE } from "./wiring-connection.ts";
import { type Env, readSettings } from "./wiring-settings.ts";

// The two clients that going back needs, apart from all others: a bundle loads a file whole.

export const tableOf = (env: Env): Table =>
  table(new DynamoDBClient({ ...connection(env), ...REPEATABLE }), readSettings(env, "PAWL_TABLE").PAWL_TABLE);

/** One attempt a call: the adapter repeats what may be repeated, the SDK must not repeat what may not. */
export const loadBalancerOf = (env: Env): ElasticLoadBalancingV2Client =>
  new ElasticLoadBalancingV2Client({ ...connection(env), maxAttempts: 1 });
