import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { type Table, table } from "./adapters/dynamodb/table.ts";
import { type Env, readSettings } from "./wiring-settings.ts";

/** Without `throwOnRequestTimeout` the SDK only logs that a request takes too long, and waits for ever. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };

/**
 * Where and as whom the SDK calls. A command that acts on a lab hands its settings over in `env`; a function and a
 * command on AWS leave everything to the SDK's own chain, which reads the same names from the process.
 */
const connection = (env: Env) => {
  const { AWS_REGION, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  const ofThisProcess = env === process.env;
  return {
    requestHandler,
    ...(AWS_REGION === undefined ? {} : { region: AWS_REGION }),
    ...(ofThisProcess || AWS_ENDPOINT_URL === undefined ? {} : { endpoint: AWS_ENDPOINT_URL }),
    ...(ofThisProcess || AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
            ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
          },
        }),
  };
};

/** Reads, and writes that carry their own condition or may be repeated. */
const REPEATABLE = { maxAttempts: 3 };

export const tableOf = (env: Env): Table =>
  table(new DynamoDBClient({ ...connection(env), ...REPEATABLE }), readSettings(env, "PAWL_TABLE").PAWL_TABLE);

/** One attempt a call: the adapter repeats what may be repeated, the SDK must not repeat what may not. */
export const loadBalancerOf = (env: Env): ElasticLoadBalancingV2Client =>
  new ElasticLoadBalancingV2Client({ ...connection(env), maxAttempts: 1 });

export const cloudwatchOf = (env: Env): CloudWatchClient => new CloudWatchClient({ ...connection(env), ...REPEATABLE });
export const snsOf = (env: Env): SNSClient => new SNSClient({ ...connection(env), ...REPEATABLE });
export const lambdaOf = (env: Env): LambdaClient => new LambdaClient({ ...connection(env), ...REPEATABLE });
