import type { CutoverState } from "../../../src/decision/state.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { DRILL, type FakeWorld, sha256, wholeLedger } from "../fake-world.ts";

const WEIGHTS = [0, ...DRILL.steps.map(({ weight }) => weight)];

const nextAfter = (percent: number): number => WEIGHTS[WEIGHTS.indexOf(percent) + 1] ?? 100;

/** Looks at green's share by the truth, the moment it rises. */
export const watchRises = (world: FakeWorld): readonly string[] => {
  const broken: string[] = [];
  world.rules.watch = ({ from, to, by }) => {
    const { weightPercent, latch, wayBack } = world.state();
    if (wayBack !== "open" && to < from) broken.push(`green fell ${from} → ${to} (${by}) past the point of no return`);
    if (to <= from) return;
    if (latch?.verifiedAt !== undefined) broken.push(`green rose ${from} → ${to} (${by}) after verified`);
    if (to > nextAfter(weightPercent)) broken.push(`green rose ${from} → ${to} (${by}), recorded ${weightPercent}`);
  };
  return broken;
};

interface Turn {
  readonly before: CutoverState;
  readonly after: CutoverState;
  readonly latches: boolean;
  /** By arming again. Past the point of no return an operator's resume takes a latch off, in the same epoch. */
  readonly releases: boolean;
  readonly resumes: boolean;
}

type Law = readonly [law: string, isBroken: (turn: Turn) => boolean];

/** What two versions of the item, one after the other, must not show. */
const LAWS: readonly Law[] = [
  ["it does not follow the version before", ({ before, after }) => after.version !== before.version + 1],
  ["its write id is that of the version before", ({ before, after }) => after.writeId === before.writeId],
  [
    "the epoch moves by one with each latch and each arm, and with nothing else",
    ({ before, after, latches, releases }) => after.epoch !== before.epoch + (latches || releases ? 1 : 0),
  ],
  [
    "another latch took the place of the first",
    ({ before, after, latches, releases, resumes }) =>
      !latches && !releases && !resumes && before.latch?.record.id !== after.latch?.record.id,
  ],
  ["a latch ended that was not verified", ({ before, releases }) => releases && before.latch?.verifiedAt === undefined],
  [
    "something was announced under a latch",
    ({ before, after }) =>
      after.latch !== undefined && after.intent !== undefined && before.intent?.intentAt !== after.intent.intentAt,
  ],
  [
    "the point of no return was passed under a latch",
    ({ before, after }) => before.wayBack === "open" && after.wayBack !== "open" && after.latch !== undefined,
  ],
];

const LAWS_OF_A_COMMIT: readonly Law[] = [
  ["a weight under a latch", ({ before, after }) => before.latch !== undefined || after.latch !== undefined],
  ["a weight that nobody announced", ({ before, after }) => before.intent?.to !== after.weightPercent],
  ["a weight beyond the next step", ({ before, after }) => after.weightPercent !== nextAfter(before.weightPercent)],
];

const between = (before: CutoverState, after: CutoverState): readonly string[] => {
  const latches = before.latch === undefined && after.latch !== undefined;
  const ends = before.latch !== undefined && after.latch === undefined;
  const resumes = ends && before.wayBack !== "open" && after.wayBack !== "open";
  const turn = { before, after, latches, releases: ends && !resumes, resumes };
  const laws = after.weightPercent > before.weightPercent ? [...LAWS, ...LAWS_OF_A_COMMIT] : LAWS;
  return laws
    .filter(([, isBroken]) => isBroken(turn))
    .map(([law]) => `version ${after.version} (epoch ${after.epoch}): ${law}`);
};

/** Every version of the item that some run was told it had written, each once and in order. */
const inOrder = (written: readonly CutoverState[]): readonly CutoverState[] => {
  const once = new Map(written.map((state) => [`${state.version} ${state.writeId}`, state]));
  return [...once.values()].sort((a, b) => a.version - b.version);
};

/** Records and messages that were in the outbox once, and have neither arrived nor wait any more. */
const lost = (world: FakeWorld, versions: readonly CutoverState[]): readonly string[] => {
  const kept = new Map(wholeLedger(world).map(({ id, hash }) => [id, hash]));
  const waiting = world.state().outbox.map(({ id }) => id);
  const told = new Set([...waiting, ...world.notify.sent.map(({ id }) => id)]);
  return versions
    .flatMap(({ outbox }) => outbox)
    .flatMap(({ id, record, notification }) => [
      ...(record === undefined || kept.get(id) === record.hash ? [] : [`record ${id} is lost`]),
      ...(notification === undefined || told.has(id) ? [] : [`message ${id} is lost`]),
    ]);
};

/**
 * What is broken after a race, one sentence each.
 * @param first - The item as the race found it.
 * @param written - What the runs were told they had written, in any order.
 */
export const brokenLaws = (world: FakeWorld, first: CutoverState, written: readonly CutoverState[]): string[] => {
  const versions = [first, ...inOrder(written)];
  const steps = versions.slice(1).map((after, index) => between(versions[index] ?? first, after));
  const last = versions.at(-1) ?? first;
  const ledger = verifyLedger(wholeLedger(world), sha256, world.state().ledgerHead);
  const latches = versions.flatMap(({ latch }) => (latch === undefined ? [] : [latch.record.id]));
  const recorded = new Set(wholeLedger(world).map(({ id }) => id));
  return [
    ...steps.flat(),
    ...(last.version === world.state().version ? [] : [`the item is at version ${world.state().version}`]),
    ...lost(world, versions),
    ...(ledger.intact ? [] : [`the ledger: ${ledger.why}`]),
    ...latches.filter((id) => !recorded.has(id)).map((id) => `latch ${id} has no record`),
  ];
};

/** What has not come to rest, where nothing has gone wrong for some minutes. */
export const unrest = (world: FakeWorld): readonly string[] => {
  const { intent, latch, weightPercent, phase, wayBack } = world.state();
  const green = world.rules.greenPercent();
  const back = latch !== undefined && wayBack === "open";
  return [
    ...(intent === undefined ? [] : [`${intent.kind} ${intent.to} % is still announced`]),
    ...(back && (latch.verifiedAt === undefined || phase !== "rolledBack") ? ["latched and not verified"] : []),
    ...(green === (back ? 0 : weightPercent) ? [] : [`green has ${green} %, recorded are ${weightPercent} %`]),
  ];
};
