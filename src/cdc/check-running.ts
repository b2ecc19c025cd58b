import type { OutsideFailure, Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction, Side } from "../signals/bindings.ts";
import type { Observation, Observations } from "../signals/observation.ts";
import type { DrainPort, StreamsPort } from "../signals/ports.ts";
import { configDifferences, configText, wantedConnectors } from "./connectors.ts";
import type { CdcFacts, DatabaseAddress } from "./facts.ts";
import type { CdcCheck, Finding, FindingName } from "./finding.ts";
import { isOneHop, loopProbe, sayProbe } from "./loop-probe.ts";
import { DIRECTIONS, sinkTopics } from "./names.ts";
import { type CdcPlan, planCdc } from "./plan.ts";
import type { CdcPorts } from "./ports.ts";
import { readCdcFacts } from "./read-facts.ts";

const READ_MS = durationMs(10_000);
const MAX_TOKEN_AGE_S = 5;

/** A heading that passed, or what was found under it. */
type Looked = readonly [heading: string, findings: readonly Finding[]];

const found = (name: FindingName, what: string, why: string, remedy: string): Finding => ({ name, what, why, remedy });

const unreadable = ({ message }: OutsideFailure): Finding =>
  found("unreadable", message, "What cannot be read cannot be called good.", "Make it reachable and check again.");

const APPLY_AGAIN = "Run `pawl cdc apply`: it does what is missing and leaves alone what is there.";

/** Every statement of the plan says itself whether there is anything left for it to do. */
const statements = async (ports: CdcPorts, plan: CdcPlan): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const action of plan.phases.flatMap(({ actions }) => actions)) {
    if (action.kind !== "sql" || action.unless === undefined) continue;
    const holds: Result<boolean, OutsideFailure> = await ports.databases[action.side].holds(action.unless);
    if (!holds.ok) findings.push(unreadable(holds.failure));
    else if (!holds.value)
      findings.push(found("not-applied", `${action.side}: ${action.sql.split("\n")[0]}`, action.why, APPLY_AGAIN));
  }
  return findings;
};

const seeds = (facts: CdcFacts): readonly Finding[] =>
  DIRECTIONS.filter((direction) => !facts.seededStreams.includes(direction)).map((direction) =>
    found(
      "not-seeded",
      `${direction} was never found equal on both sides.`,
      "Without it nobody knows that the sides hold the same rows.",
      APPLY_AGAIN,
    ),
  );

const topics = (cutover: CutoverBindings, facts: CdcFacts): readonly Finding[] =>
  DIRECTIONS.flatMap((direction) => sinkTopics(cutover, direction))
    .filter((topic) => !facts.topics.some(({ name }) => name === topic))
    .map((topic) =>
      found("topic-missing", `Topic ${topic} does not exist.`, "Its rows have no way to the other side.", APPLY_AGAIN),
    );

const configurations = (cutover: CutoverBindings, facts: CdcFacts): readonly Finding[] =>
  wantedConnectors(cutover, facts.addresses).flatMap(({ name, configs: [wanted] }): readonly Finding[] => {
    const config = facts.connect.connectors.find((connector) => connector.name === name)?.config ?? null;
    if (wanted === undefined || (config !== null && configText(config) === configText(wanted))) return [];
    const what =
      config === null
        ? `Connector ${name} does not exist.`
        : `Connector ${name} is configured otherwise: ${configDifferences(wanted, config).join(", ")}.`;
    return [found("connector-differs", what, "What it carries, and how, is not what was proven.", APPLY_AGAIN)];
  });

interface Demand {
  readonly signal: string;
  readonly name: FindingName;
  readonly holds: (value: unknown, all: Observations) => boolean;
  readonly why: string;
  readonly remedy: string;
}

const seenValue = (of: Observation | undefined): unknown => (of?.known === true ? of.value : undefined);

const demands = (direction: Direction): readonly Demand[] => [
  {
    signal: `${direction}.state`,
    name: "connector-not-running",
    holds: (state) => state === "RUNNING",
    why: "Source, sink and every task have to run.",
    remedy: `Look at the tasks of the ${direction} connectors on Kafka Connect; a FAILED one needs a restart call once mended.`,
  },
  {
    signal: `${direction}.tasksRunning`,
    name: "connector-not-running",
    holds: (running, all) => running === seenValue(all[`${direction}.tasksExpected`]),
    why: "A source whose slot is lost is RUNNING with no task at all.",
    remedy: "Restart the connector; where its slot is lost the stream has to be seeded again.",
  },
  {
    signal: `${direction}.dataGap`,
    name: "data-gap",
    holds: (gap) => gap === false,
    why: "Rows were or may have been skipped.",
    remedy:
      "Where a trigger, a publication or a replica identity is not-applied: pawl cdc apply, which mends it and compares every row. " +
      "Else take the stream apart and apply again: only new seeding and a clean comparison clear it. The runbook has the steps: a stream has a gap.",
  },
  {
    signal: `${direction}.slotActive`,
    name: "slot-inactive",
    holds: (active) => active === true,
    why: "Nobody reads the slot: changes pile up on the database's disk.",
    remedy: "See why the source connector does not run.",
  },
  {
    signal: `${direction}.lagRecords`,
    name: "lag-unknown",
    holds: (lag) => typeof lag === "number",
    why: "A lag that cannot be told is not a small one.",
    remedy: "See that the sink's group has the name that the bindings say, and that it consumes.",
  },
  {
    signal: `${direction}.lagSeconds`,
    name: "behind",
    holds: (age) => typeof age === "number" && age <= MAX_TOKEN_AGE_S,
    why: `A token is written every second; on the other side the newest may be ${MAX_TOKEN_AGE_S} s old.`,
    remedy: "Wait until the stream has caught up.",
  },
  {
    signal: `${direction}.deadLetters`,
    name: "dead-letters",
    holds: (count) => count === 0,
    why: "A row that was put aside is a row that differs.",
    remedy: APPLY_AGAIN,
  },
];

const unmet = (observed: Observations, demand: Demand): readonly Finding[] => {
  const observation = observed[demand.signal];
  if (observation?.known === true && demand.holds(observation.value, observed)) return [];
  const seen = observation?.known === true ? String(observation.value) : (observation?.reason ?? "not observed");
  return [found(demand.name, `${demand.signal}: ${seen}.`, demand.why, demand.remedy)];
};

const sayLag = (direction: Direction, observed: Observations): string => {
  const [records, seconds] = ["lagRecords", "lagSeconds"].map((name) => seenValue(observed[`${direction}.${name}`]));
  return `: ${String(records)} records behind, token ${String(seconds)} s old`;
};

const SEQUENCES: Demand = {
  signal: "sequences.headroomSeconds",
  name: "sequences-together",
  holds: (seconds) => typeof seconds === "number" && seconds >= 86_400,
  why: "The sides may give the same number twice, or run out of numbers within a day at 1,000 a second.",
  remedy: APPLY_AGAIN,
};

const loop = async (ports: CdcPorts, drain: DrainPort, cutover: CutoverBindings): Promise<readonly Finding[]> => {
  const probe = await loopProbe(ports, drain, cutover, false);
  if (!probe.ok) return [unreadable(probe.failure)];
  return probe.value.probes
    .filter((seen) => !isOneHop(seen))
    .map((seen) =>
      found(
        "loop",
        `${sayProbe(seen)}.`,
        "What is written on one side comes back to it, and goes round for ever.",
        "Stop both sinks; see that their sessions carry the origin and the sources ask for origin=none.",
      ),
    );
};

/**
 * Everything that has to be true of CDC before a cutover may be armed. Writes nothing but tokens (the loop probe's).
 * Takes about ten seconds, most of it the loop probe.
 */
export const checkCdc = async (
  ports: CdcPorts,
  streams: StreamsPort,
  drain: DrainPort,
  cutover: CutoverBindings,
  addresses: Readonly<Record<Side, DatabaseAddress>>,
): Promise<CdcCheck> => {
  const facts = await readCdcFacts(ports, cutover, addresses);
  if (!facts.ok) return { ok: false, findings: [unreadable(facts.failure)], passed: [] };
  const plan = planCdc(cutover, facts.value);
  const observed = await streams.read(cutover, READ_MS);
  const running: readonly Looked[] = DIRECTIONS.map((direction) => [
    `${direction} runs, with all tasks, without a gap${sayLag(direction, observed)}`,
    demands(direction).flatMap((demand) => unmet(observed, demand)),
  ]);
  const looked: Looked[] = [
    [
      "nothing that CDC cannot carry",
      plan.refusals.map(({ name, what, why, remedy }) => found("refused", `${name}: ${what}`, why, remedy)),
    ],
    ["both sides were found equal", seeds(facts.value)],
    ["roles, tables, triggers, publications", await statements(ports, plan)],
    ["topics", topics(cutover, facts.value)],
    ["connectors' configuration", configurations(cutover, facts.value)],
    ...running,
    ["sequences apart", unmet(observed, SEQUENCES)],
  ];
  // A probe of streams that do not run would only time out.
  if (running.every(([, findings]) => findings.length === 0))
    looked.push(["exactly one hop", await loop(ports, drain, cutover)]);
  const findings = looked.flatMap(([, all]) => all);
  const passed = looked.filter(([, all]) => all.length === 0).map(([heading]) => heading);
  return { ok: findings.length === 0, findings, passed };
};
