import type { CutoverBindings } from "../signals/bindings.ts";
import type { CdcFacts, DatabaseFacts, TriggerFacts } from "./facts.ts";
import { FENCE_TRIGGER } from "./fence.ts";
import { DIRECTIONS, streamFrom } from "./names.ts";
import type { Note, Refusal } from "./refusal.ts";

/** Below this a Debezium source cannot ask for `origin=none`, and stays RUNNING while it retries for ever. */
const OLDEST_VERSION = 160_000;

const versionText = (version: number): string => `${Math.floor(version / 10_000)}.${version % 10_000}`;

const settingRefusals = (of: DatabaseFacts): readonly Refusal[] => {
  const refusals: Refusal[] = [];
  if (of.serverVersion < OLDEST_VERSION)
    refusals.push({
      name: "postgres-too-old",
      what: `${of.side} runs PostgreSQL ${versionText(of.serverVersion)}.`,
      why: "Before 16 the server cannot leave out of a stream what the other stream applied, so the two would feed each other.",
      remedy: "Upgrade it to PostgreSQL 16 or later first.",
    });
  if (of.settings.wal_level !== "logical")
    refusals.push({
      name: "wal-level",
      what: `wal_level is ${of.settings.wal_level} on ${of.side}.`,
      why: "Without logical decoding there is no change data capture.",
      remedy: "Set it to logical and restart the server (on RDS: rds.logical_replication = 1 in the parameter group).",
      statements: [{ side: of.side, sql: "alter system set wal_level = 'logical'" }],
    });
  if (of.settings.synchronous_commit === "off" || of.asynchronousCommitters.length > 0)
    refusals.push({
      name: "asynchronous-commit",
      what:
        of.settings.synchronous_commit === "off"
          ? `synchronous_commit is off on ${of.side}.`
          : `synchronous_commit is off for ${of.asynchronousCommitters.join(", ")} on ${of.side}.`,
      why: "A write that was acknowledged before it reached the disk can be lost with the server, and then it never reached the stream either.",
      remedy: "Set it to on, for the server and for every role and database that has its own value.",
      statements: [{ side: of.side, sql: "alter system set synchronous_commit = 'on'" }],
    });
  return refusals;
};

const headroom = (of: DatabaseFacts, slot: string): readonly Refusal[] => {
  const mine = of.slots.filter(({ name }) => name === slot);
  const needed = mine.length === 0 ? 1 : 0;
  const slots = Number(of.settings.max_replication_slots);
  const senders = Number(of.settings.max_wal_senders);
  const active = mine.some((own) => own.active) ? 0 : 1;
  return [
    ...(of.slots.length + needed > slots
      ? [
          {
            name: "slots-exhausted" as const,
            what: `All ${slots} replication slots of ${of.side} are taken.`,
            why: "The stream from this side needs one of its own.",
            remedy: "Drop slots that nobody reads, or raise max_replication_slots and restart.",
            statements: [{ side: of.side, sql: `alter system set max_replication_slots = ${slots + 4}` }],
          },
        ]
      : []),
    ...(of.walSendersInUse + active > senders
      ? [
          {
            name: "wal-senders-exhausted" as const,
            what: `All ${senders} WAL senders of ${of.side} are in use.`,
            why: "The stream from this side needs one.",
            remedy: "End replication connections that nobody needs, or raise max_wal_senders and restart.",
            statements: [{ side: of.side, sql: `alter system set max_wal_senders = ${senders + 4}` }],
          },
        ]
      : []),
  ];
};

const leftovers = (facts: CdcFacts, of: DatabaseFacts, cutover: CutoverBindings): readonly Refusal[] => {
  const stream = cutover.streams[streamFrom(of.side)];
  const slot = of.slots.find(({ name }) => name === stream.slot);
  const connector = facts.connect.connectors.find(({ name }) => name === stream.source);
  if (slot === undefined || (connector?.config ?? null) !== null) return [];
  return [
    {
      name: "foreign-slot",
      what: `${of.side} has a replication slot ${slot.name}, and connector ${stream.source} does not exist.`,
      why: "A slot of another stream starts where that one stopped: rows would be skipped or sent twice.",
      remedy: `Make sure nobody needs it, then drop it.`,
      statements: [{ side: of.side, sql: `select pg_drop_replication_slot('${slot.name}')` }],
    },
  ];
};

const largeObjects = (of: DatabaseFacts): readonly Refusal[] =>
  of.largeObjects === 0
    ? []
    : [
        {
          name: "large-objects",
          what: `${of.side} holds ${of.largeObjects} large objects.`,
          why: "Their contents are not in the stream: rows would arrive with numbers that lead nowhere.",
          remedy: "Move them into a bytea column, or drop them if nobody uses them (vacuumlo).",
        },
      ];

/** As long as both streams are known and forward has its slot, apply mends them: what blue took before its fence has to be drained. */
const fencedBlue = ({ streams }: CutoverBindings, { blue, seededStreams }: CdcFacts): readonly Refusal[] => {
  const fenced = blue.tables.filter(({ triggers }) => triggers.some(isRaisedFence)).map(({ name }) => name);
  const drains =
    DIRECTIONS.every((direction) => seededStreams.includes(direction)) &&
    blue.slots.some(({ name }) => name === streams.forward.slot);
  if (fenced.length === 0 || drains) return [];
  return [
    {
      name: "blue-fenced",
      what: `${fenced.join(", ")} on blue ${fenced.length === 1 ? "is" : "are"} fenced.`,
      why: "Blue is fenced when change data capture is taken apart: green takes the writes since. To apply it anew would fence green too, and no write would be taken anywhere.",
      remedy:
        "Where green is to stay, there is nothing to do. pawl restore says what way back is left, and how blue's fence is lifted; moving again is a new cutover, under another name.",
    },
  ];
};

const isRaisedFence = ({ name, enabled }: TriggerFacts): boolean => name === FENCE_TRIGGER && enabled !== "disabled";

export const databaseRefusals = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] => [
  ...fencedBlue(cutover, facts),
  ...[facts.blue, facts.green].flatMap((of) => [
    ...settingRefusals(of),
    ...headroom(of, cutover.streams[streamFrom(of.side)].slot),
    ...leftovers(facts, of, cutover),
    ...largeObjects(of),
  ]),
];

export const databaseNotes = (facts: CdcFacts): readonly Note[] =>
  [facts.blue, facts.green].map((of): Note => {
    const cap = of.settings.max_slot_wal_keep_size;
    return {
      name: "slot-cap",
      what:
        cap === "-1"
          ? `max_slot_wal_keep_size is -1 on ${of.side}: a stream that stops fills the disk.`
          : `max_slot_wal_keep_size is ${cap} MB on ${of.side}: a stream that is stopped for longer than that lasts is lost and must be re-seeded.`,
    };
  });
