import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { failureOf } from "../../kernel/outside-failure.ts";
import { type OutsideFailure, ok, type Result } from "../../kernel/result.ts";
import { type Found, foundIn, type Item, itemsOf } from "./found-item.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** For calls whose port leaves the time to us: the CLI's, and those beside a tick's critical path. */
export const DEFAULT_TIMEOUT_MS = 5_000;

export const toItem = (key: Key, body: object) => marshall({ ...body, ...key }, { removeUndefinedValues: true });

/**
 * pawl's one table, item by item. Every read is strongly consistent; no call outlives its time. What holds anything that
 * pawl never writes is `malformed`: nothing is judged by what is left of it.
 */
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
  /** At most `limit` items of one `pk` behind an `sk`, from the first on where it is null, in order, whatever they hold. */
  behind(pk: string, sk: string | null, limit: number): Promise<Result<readonly Found[], OutsideFailure>>;
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

  get: async (key, timeoutMs = DEFAULT_TIMEOUT_MS) => {
    const found = await attempt(`GetItem ${key.pk} ${key.sk}`, timeoutMs, async (abortSignal) => {
      const command = new GetItemCommand({ TableName: name, Key: marshall(key), ConsistentRead: true });
      const { Item: attributes } = await client.send(command, { abortSignal });
      return attributes ? [foundIn(attributes)] : [];
    });
    if (!found.ok) return found;
    const items = itemsOf(key.pk, found.value);
    return items.ok ? ok(items.value[0] ?? null) : items;
  },

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

  range: async (pk, { from, to }, options = {}) => {
    const found = await attempt(`Query ${pk}`, options.timeoutMs ?? DEFAULT_TIMEOUT_MS, async (abortSignal) => {
      const query = {
        TableName: name,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: marshall({ ":pk": pk, ":from": from, ":to": to }),
        ConsistentRead: true,
        ScanIndexForward: options.newest === undefined,
      };
      const all = await queried(client, query, options.newest, abortSignal);
      return options.newest === undefined ? all : all.toReversed();
    });
    return found.ok ? itemsOf(pk, found.value) : found;
  },

  behind: (pk, sk, limit) =>
    attempt(`Query ${pk}`, DEFAULT_TIMEOUT_MS, (abortSignal) => {
      const query = {
        TableName: name,
        KeyConditionExpression: sk === null ? "pk = :pk" : "pk = :pk AND sk > :sk",
        ExpressionAttributeValues: marshall(sk === null ? { ":pk": pk } : { ":pk": pk, ":sk": sk }),
        ConsistentRead: true,
      };
      return queried(client, query, limit, abortSignal);
    }),
});

/** Page by page up to `limit` items; all where there is none. */
const queried = async (
  client: DynamoDBClient,
  query: QueryCommandInput,
  limit: number | undefined,
  abortSignal: AbortSignal,
): Promise<readonly Found[]> => {
  const all: Found[] = [];
  const asked = limit === undefined ? query : { ...query, Limit: limit };
  for await (const page of paginateQuery({ client }, asked, { abortSignal })) {
    all.push(...(page.Items ?? []).map(foundIn));
    if (limit !== undefined && all.length >= limit) break;
  }
  return all.slice(0, limit);
};
