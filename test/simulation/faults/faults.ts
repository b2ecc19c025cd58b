import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { type Dice, diceOf } from "../world/dice.ts";
import { FAULT_KINDS, type FaultKind } from "./kinds.ts";
import { MENU, type Odds } from "./menu.ts";

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
  /** Kinds with other odds than the menu's. */
  readonly odds?: Readonly<Partial<Record<FaultKind, Odds>>>;
  /** Whether anything may go wrong yet; always, where it is left out. */
  readonly mayStrike?: () => boolean;
}

const HOUR_MS = 3_600_000;

const oddsOf = (kind: FaultKind, { odds }: FaultSettings): Odds => odds?.[kind] ?? MENU[kind];

const drawSpells = (kind: FaultKind, settings: FaultSettings): readonly Spell[] => {
  const { seed, from, until, weather } = settings;
  const { perHour, minutes } = oddsOf(kind, settings);
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

/** What is known of one kind while a run goes on. */
interface Kind {
  readonly dice: Dice;
  readonly spells: readonly Spell[];
  readonly share: number;
  /** The first spell that is not over. */
  next: number;
}

export const faultsOf = (settings: FaultSettings): Faults => {
  const { seed, without, mayStrike = () => true } = settings;
  const counts: Record<string, number> = {};
  const kinds = Object.fromEntries(
    FAULT_KINDS.map((kind): [FaultKind, Kind] => [
      kind,
      {
        dice: diceOf(seed, `occasions of ${kind}`),
        spells: without.includes(kind) ? [] : drawSpells(kind, settings),
        share: oddsOf(kind, settings).share,
        next: 0,
      },
    ]),
  ) as Record<FaultKind, Kind>;
  const spell: Faults["spell"] = (name, at) => {
    const kind = kinds[name];
    let one = kind.spells[kind.next];
    while (one !== undefined && one.to <= at) {
      kind.next += 1;
      one = kind.spells[kind.next];
    }
    return one !== undefined && one.from <= at && mayStrike() ? one : null;
  };
  const count: Faults["count"] = (kind) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  return {
    spell,
    count,
    dice: (kind) => kinds[kind].dice,
    counts,
    spells: (kind) => kinds[kind].spells,
    strikes: (kind, at) => {
      if (spell(kind, at) === null || !kinds[kind].dice.chance(kinds[kind].share)) return false;
      count(kind);
      return true;
    },
  };
};
