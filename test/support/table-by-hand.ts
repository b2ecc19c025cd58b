import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Env } from "../../src/wiring-settings.ts";

export type Attributes = Record<string, AttributeValue>;

/** The table as whoever has the right to write it sees it: attributes, without any of pawl's care. */
export const tableByHand = (env: Env) => {
  const client = new DynamoDBClient({
    endpoint: env["AWS_ENDPOINT_URL"] ?? "",
    region: env["AWS_REGION"] ?? "",
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  });
  const TableName = env["PAWL_TABLE"] ?? "";
  const keyOf = (pk: string, sk: string): Attributes => ({ pk: { S: pk }, sk: { S: sk } });
  const get = async (pk: string, sk: string): Promise<Attributes> => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(pk, sk) }));
    if (Item === undefined) throw new Error(`there is no item ${pk} ${sk}`);
    return Item;
  };
  const put = async (pk: string, sk: string, attributes: Attributes): Promise<void> => {
    await client.send(new PutItemCommand({ TableName, Item: { ...attributes, ...keyOf(pk, sk) } }));
  };
  return {
    get,
    put,
    edit: async (pk: string, sk: string, attributes: Attributes): Promise<void> =>
      put(pk, sk, { ...(await get(pk, sk)), ...attributes }),
    remove: async (pk: string, sk: string): Promise<void> => {
      await client.send(new DeleteItemCommand({ TableName, Key: keyOf(pk, sk) }));
    },
    close: () => client.destroy(),
  };
};
