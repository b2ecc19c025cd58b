import { seedOf } from "../../../src/rehearsal/world/random.ts";
import type { Faults } from "../faults/faults.ts";
import type { FaultKind } from "../faults/kinds.ts";

/** What the sides and the streams are really like at an instant. */
export interface Truth {
  /** From now on, for so long, green answers this share with an error: something heavy is asked of it. */
  strain(from: number, forMs: number, errorRatio: number): void;
  /** Share of green's answers that are a 5XX. */
  greenErrorRatio(at: number): number;
  /** Share of the connections to green that are refused, whatever its health checks say. */
  greenRefusedRatio(at: number): number;
  greenP99Ms(at: number): number;
  hosts(side: "blue" | "green", at: number): number;
  stream(name: "forward" | "reverse", at: number): "running" | "stalled" | "paused" | "task-lost";
  /** Since when this stream has stood still; null: it moves. */
  standsSince(name: "forward" | "reverse", at: number): number | null;
  /** Rows that both sides wrote, ever. */
  conflicts(at: number): number;
  /** Whether rows still differ: people, once told, mend the row that both sides wrote. */
  rowsDiffer(at: number): boolean;
  /** Whether rows of reverse are missing for good, until people have seeded it again. */
  reverseGap(at: number): boolean;
  /** Whether green is really well in all that a promotion rests on. */
  isHealthy(at: number): boolean;
}

const HOSTS = 4;
const MENDED_AFTER_MS = 60 * 60_000;
/** What a healthy service answers badly. */
const NOISE_RATIO = 0.0008;

const hash = (...parts: readonly number[]): number => seedOf(...parts) / 4_294_967_296;

export const truthOf = (seed: number, faults: Faults): Truth => {
  const onAt = (kind: FaultKind, at: number) =>
    faults.spells(kind).find(({ from, to }) => from <= at && at < to) ?? null;
  /** Strength of a spell, 0 to 1, the same for all of it. */
  const strength = (kind: FaultKind, at: number): number | null => {
    const spell = onAt(kind, at);
    return spell === null ? null : hash(seed, spell.from / 1_000, kind.length);
  };
  const streamFaults = ["stream-stalled", "stream-paused", "stream-task-lost"] as const;
  const streamSpell = (name: "forward" | "reverse", at: number) => {
    for (const kind of streamFaults) {
      const spell = onAt(kind, at);
      if (spell === null) continue;
      const which = hash(seed, spell.from / 1_000, 77);
      const both = which < 0.2;
      if (both || which < 0.6 === (name === "forward")) return { kind, spell };
    }
    return null;
  };
  let strained: { readonly from: number; readonly to: number; readonly errorRatio: number } | null = null;
  const strainAt = (at: number): number | null =>
    strained !== null && strained.from <= at && at < strained.to ? strained.errorRatio : null;
  const truth: Truth = {
    strain: (from, forMs, errorRatio) => {
      strained = { from, to: from + forMs, errorRatio };
    },
    greenErrorRatio: (at) => {
      if (onAt("green-dead", at) !== null) return 0;
      const strain = strainAt(at);
      if (strain !== null) return strain;
      const errors = strength("green-errors", at);
      if (errors === null) return NOISE_RATIO * hash(seed, at / 60_000, 1);
      // From what only statistics can see to gross failure.
      return errors < 0.5 ? 0.01 + errors * 0.06 : 0.1 + errors * 0.6;
    },
    greenRefusedRatio: (at) => {
      if (onAt("green-dead", at) !== null) return 1;
      const refuses = strength("green-refuses", at);
      if (refuses === null) return 0;
      // From what no alarm sees, yet no gate may pass, to gross failure.
      return refuses < 0.5 ? 0.012 + refuses * 0.05 : refuses;
    },
    greenP99Ms: (at) => {
      const slow = strength("green-slow", at);
      return slow === null ? 100 + 40 * hash(seed, at / 60_000, 2) : 450 + slow * 2_500;
    },
    hosts: (side, at) => {
      if (side === "blue") return onAt("blue-scaled-in", at) === null ? HOSTS : 2;
      if (onAt("green-dead", at) !== null) return 0;
      return onAt("green-hosts-lost", at) === null ? HOSTS : 3;
    },
    stream: (name, at) => {
      const found = streamSpell(name, at);
      if (found === null) return "running";
      return found.kind === "stream-stalled" ? "stalled" : found.kind === "stream-paused" ? "paused" : "task-lost";
    },
    standsSince: (name, at) => streamSpell(name, at)?.spell.from ?? null,
    conflicts: (at) => faults.spells("rows-conflict").filter(({ from }) => from <= at).length,
    rowsDiffer: (at) => faults.spells("rows-conflict").some(({ from, to }) => from <= at && at < to + MENDED_AFTER_MS),
    reverseGap: (at) => onAt("reverse-gap", at) !== null,
    isHealthy: (at) =>
      strainAt(at) === null &&
      onAt("green-dead", at) === null &&
      onAt("green-errors", at) === null &&
      onAt("green-refuses", at) === null &&
      onAt("green-slow", at) === null &&
      onAt("green-hosts-lost", at) === null &&
      onAt("reverse-gap", at) === null &&
      truth.stream("forward", at) === "running" &&
      truth.stream("reverse", at) === "running",
  };
  return truth;
};
