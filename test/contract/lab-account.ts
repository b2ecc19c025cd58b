import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type AwsService, LAB_REGION } from "../../lab/aws/contracts.ts";
import { startTables } from "../../lab/aws/dynamodb/tables.ts";
import { type Gateway, startGateway } from "../../lab/aws/gateway/gateway.ts";
import { startLabClock } from "../../lab/clock.ts";
import type { Env } from "../../src/wiring-settings.ts";

/** A lab's account with nothing in it but the services a suite registers, reached by the real adapters. */
export interface LabAccount {
  readonly gateway: Gateway;
  /** Settings of somebody who may call everything. */
  readonly env: Env;
  close(): Promise<void>;
}

export const startAccount = async (...services: readonly AwsService[]): Promise<LabAccount> => {
  const gateway = await startGateway({ clock: startLabClock(1), dir: "", log: () => {} });
  for (const service of services) gateway.register(service);
  const { accessKeyId, secretAccessKey } = gateway.issueKey("contract");
  return {
    gateway,
    env: {
      AWS_REGION: LAB_REGION,
      AWS_ENDPOINT_URL: gateway.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      PAWL_TABLE: "pawl",
    },
    close: () => gateway.close(),
  };
};

/** An account with DynamoDB and the guard's table in it. */
export const startAccountWithTable = async (): Promise<LabAccount> => {
  const tables = await startTables();
  const account = await startAccount(tables.api);
  await createTable(account);
  return {
    ...account,
    close: async () => {
      await account.close();
      await tables.stop();
    },
  };
};

/** The table of the template: `pk` and `sk`, both texts. */
const createTable = async ({ env }: LabAccount): Promise<void> => {
  const client = new DynamoDBClient({
    endpoint: env["AWS_ENDPOINT_URL"] ?? "",
    region: LAB_REGION,
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  await client.send(
    new CreateTableCommand({
      TableName: "pawl",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  client.destroy();
};
