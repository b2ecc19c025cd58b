import type { ITopicConfig } from "kafkajs";

/** One partition, and all records for ever. What a topic does not say for itself, the broker's defaults decide. */
export const newTopic = (topic: string): ITopicConfig => ({
  topic,
  numPartitions: 1,
  configEntries: [
    { name: "cleanup.policy", value: "delete" },
    { name: "retention.ms", value: "-1" },
    { name: "retention.bytes", value: "-1" },
  ],
});
