import { type Admin, Kafka, logLevel } from "kafkajs";
import type { BrokerPort, PartitionPosition } from "../../cdc/ports.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { DurationMs } from "../../kernel/units.ts";
import { newTopic } from "./new-topic.ts";

/** What kafkajs says for "this group never committed here". */
const NEVER = "-1";
/** kafkajs retries nothing around OffsetFetch: a coordinator that moves shows as an error, once or twice. */
const ATTEMPTS = 3;
const PAUSE_MS = 200;

class TimedOut extends Error {
  constructor() {
    super("timed out");
  }
}

const failureOf = (what: string, error: unknown): ReturnType<typeof outsideFailure> => {
  if (error instanceof TimedOut) return outsideFailure("timed-out", `Kafka, ${what}: no answer in time`);
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const type = error instanceof Error && "type" in error ? String(error.type) : "";
  if (/UNKNOWN_TOPIC/.test(type)) return outsideFailure("not-found", `Kafka, ${what}: ${message}`);
  return outsideFailure("unreachable", `Kafka, ${what}: ${message}`);
};

const within = async <Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut()), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const positionsOf = async (
  admin: Admin,
  group: string,
  topics: readonly string[],
): Promise<readonly PartitionPosition[]> => {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const byTopic = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }): PartitionPosition => {
        const offset = committed
          .find((of) => of.topic === topic)
          ?.partitions.find((of) => of.partition === partition)?.offset;
        return {
          topic,
          partition,
          committed: offset === undefined || offset === NEVER ? null : BigInt(offset),
          start: BigInt(low),
          end: BigInt(high),
        };
      }),
    ),
  );
  return byTopic.flat();
};

const existing = async (admin: Admin, names: readonly string[]): Promise<readonly string[]> => {
  const all = new Set(await admin.listTopics());
  return names.filter((name) => all.has(name));
};

/**
 * Kafka by its admin interface: one connection a call, closed before the answer is given, because a frozen function's
 * connections are dead when it wakes.
 * @param brokers `host:port`, separated by commas.
 */
export const kafkaBroker = (brokers: string): BrokerPort => {
  const use = async <Value>(
    what: string,
    timeoutMs: DurationMs,
    work: (admin: Admin) => Promise<Value>,
  ): Promise<Result<Value, OutsideFailure>> => {
    const kafka = new Kafka({
      clientId: "pawl",
      brokers: brokers.split(","),
      logLevel: logLevel.NOTHING,
      connectionTimeout: Math.min(timeoutMs, 5_000),
      requestTimeout: timeoutMs,
      // It measures by `Date`, which is not the world's clock in a rehearsal; `within` below is what bounds a call.
      enforceRequestTimeout: false,
      retry: { retries: 2, initialRetryTime: PAUSE_MS, maxRetryTime: 1_000 },
    });
    const admin = kafka.admin();
    const giveUpAt = performance.now() + timeoutMs;
    try {
      await within(admin.connect(), timeoutMs);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return ok(await within(work(admin), Math.max(1, giveUpAt - performance.now())));
        } catch (error) {
          if (attempt >= ATTEMPTS || performance.now() + PAUSE_MS >= giveUpAt) throw error;
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    } catch (error) {
      return failureOf(what, error);
    } finally {
      // A broker that does not answer does not answer a farewell either.
      await within(admin.disconnect(), 1_000).catch(() => undefined);
    }
  };

  return {
    positions: (group, topics, timeoutMs) =>
      use(`offsets of group ${group}`, timeoutMs, (admin) => positionsOf(admin, group, topics)),

    recordsSince: (topics, sinceMs, timeoutMs) =>
      use("offsets by time", timeoutMs, async (admin) =>
        Object.fromEntries(
          await Promise.all(
            topics.map(async (topic) => {
              const since = await admin.fetchTopicOffsetsByTimestamp(topic, sinceMs);
              const ends = await admin.fetchTopicOffsets(topic);
              const counts = since.map(({ partition, offset }) => {
                const end = BigInt(ends.find((of) => of.partition === partition)?.high ?? offset);
                return offset === NEVER ? 0 : Number(end - BigInt(offset));
              });
              return [topic, counts.reduce((sum, count) => sum + count, 0)] as const;
            }),
          ),
        ),
      ),

    topics: (names, timeoutMs) =>
      use("list of topics", timeoutMs, async (admin) =>
        Promise.all(
          (await existing(admin, names)).map(async (name) => {
            const offsets = await admin.fetchTopicOffsets(name);
            const records = offsets.reduce((sum, { low, high }) => sum + Number(BigInt(high) - BigInt(low)), 0);
            return { name, partitions: offsets.length, records };
          }),
        ),
      ),

    createTopics: (names, timeoutMs) =>
      use("making topics", timeoutMs, async (admin) => {
        const there = new Set(await existing(admin, names));
        const topics = names.filter((topic) => !there.has(topic)).map(newTopic);
        if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true, timeout: timeoutMs });
      }),

    deleteTopics: (names, timeoutMs) =>
      use("deleting topics", timeoutMs, async (admin) => {
        const topics = [...(await existing(admin, names))];
        if (topics.length > 0) await admin.deleteTopics({ topics, timeout: timeoutMs });
      }),

    groupExists: (group, timeoutMs) =>
      use(`group ${group}`, timeoutMs, async (admin) => {
        const { groups } = await admin.listGroups();
        return groups.some(({ groupId }) => groupId === group);
      }),

    deleteGroup: (group, timeoutMs) =>
      use(`deleting group ${group}`, timeoutMs, async (admin) => {
        const { groups } = await admin.listGroups();
        if (groups.some(({ groupId }) => groupId === group)) await admin.deleteGroups([group]);
      }),
  };
};
