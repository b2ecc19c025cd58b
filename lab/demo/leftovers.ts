import { Kafka, logLevel } from "kafkajs";
import { Client } from "pg";
import type { Lab } from "../lab.ts";

/** What is still there of CDC, asked of the systems themselves and not of pawl. */
export interface Leftovers {
  readonly slots: number;
  readonly connectors: number;
  readonly groups: number;
}

const slotsOf = async (adminUrl: string): Promise<number> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ slots: string }>("select count(*) as slots from pg_replication_slots");
    return Number(rows[0]?.slots);
  } finally {
    await client.end();
  }
};

const connectorsOf = async (connectUrl: string): Promise<number> => {
  const response = await fetch(`${connectUrl}/connectors`, { signal: AbortSignal.timeout(5_000) });
  return ((await response.json()) as readonly string[]).length;
};

const groupsOf = async (brokers: string, names: readonly string[]): Promise<number> => {
  const admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    return groups.filter(({ groupId }) => names.includes(groupId)).length;
  } finally {
    await admin.disconnect();
  }
};

export const leftovers = async ({ file, bindings }: Lab): Promise<Leftovers> => {
  const { forward, reverse } = bindings.streams;
  const [blue, green, connectors, groups] = await Promise.all([
    slotsOf(file.blueAdminUrl),
    slotsOf(file.greenAdminUrl),
    connectorsOf(file.connectUrl),
    groupsOf(file.kafkaBrokers, [forward.group, reverse.group]),
  ]);
  return { slots: blue + green, connectors, groups };
};
