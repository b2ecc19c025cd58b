import { type Dice, diceOf } from "../world/dice.ts";
import { FAULT_KINDS, type FaultKind } from "./kinds.ts";
import { MENU } from "./menu.ts";

/** A stretch in which a kind of fault is about. */
export interface Spell {
  readonly from: number;
  readonly to: number;
}

/** What goes wrong in one run: spells drawn beforehand, and the single occasions drawn as they come. */
export interface Faults {
  /** The spell that is on now; null where there is none. */
  spell(kind: FaultKind, at: number): Spell | null;
  /** Whether it happens now, to this call or this minute; counted where it does. */
  strikes(kind: FaultKind, at: number): boolean;
  /** For faults that count by what they did, not by when they began. */
  count(kind: FaultKind): void;
  dice(kind: FaultKind): Dice;
  readonly counts: Readonly<Record<string, number>>;
  /** Every spell of a kind, earliest first. */
  spells(kind: FaultKind): readonly Spell[];
}

export interface FaultSettings {
  readonly seed: number;
  readonly from: number;
  /** Nothing goes wrong from here on. */
  readonly until: number;
  /** Factor on how often; 1 is a bad day. */
  readonly weather: number;
  readonly without: readonly string[];
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const drawSpells = (kind: FaultKind, { seed, from, until, weather }: FaultSettings): readonly Spell[] => {
  const { perHour, minutes } = MENU[kind];
  const dice = diceOf(seed, `spells of ${kind}`);
  const spells: Spell[] = [];
  const meanGapMs = HOUR_MS / (perHour * weather);
  for (let at = from; at < until; ) {
    // Minutes from a geometric law: as good as memoryless, and exact on every machine.
    let gap = 1;
    while (gap < 10_000 && !dice.chance(MINUTE_MS / Math.max(MINUTE_MS, meanGapMs))) gap += 1;
    const begins = at + gap * MINUTE_MS - dice.below(MINUTE_MS);
    const ends = Math.min(until, begins + dice.between(minutes[0], minutes[1]) * MINUTE_MS);
    if (begins < until) spells.push({ from: begins, to: ends });
    at = Math.max(begins, ends);
  }
  return spells;
};

export const faultsOf = (settings: FaultSettings): Faults => {
  const { seed, without } = settings;
  const counts: Record<string, number> = {};
  const dices = new Map<FaultKind, Dice>();
  const spells = new Map<FaultKind, readonly Spell[]>();
  for (const kind of FAULT_KINDS) {
    dices.set(kind, diceOf(seed, `occasions of ${kind}`));
    spells.set(kind, without.includes(kind) ? [] : drawSpells(kind, settings));
  }
  const next = new Map<FaultKind, number>();
  const dice = (kind: FaultKind): Dice => dices.get(kind) ?? diceOf(seed, kind);
  const spell: Faults["spell"] = (kind, at) => {
    const all = spells.get(kind) ?? [];
    let index = next.get(kind) ?? 0;
    while (index < all.length && (all[index]?.to ?? 0) <= at) index += 1;
    next.set(kind, index);
    const one = all[index];
    return one !== undefined && one.from <= at ? one : null;
  };
  const count: Faults["count"] = (kind) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  return {
    spell,
    count,
    dice,
    counts,
    spells: (kind) => spells.get(kind) ?? [],
    strikes: (kind, at) => {
      if (spell(kind, at) === null || !dice(kind).chance(MENU[kind].share)) return false;
      count(kind);
      return true;
    },
  };
};
