import type { Faults } from "../faults/faults.ts";
import type { Dice } from "./dice.ts";
import type { RunKind } from "./run.ts";

/** Which of a run's calls: of all, or of those that are more than another look at what it waits for. */
interface Place {
  readonly call: number;
  readonly of: "calls" | "acts";
  readonly after: boolean;
}

/** What becomes of one run, drawn as it starts: where it is killed, where it stands still, where its clock is put right. */
export interface Fate {
  readonly kill: Place | null;
  readonly freeze: (Place & { readonly forMs: number }) | null;
  readonly step: { readonly call: number; readonly byMs: number } | null;
}

export const MAX_SKEW_MS = 2_500;

/** Whoever waits for minutes looks some hundred times; what it does beside that, the beginning above all, has fewer. */
const LOOKS = 400;
const ACTS = [12, 40] as const;

const placeOf = (kind: RunKind, dice: Dice): Omit<Place, "after"> => {
  if (kind !== "rehearsal")
    return { call: 1 + dice.below(kind === "promote" || kind === "rollback" ? 20 : 10), of: "calls" };
  if (dice.chance(0.25)) return { call: 1 + dice.below(LOOKS), of: "calls" };
  return { call: 1 + dice.below(dice.of(ACTS)), of: "acts" };
};

export const fateOf = (faults: Faults, kind: RunKind, lifeMs: number, at: number): Fate => {
  const hit = (fault: "killed" | "frozen" | "clock-step") => {
    if (!faults.strikes(fault, at)) return null;
    const dice = faults.dice(fault);
    return { ...placeOf(kind, dice), after: dice.chance(0.5), dice };
  };
  const [kill, freeze, step] = [hit("killed"), hit("frozen"), hit("clock-step")];
  return {
    kill,
    freeze: freeze === null ? null : { ...freeze, forMs: 1_000 + freeze.dice.below(lifeMs) },
    step: step === null ? null : { call: step.call, byMs: step.dice.between(-MAX_SKEW_MS, MAX_SKEW_MS) },
  };
};
