import type { Digest } from "../kernel/digest.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction, Side } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { compareSides } from "./diff.ts";
import type { SequenceFacts } from "./facts.ts";
import { loopProbe, sayProbe } from "./loop-probe.ts";
import { DIRECTIONS, pawlTable, publishedTables, SEED_TABLE, SIDES } from "./names.ts";
import type { CdcAdminPorts } from "./ports.ts";
import { readSeedFacts, seedJson } from "./seed.ts";
import { floorOf, isApart, moveApart } from "./sequences.ts";
import { executePatiently } from "./statements.ts";

const CALL_MS = durationMs(15_000);
const DRAIN_MS = durationMs(5_000);
/** A slot is there a moment after its connector: that long its absence is only waited for. */
const SLOT_WITHIN_MS = 60_000;

export interface Proving {
  readonly ports: CdcAdminPorts;
  readonly drain: DrainPort;
  readonly cutover: CutoverBindings;
  readonly digest: Digest;
  /** How long copying the rows may take. */
  readonly copyWithinMs: number;
  readonly onWait: (waitingFor: string) => void;
}

type Step = Result<"done" | "already", string>;

const failedConnector = async ({ ports, cutover }: Proving, direction: Direction): Promise<string | null> => {
  const { source, sink } = cutover.streams[direction];
  for (const name of [source, sink]) {
    const status = await ports.connect.status(name, CALL_MS);
    if (status.ok && status.value.state === "FAILED")
      return `connector ${name} FAILED: ${status.value.trace ?? "no trace"}`;
  }
  return null;
};

export const proveDrained = async (proving: Proving, direction: Direction): Promise<Step> => {
  const { ports, drain, cutover, copyWithinMs, onWait } = proving;
  const startedAt = ports.stopwatch.elapsedMs();
  for (;;) {
    const proof = await drain.prove(cutover, direction, DRAIN_MS);
    if (proof.ok) return ok("done");
    const failed = await failedConnector(proving, direction);
    if (failed !== null) return fail(failed);
    const tookMs = ports.stopwatch.elapsedMs() - startedAt;
    const hopeless = proof.failure.kind === "impossible" && tookMs > SLOT_WITHIN_MS;
    if (hopeless || tookMs > copyWithinMs) return fail(`${direction} is not drained: ${proof.failure.message}`);
    onWait(proof.failure.message);
    await ports.stopwatch.pause(500);
  }
};

const readSequences = async ({
  ports,
  cutover,
}: Proving): Promise<Result<Readonly<Record<Side, readonly SequenceFacts[]>>, string>> => {
  const [blue, green] = await Promise.all(
    SIDES.map((side) => ports.databases[side].sequences(publishedTables(cutover))),
  );
  if (blue === undefined || green === undefined) return fail("sequences were not read");
  if (!blue.ok) return fail(blue.failure.message);
  return green.ok ? ok({ blue: blue.value, green: green.value }) : fail(green.failure.message);
};

const moveOne = async (proving: Proving, side: Side, name: string): Promise<Step> => {
  const now = await readSequences(proving);
  if (!now.ok) return now;
  const mine = now.value[side].find((of) => of.name === name);
  if (mine === undefined) return fail(`sequence ${name} does not exist on ${side}`);
  if (isApart(side, mine)) return ok("already");
  const pair = SIDES.flatMap((each) => now.value[each].filter((of) => of.name === name));
  const sql = moveApart(side, name, floorOf(pair));
  const moved = await executePatiently(proving.ports, side, sql, (because) => proving.onWait(`${name}: ${because}`));
  return moved.ok ? ok("done") : moved;
};

/** Blue first: what it gives while green is moved is above the floor and of blue's parity already. */
export const setSequencesApart = async (proving: Proving): Promise<Step> => {
  const before = await readSequences(proving);
  if (!before.ok) return before;
  const steps: string[] = [];
  for (const side of SIDES)
    for (const { name } of before.value.blue) {
      const step = await moveOne(proving, side, name);
      if (!step.ok) return step;
      steps.push(step.value);
    }
  return ok(steps.includes("done") ? "done" : "already");
};

export const proveEqual = async (
  { ports, drain, cutover }: Proving,
  directions: readonly Direction[],
  onCompared: (rows: number) => void,
): Promise<Step> => {
  const compared = await compareSides(ports, drain, cutover, { directions });
  if (!compared.ok) return fail(compared.failure.message);
  const { rowsCompared, differences, unsettled } = compared.value;
  onCompared(rowsCompared);
  if (differences.length > 0) {
    const some = differences.slice(0, 5).map(({ table, key, kind }) => `${table} ${key} ${kind}`);
    return fail(`${differences.length} of ${rowsCompared} rows are not equal: ${some.join(", ")}`);
  }
  if (unsettled.length > 0)
    return fail(`${unsettled.length} rows changed on every look: apply again when they are quieter`);
  return ok("done");
};

export const proveOneHop = async ({ ports, drain, cutover }: Proving): Promise<Step> => {
  const probe = await loopProbe(ports, drain, cutover, true);
  if (!probe.ok) return fail(probe.failure.message);
  if (probe.value.oneHop) return ok("done");
  return fail(`what is written comes back: ${probe.value.probes.map(sayProbe).join("; ")}`);
};

export const writeSeeds = async ({ ports, cutover, digest }: Proving): Promise<Step> => {
  for (const direction of DIRECTIONS) {
    const facts = await readSeedFacts(ports, cutover, direction, digest, CALL_MS);
    if (!facts.ok) return fail(facts.failure.message);
    for (const side of SIDES) {
      const seed = { stream: direction, facts: seedJson(facts.value) };
      const written = await ports.databases[side].writeSeed(pawlTable(cutover, SEED_TABLE), seed);
      if (!written.ok) return fail(written.failure.message);
    }
  }
  return ok("done");
};
