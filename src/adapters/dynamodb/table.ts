import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { failureOf } from "../../kernel/outside-failure.ts";
import { type OutsideFailure, ok, type Result } from "../../kernel/result.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export type Item = Readonly<Record<string, unknown>>;

/** For calls whose port leaves the time to us: the CLI's, and those beside a tick's critical path. */
export const DEFAULT_TIMEOUT_MS = 5_000;

export const toItem = (key: Key, body: object) => marshall({ ...body, ...key }, { removeUndefinedValues: true });

/** An item without its keys. */
export const fromItem = (attributes: Parameters<typeof unmarshall>[0]): Item => {
  const { pk: _pk, sk: _sk, ...body } = unmarshall(attributes);
  return body;
};

/** pawl's one table, item by item. Every read is strongly consistent; no call outlives its time. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  get(key: Key, timeoutMs?: number): Promise<Result<Item | null, OutsideFailure>>;
  put(key: Key, body: object, timeoutMs?: number): Promise<Result<void, OutsideFailure>>;
  /** Stores if absent; answers whether it did. */
  putOnce(key: Key, body: object, timeoutMs?: number): Promise<Result<"stored" | "there already", OutsideFailure>>;
  remove(key: Key, timeoutMs?: number): Promise<Result<void, OutsideFailure>>;
  /** The items of one `pk` with `from ≤ sk ≤ to`, in order of `sk`; the newest `limit` only, if given. */
  range(
    pk: string,
    between: { readonly from: string; readonly to: string },
    options?: { readonly newest?: number; readonly timeoutMs?: number | undefined },
  ): Promise<Result<readonly Item[], OutsideFailure>>;
}

const attempt = async <Value>(
  asked: string,
  timeoutMs: number,
  send: (abortSignal: AbortSignal) => Promise<Value>,
): Promise<Result<Value, OutsideFailure>> => {
  try {
    return ok(await send(AbortSignal.timeout(timeoutMs)));
  } catch (error) {
    return failureOf(error, asked);
  }
};

export const table = (client: DynamoDBClient, name: string): Table => ({
  client,
  name,

  get: (key, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    attempt(`GetItem ${key.pk} ${key.sk}`, timeoutMs, async (abortSignal) => {
      const command = new GetItemCommand({ TableName: name, Key: marshall(key), ConsistentRead: true });
      const { Item: found } = await client.send(command, { abortSignal });
      return found ? fromItem(found) : null;
    }),

  put: (key, body, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    attempt(`PutItem ${key.pk} ${key.sk}`, timeoutMs, async (abortSignal) => {
      await client.send(new PutItemCommand({ TableName: name, Item: toItem(key, body) }), { abortSignal });
    }),

  putOnce: (key, body, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    attempt(`PutItem ${key.pk} ${key.sk}`, timeoutMs, async (abortSignal) => {
      const ConditionExpression = "attribute_not_exists(pk)";
      const command = new PutItemCommand({ TableName: name, Item: toItem(key, body), ConditionExpression });
      try {
        await client.send(command, { abortSignal });
        return "stored";
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return "there already";
        throw error;
      }
    }),

  remove: (key, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    attempt(`DeleteItem ${key.pk} ${key.sk}`, timeoutMs, async (abortSignal) => {
      await client.send(new DeleteItemCommand({ TableName: name, Key: marshall(key) }), { abortSignal });
    }),

  range: (pk, { from, to }, options = {}) =>
    attempt(`Query ${pk}`, options.timeoutMs ?? DEFAULT_TIMEOUT_MS, async (abortSignal) => {
      const query = {
        TableName: name,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: marshall({ ":pk": pk, ":from": from, ":to": to }),
        ConsistentRead: true,
        ScanIndexForward: options.newest === undefined,
        ...(options.newest === undefined ? {} : { Limit: options.newest }),
      };
      const items: Item[] = [];
      for await (const page of paginateQuery({ client }, query, { abortSignal })) {
        items.push(...(page.Items ?? []).map(fromItem));
        if (options.newest !== undefined && items.length >= options.newest) break;
      }
      return options.newest === undefined ? items : items.slice(0, options.newest).reverse();
    }),
});
