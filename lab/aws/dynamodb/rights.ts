import { LAB_ACCOUNT_ID, LAB_REGION, type NeededRight, type NeededRights } from "../contracts.ts";
import { jsonBody } from "../wire/json-body.ts";

type AttributeValue = Readonly<Record<string, unknown>>;
type Attributes = Readonly<Record<string, AttributeValue>>;

interface ItemInput {
  readonly TableName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
}

interface QueryInput extends ItemInput {
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

interface ManyInput {
  readonly TransactItems?: readonly Readonly<Record<string, ItemInput>>[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** Name of a table's partition key; undefined where the lab has no such table. */
export type HashKeyOf = (table: string) => string | undefined;

const SINGLE = ["GetItem", "PutItem", "UpdateItem", "DeleteItem"];
/** What a transaction does is granted item by item; it is no action of its own (aws.md 5.1). */
const IN_TRANSACTION: Readonly<Record<string, string>> = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

const nameOf = (tableOrArn: string): string => tableOrArn.slice(tableOrArn.lastIndexOf("/") + 1);
const tableArn = (table: string): string => `arn:aws:dynamodb:${LAB_REGION}:${LAB_ACCOUNT_ID}:table/${nameOf(table)}`;

const right = (action: string, resource: string, keys?: readonly string[]): NeededRight => ({
  action: `dynamodb:${action}`,
  resource,
  ...(keys === undefined ? {} : { context: { "dynamodb:leadingkeys": keys } }),
});

/**
 * Which rights a call to a table needs. Everything that names items carries `dynamodb:LeadingKeys`, the partition keys
 * it touches; Scan touches all and carries none (service authorization reference; aws.md 7, IAM).
 */
export const tableRights =
  (hashKeyOf: HashKeyOf): NeededRights =>
  (call, action) => {
    const input = jsonBody<QueryInput & ManyInput>(call);
    if (SINGLE.includes(action)) return [itemRight(hashKeyOf, action, input)];
    if (action === "Query") return [right(action, queried(input), queriedKeys(hashKeyOf, input))];
    if (action === "Scan") return [right(action, queried(input))];
    if (action === "TransactWriteItems" || action === "TransactGetItems")
      return (input.TransactItems ?? []).flatMap((each) =>
        Object.entries(each).map(([kind, of]) => itemRight(hashKeyOf, IN_TRANSACTION[kind] ?? kind, of)),
      );
    // Batches, PartiQL and everything about tables as such: nobody in the lab but its operator has a use for them.
    return null;
  };

const itemRight = (hashKeyOf: HashKeyOf, action: string, { TableName = "", Key, Item }: ItemInput): NeededRight =>
  right(action, tableArn(TableName), textsOf([(Key ?? Item)?.[hashKeyOf(nameOf(TableName)) ?? ""]]));

const queried = ({ TableName = "", IndexName }: QueryInput): string =>
  `${tableArn(TableName)}${IndexName === undefined ? "" : `/index/${IndexName}`}`;

/** The value that the partition key has to equal: `pk = :pk`, or under an alias. */
const queriedKeys = (hashKeyOf: HashKeyOf, input: QueryInput): readonly string[] => {
  const { TableName = "", KeyConditionExpression = "", ExpressionAttributeNames = {} } = input;
  const equalities = KeyConditionExpression.matchAll(/(#?\w+)\s*=\s*(:\w+)/g);
  const own = [...equalities].filter(
    ([, name = ""]) => (ExpressionAttributeNames[name] ?? name) === hashKeyOf(nameOf(TableName)),
  );
  return textsOf(own.map(([, , value = ""]) => input.ExpressionAttributeValues?.[value]));
};

const textsOf = (values: readonly (AttributeValue | undefined)[]): readonly string[] =>
  values.flatMap((value) => Object.values(value ?? {}).map(String));
