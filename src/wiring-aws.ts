import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { connection, REPEATABLE } from "./wiring-connection.ts";
import type { Env } from "./wiring-settings.ts";

export const cloudwatchOf = (env: Env): CloudWatchClient => new CloudWatchClient({ ...connection(env), ...REPEATABLE });
export const snsOf = (env: Env): SNSClient => new SNSClient({ ...connection(env), ...REPEATABLE });
export const lambdaOf = (env: Env): LambdaClient => new LambdaClient({ ...connection(env), ...REPEATABLE });
