import type { CutoverBindings } from "../signals/bindings.ts";
import { configDifferences, configText, wantedConnectors } from "./connectors.ts";
import type { CdcFacts, DatabaseFacts, SequenceFacts } from "./facts.ts";
import { DIRECTIONS, expectedDataTopics, publishedTables, quoteName, sinkTopics, tableName } from "./names.ts";
import type { Refusal } from "./refusal.ts";

const topicNames = (cutover: CutoverBindings): readonly Refusal[] =>
  DIRECTIONS.flatMap((direction): readonly Refusal[] => {
    const expected = [...expectedDataTopics(cutover, direction)].sort();
    const bound = [...cutover.streams[direction].topics].sort();
    if (expected.join() === bound.join()) return [];
    return [
      {
        name: "topics-differ",
        what: `The bindings' ${direction} topics are ${bound.join(", ")}; its tables make ${expected.join(", ")}.`,
        why: "A topic that nobody applies is a table that silently stays behind.",
        remedy: `Correct streams.${direction}.topics in cutover.json.`,
      },
    ];
  });

const topicState = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] =>
  DIRECTIONS.flatMap((direction) => {
    const source = facts.connect.connectors.find(({ name }) => name === cutover.streams[direction].source);
    const mine = sinkTopics(cutover, direction);
    return facts.topics
      .filter(({ name }) => mine.includes(name))
      .flatMap(({ name, partitions, records }): readonly Refusal[] => {
        if (partitions !== 1)
          return [
            {
              name: "topic-partitions",
              what: `Topic ${name} has ${partitions} partitions.`,
              why: "Order holds within a partition only; a row's changes have to arrive in the order in which they were made.",
              remedy: "Delete the topic while no connector exists; pawl makes it again with one partition.",
            },
          ];
        if (records === 0 || (source?.config ?? null) !== null) return [];
        return [
          {
            name: "topic-left-over",
            what: `Topic ${name} holds ${records} records, and connector ${cutover.streams[direction].source} does not exist.`,
            why: "They are of an earlier stream: the sink would apply old rows over new ones.",
            remedy: "Delete the topic, and the consumer group with it.",
          },
        ];
      });
  });

const connectors = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] =>
  wantedConnectors(cutover, facts.addresses).flatMap((wanted): readonly Refusal[] => {
    const found = facts.connect.connectors.find(({ name }) => name === wanted.name)?.config ?? null;
    const [target] = wanted.configs;
    if (found === null || target === undefined) return [];
    if (wanted.configs.some((config) => configText(config) === configText(found))) return [];
    const remedy = `Delete connector ${wanted.name}, after making sure that nobody uses it, and apply again.`;
    if (found["tasks.max"] !== "1")
      return [
        {
          name: "tasks-max",
          what: `Connector ${wanted.name} has tasks.max ${found["tasks.max"] ?? "unset"}.`,
          why: "Two tasks write side by side: the order of a row's changes is lost, and a replication origin serves one session.",
          remedy,
        },
      ];
    const group = "consumer.override.group.id";
    if (wanted.role === "sink" && found[group] !== target[group])
      return [
        {
          name: "group-differs",
          what: `Connector ${wanted.name} consumes as group ${found[group] ?? `connect-${wanted.name}`}; the bindings say ${target[group] ?? ""}.`,
          why: "Lag would be read of a group that nobody is in, and never be seen to grow.",
          remedy,
        },
      ];
    return [
      {
        name: "foreign-connector",
        what: `Connector ${wanted.name} exists with another configuration (${configDifferences(target, found).join(", ")}).`,
        why: "What it has already carried, and how, is not known.",
        remedy,
      },
    ];
  });

const plugins = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] =>
  [
    ...new Set(
      wantedConnectors(cutover, facts.addresses).flatMap(({ configs }) =>
        configs.map((c) => c["connector.class"] ?? ""),
      ),
    ),
  ]
    .filter((plugin) => !facts.connect.plugins.includes(plugin))
    .map((plugin) => ({
      name: "plugin-missing" as const,
      what: `Kafka Connect has no plugin ${plugin}.`,
      why: "The stream is made of it.",
      remedy: "Install Debezium's PostgreSQL source and JDBC sink, 3.6, on every worker.",
    }));

const transactions = ({ connect }: CdcFacts): readonly Refusal[] =>
  connect.writesTransactions
    ? [
        {
          name: "exactly-once-workers",
          what: "Kafka Connect's workers write what sources send in transactions.",
          why: "Each ends with a marker that no sink ever commits: no stream could be proven drained, and no rollback lossless.",
          remedy:
            "Set exactly.once.source.support=disabled on the workers and restart them, or use others: a row that is sent twice is dropped by its version.",
        },
      ]
    : [];

const sequence = (side: string, of: SequenceFacts): readonly Refusal[] => {
  if (of.cycle)
    return [
      {
        name: "sequence-cycles",
        what: `Sequence ${of.name} on ${side} cycles.`,
        why: "When it starts over it gives numbers that the other side may have given.",
        remedy: "Turn cycling off.",
        statements: [{ side: side as "blue" | "green", sql: `alter sequence ${tableName(of.name).quoted} no cycle` }],
      },
    ];
  if (of.increment === "1" || of.increment === "2") return [];
  return [
    {
      name: "sequence-increment",
      what: `Sequence ${of.name} on ${side} goes up by ${of.increment}.`,
      why: "pawl keeps the sides apart by even and odd numbers, which needs an increment of 1 to begin with.",
      remedy: "Set the increment to 1, or leave its table out of the cutover.",
    },
  ];
};

/** Only sequences of the tables' own schemas are kept apart. */
const elsewhere = (cutover: CutoverBindings, { side, tables }: DatabaseFacts): readonly Refusal[] => {
  const schemas = new Set(publishedTables(cutover).map(({ schema }) => schema));
  return tables.flatMap(({ name, defaultSequences }) =>
    defaultSequences
      .map(tableName)
      .filter(({ schema }) => !schemas.has(schema))
      .map((sequence) => ({
        name: "sequence-elsewhere" as const,
        what: `${name} on ${side} takes its numbers from ${sequence.plain}, which is in none of the tables' schemas.`,
        why: "It would not be kept apart: both sides would give the same numbers, and of two rows with one key only one is kept.",
        remedy: "Move the sequence into the schema of the table, on both sides; defaults go along.",
        statements: [
          { side, sql: `alter sequence ${sequence.quoted} set schema ${quoteName(tableName(name).schema)}` },
        ],
      })),
  );
};

const sequences = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] => {
  const names = [...new Set([...facts.blue.sequences, ...facts.green.sequences].map(({ name }) => name))];
  return [facts.blue, facts.green].flatMap((of) => [
    ...elsewhere(cutover, of),
    ...of.sequences.flatMap((one) => sequence(of.side, one)),
    ...names
      .filter((name) => !of.sequences.some((own) => own.name === name))
      .map((name) => ({
        name: "sequence-missing" as const,
        what: `Sequence ${name} does not exist on ${of.side}.`,
        why: "Both sides give out numbers once both take writes; each needs its half of them.",
        remedy: `Create it on ${of.side} with the migration that the application uses.`,
      })),
  ]);
};

export const streamRefusals = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] => [
  ...topicNames(cutover),
  ...topicState(cutover, facts),
  ...plugins(cutover, facts),
  ...transactions(facts),
  ...connectors(cutover, facts),
  ...sequences(cutover, facts),
];
