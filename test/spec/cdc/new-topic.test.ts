import { expect, test } from "vitest";
import { newTopic } from "../../../src/adapters/kafka/new-topic.ts";

test("a topic that pawl makes keeps every record for ever, whatever the broker's defaults are", () => {
  const { topic, numPartitions, configEntries } = newTopic("migration.appdb.orders");
  expect([topic, numPartitions]).toEqual(["migration.appdb.orders", 1]);
  // By time, by size, and all of a key's and not only the last.
  expect(Object.fromEntries((configEntries ?? []).map(({ name, value }) => [name, value]))).toEqual({
    "cleanup.policy": "delete",
    "retention.bytes": "-1",
    "retention.ms": "-1",
  });
});
