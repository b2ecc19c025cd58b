import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import {
  type AwsAnswer,
  type AwsCall,
  type AwsService,
  LAB_ACCOUNT_ID,
  LAB_REGION,
  type ResourceProvider,
} from "../contracts.ts";
import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";
import { tableRights } from "./rights.ts";

const TABLE_TYPE = "AWS::DynamoDB::Table";

interface TableProperties {
  readonly TableName?: string;
  readonly AttributeDefinitions: NonNullable<CreateTableCommandInput["AttributeDefinitions"]>;
  readonly KeySchema: NonNullable<CreateTableCommandInput["KeySchema"]>;
}

/** The account's tables: dynalite in this process, on a loopback port that only the gateway knows. */
export interface Tables {
  readonly api: AwsService;
  readonly provider: ResourceProvider;
  stop(): Promise<void>;
}

const readTable = propertiesReader<TableProperties>(
  TABLE_TYPE,
  closed(
    {
      TableName: { type: "string", pattern: "^[\\w.-]{3,255}$" },
      BillingMode: { enum: ["PAY_PER_REQUEST"] },
      AttributeDefinitions: {
        type: "array",
        items: closed({ AttributeName: TEXT, AttributeType: { enum: ["S", "N", "B"] } }, [
          "AttributeName",
          "AttributeType",
        ]),
      },
      KeySchema: {
        type: "array",
        minItems: 1,
        maxItems: 2,
        items: closed({ AttributeName: TEXT, KeyType: { enum: ["HASH", "RANGE"] } }, ["AttributeName", "KeyType"]),
      },
      // These protect a real table. dynalite knows none of them, and nothing in the lab depends on them.
      PointInTimeRecoverySpecification: closed({ PointInTimeRecoveryEnabled: { type: "boolean" } }),
      TimeToLiveSpecification: closed({ AttributeName: TEXT, Enabled: { type: "boolean" } }),
      SSESpecification: closed({ SSEEnabled: { type: "boolean" } }),
      DeletionProtectionEnabled: { type: "boolean" },
      Tags: TAGS,
    },
    ["BillingMode", "AttributeDefinitions", "KeySchema"],
  ),
);

export const startTables = async (): Promise<Tables> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hashKeys = new Map<string, string>();
  return {
    api: {
      service: "dynamodb",
      needs: tableRights((table) => hashKeys.get(table)),
      handle: (call) => forward(endpoint, call),
    },
    provider: {
      types: [TABLE_TYPE],
      create: async (logicalId, _type, raw) => {
        const { TableName = logicalId, AttributeDefinitions, KeySchema } = readTable(logicalId, raw);
        hashKeys.set(TableName, KeySchema.find(({ KeyType }) => KeyType === "HASH")?.AttributeName ?? "");
        await createTable(endpoint, { TableName, AttributeDefinitions, KeySchema });
        const arn = `arn:aws:dynamodb:${LAB_REGION}:${LAB_ACCOUNT_ID}:table/${TableName}`;
        return { ref: TableName, attributes: { Arn: arn } };
      },
    },
    stop: () => close(server),
  };
};

const createTable = async (endpoint: string, table: CreateTableCommandInput): Promise<void> => {
  const credentials = { accessKeyId: "lab", secretAccessKey: "lab" };
  const client = new DynamoDBClient({ endpoint, region: LAB_REGION, credentials });
  try {
    await client.send(new CreateTableCommand({ ...table, BillingMode: "PAY_PER_REQUEST" }));
  } finally {
    client.destroy();
  }
};

/** Everything dynalite looks at; it wants a signature to be there and does not check it. */
const FORWARDED = ["authorization", "content-type", "x-amz-date", "x-amz-target"];

const forward = async (endpoint: string, call: AwsCall): Promise<AwsAnswer> => {
  const headers = Object.fromEntries(
    FORWARDED.flatMap((name) => (call.headers[name] === undefined ? [] : [[name, call.headers[name]]])),
  );
  const response = await fetch(`${endpoint}${call.path}`, {
    method: call.method,
    headers,
    body: new Uint8Array(call.body),
  });
  const kept = ["content-type", "x-amzn-requestid", "x-amz-crc32"].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return {
    status: response.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await response.arrayBuffer()),
  };
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
