import type { CutoverBindings } from "../signals/bindings.ts";
import { checkBefore, notesBefore } from "./check.ts";
import { sinkConfig, sourceConfig } from "./connectors.ts";
import { dismantlingFunctions } from "./dismantle.ts";
import type { CdcFacts } from "./facts.ts";
import { fence, fenceFunctions, fenceRights } from "./fence.ts";
import { DIRECTIONS, heartbeatTopic, SIDES, sinkTopics } from "./names.ts";
import { publicationsPhase } from "./plan-publications.ts";
import { rightsPhase, rolesPhase } from "./plan-roles.ts";
import { tablesPhase } from "./plan-tables.ts";
import { triggersPhase } from "./plan-triggers.ts";
import type { ConnectorAction, PhaseName, PlanAction, PlanPhase, ProofAction, Right } from "./plan-types.ts";
import type { Note, Refusal } from "./refusal.ts";

export interface CdcPlan {
  /** Both streams run and were found equal before: the plan repairs and compares, and neither fences nor copies. */
  readonly alreadySeeded: boolean;
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
  /** In start order; nothing of a phase begins before the one above it is done. */
  readonly phases: readonly PlanPhase[];
}

const prove = (proof: ProofAction["proof"], why: string): ProofAction => ({
  kind: "proof",
  right: proof.of === "sequences-apart" ? "owner" : "replication",
  why,
  proof,
});

const connector = (name: string, config: ConnectorAction["config"], why: string): ConnectorAction => ({
  kind: "connector",
  right: "connect",
  why,
  name,
  config,
});

const phase = (name: PhaseName, why: string, actions: readonly PlanAction[]): PlanPhase => ({ name, why, actions });

/** What may be done at any time, also to a cutover that is live: all of it leaves alone what is already there. */
const groundwork = (cutover: CutoverBindings): readonly PlanPhase[] => [
  phase("roles", "who reads, who applies, who looks", rolesPhase(cutover)),
  phase("tables", "pawl's tables and the version columns", tablesPhase(cutover)),
  phase("rights", "what each role may do", [
    ...rightsPhase(cutover),
    ...SIDES.flatMap((side) => [
      ...fenceFunctions(cutover, side),
      ...fenceRights(cutover, side),
      ...dismantlingFunctions(cutover, side),
    ]),
  ]),
  phase("triggers", "versions, tombstones and guards, before any slot exists", triggersPhase(cutover)),
  phase("publications", "whole rows, and only the tables of this cutover", publicationsPhase(cutover)),
  phase("topics", "one partition each, so that order holds", [
    {
      kind: "topics",
      right: "kafka",
      why: "made beforehand: a topic that came back by itself would be a silent gap",
      topics: DIRECTIONS.flatMap((direction) => [
        ...sinkTopics(cutover, direction),
        heartbeatTopic(cutover, direction),
      ]),
    },
  ]),
];

const sink = (cutover: CutoverBindings, facts: CdcFacts, direction: "forward" | "reverse"): ConnectorAction =>
  connector(
    cutover.streams[direction].sink,
    sinkConfig(cutover, direction, facts.addresses[direction === "forward" ? "green" : "blue"]),
    "applies what comes, before anything can come",
  );

const forwardReadsOn = (cutover: CutoverBindings, facts: CdcFacts): ConnectorAction =>
  connector(
    cutover.streams.forward.source,
    sourceConfig(cutover, "forward", facts.addresses.blue, "no_data"),
    "were its offsets lost, it must not copy blue's rows again over newer ones of green",
  );

const reverseStarts = (cutover: CutoverBindings, facts: CdcFacts): readonly ConnectorAction[] => [
  sink(cutover, facts, "reverse"),
  connector(
    cutover.streams.reverse.source,
    sourceConfig(cutover, "reverse", facts.addresses.green, "no_data"),
    "its slot exists before green's first write; rows that came from blue are not copied back",
  ),
];

const firstTime = (cutover: CutoverBindings, facts: CdcFacts): readonly PlanPhase[] => [
  phase("fence-green", "until both streams are proven, only replication writes on green", [
    ...fenceFunctions(cutover, "green"),
    ...fence(cutover, "green", true),
  ]),
  ...groundwork(cutover),
  phase("forward", "blue's rows go to green", [
    sink(cutover, facts, "forward"),
    {
      ...connector(
        cutover.streams.forward.source,
        sourceConfig(cutover, "forward", facts.addresses.blue, "initial"),
        "copies the rows that are there, then follows the log",
      ),
      orElse: forwardReadsOn(cutover, facts).config,
    },
    prove({ of: "drained", direction: "forward" }, "everything that blue held has arrived"),
  ]),
  phase("sequences", "blue gives even numbers, green odd ones, for life", [
    prove({ of: "sequences-apart" }, "no number is ever given twice, also after a snap-back"),
  ]),
  phase("equal", "every row of both sides, by its hash", [
    prove({ of: "equal", directions: ["forward"] }, "suspects are read again after a drain proof"),
  ]),
  phase("reverse", "green's rows go to blue", [
    ...reverseStarts(cutover, facts),
    prove({ of: "drained", direction: "reverse" }, "the way back works before anybody needs it"),
  ]),
  phase("loop-probe", "what is written on one side reaches the other once and does not come back", [
    prove({ of: "one-hop" }, "topics grow by each side's own writes only"),
  ]),
  phase("settle-forward", "the copy is over", [
    forwardReadsOn(cutover, facts),
    prove({ of: "drained", direction: "forward" }, "it reads on from where it was"),
  ]),
  phase("seed", "writes down the incarnation that all later evidence is about", [
    prove({ of: "seeded" }, "a restored database, a lost slot or a topic made again shows against it"),
  ]),
  phase("unfence-green", "green may take writes", fence(cutover, "green", false)),
];

const repair = (cutover: CutoverBindings, facts: CdcFacts): readonly PlanPhase[] => [
  ...groundwork(cutover),
  phase("forward", "reads on", [sink(cutover, facts, "forward"), forwardReadsOn(cutover, facts)]),
  phase("reverse", "reads on", reverseStarts(cutover, facts)),
  phase("unfence-green", "green may take writes", fence(cutover, "green", false)),
  phase("equal", "every row of both sides, by its hash: what was mended may have kept some back", [
    ...DIRECTIONS.map((direction) => prove({ of: "drained", direction }, "what is under way is no difference")),
    prove({ of: "equal", directions: DIRECTIONS }, "suspects are read again after a drain proof"),
  ]),
];

/** What CDC must look like, and in which order to get there. Pure; holds no password. */
export const planCdc = (cutover: CutoverBindings, facts: CdcFacts): CdcPlan => {
  const alreadySeeded = DIRECTIONS.every((direction) => facts.seededStreams.includes(direction));
  return {
    alreadySeeded,
    refusals: checkBefore(cutover, facts),
    notes: notesBefore(cutover, facts),
    phases: alreadySeeded ? repair(cutover, facts) : firstTime(cutover, facts),
  };
};

/** The same actions grouped by the right each needs, as `cdc plan` prints them for whoever has that right. */
export const actionsByRight = (plan: CdcPlan): Readonly<Record<Right, readonly PlanAction[]>> => {
  const all = plan.phases.flatMap(({ actions }) => actions);
  const needing = (right: Right): readonly PlanAction[] => all.filter((action) => action.right === right);
  const parameters = plan.refusals
    .flatMap(({ statements, why }) => (statements ?? []).map((statement) => ({ ...statement, why })))
    .filter(({ sql }) => sql.startsWith("alter system"))
    .map(({ side, sql, why }): PlanAction => ({ kind: "sql", side, right: "parameters", why, sql }));
  return {
    parameters,
    admin: needing("admin"),
    owner: needing("owner"),
    replication: needing("replication"),
    kafka: needing("kafka"),
    connect: needing("connect"),
  };
};
