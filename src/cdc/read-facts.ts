import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Side } from "../signals/bindings.ts";
import { SOURCE_PLUGIN, wantedConnectors } from "./connectors.ts";
import type { CdcFacts, ConnectorFacts, DatabaseAddress } from "./facts.ts";
import { DIRECTIONS, heartbeatTopic, pawlTable, publishedTables, quoteText, SEED_TABLE, sinkTopics } from "./names.ts";
import type { CdcPorts } from "./ports.ts";

const TIMEOUT_MS = durationMs(15_000);

/** A stream counts as seeded when both sides remember it. */
const seededStreams = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
): Promise<Result<readonly string[], OutsideFailure>> => {
  const table = pawlTable(cutover, SEED_TABLE);
  const remembered: string[][] = [];
  for (const database of [ports.databases.blue, ports.databases.green]) {
    const exists = await database.holds(`select to_regclass(${quoteText(table.quoted)}) is not null`);
    if (!exists.ok) return exists;
    if (!exists.value) return ok([]);
    const seeds = await database.seeds(table);
    if (!seeds.ok) return seeds;
    remembered.push(seeds.value.map(({ stream }) => stream));
  }
  return ok(DIRECTIONS.filter((direction) => remembered.every((streams) => streams.includes(direction))));
};

/** Looks at both databases, Kafka and Kafka Connect: all that a plan is made from. Effects: none. */
export const readCdcFacts = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  addresses: Readonly<Record<Side, DatabaseAddress>>,
): Promise<Result<CdcFacts, OutsideFailure>> => {
  const tables = publishedTables(cutover);
  const topics = DIRECTIONS.flatMap((direction) => [
    ...sinkTopics(cutover, direction),
    heartbeatTopic(cutover, direction),
  ]);
  const [blue, green, found, plugins] = await Promise.all([
    ports.databases.blue.facts(tables),
    ports.databases.green.facts(tables),
    ports.broker.topics(topics, TIMEOUT_MS),
    ports.connect.plugins(TIMEOUT_MS),
  ]);
  if (!blue.ok) return blue;
  if (!green.ok) return green;
  if (!found.ok) return found;
  if (!plugins.ok) return plugins;
  const connectors: ConnectorFacts[] = [];
  for (const { name } of wantedConnectors(cutover, addresses)) {
    const config = await ports.connect.config(name, TIMEOUT_MS);
    if (!config.ok) return config;
    connectors.push({ name, config: config.value });
  }
  // Without the plugin, which is refused for itself, there is nobody to ask.
  const transactions = plugins.value.includes(SOURCE_PLUGIN)
    ? await ports.connect.writesTransactions(SOURCE_PLUGIN, TIMEOUT_MS)
    : ok(false);
  if (!transactions.ok) return transactions;
  const seeded = await seededStreams(ports, cutover);
  if (!seeded.ok) return seeded;
  return ok({
    blue: blue.value,
    green: green.value,
    topics: found.value,
    connect: { connectors, plugins: plugins.value, writesTransactions: transactions.value },
    addresses,
    seededStreams: seeded.value,
  });
};
