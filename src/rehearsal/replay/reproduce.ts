import { type JudgedTick, judgeTick } from "../../guard/judge-tick.ts";
import type { JsonValue } from "../../kernel/json.ts";
import { operandsIn, type Verdicts, verdictsIn } from "../recording/picture.ts";
import type { Outcome, RecordedTick } from "../recording/recorded-tick.ts";

/** Judges a tick from exactly what the guard recorded that it looked at; null where a recording does not say so. */
export const judgeRecorded = ({ guard, cutover, state, trouble, tick }: RecordedTick): JudgedTick | null =>
  guard === undefined ? null : judgeTick(cutover, state, guard.policy, { snapshots: guard.looked, trouble }, tick);

/** In what a judged tick differs from what was recorded of it, one phrase each; empty where it comes out the same. */
export const differencesFrom = (recorded: Outcome, { decision, judgement }: JudgedTick): readonly string[] => {
  const found = verdictDifferences(recorded.verdicts, verdictsIn(judgement));
  const { whole, operands } = recorded;
  if (whole === undefined)
    return decision.kind === recorded.decision
      ? found
      : [`${recorded.decision} was recorded, ${decision.kind} comes out`, ...found];
  if (!sameJson(whole, decision as unknown as JsonValue))
    found.unshift(
      decision.kind === recorded.decision
        ? `${decision.kind}, with other reasons: ${decision.reasons.join("; ")}`
        : `${recorded.decision} was recorded, ${decision.kind} comes out`,
    );
  if (operands !== undefined && found.length === 0 && !sameJson(operands, operandsIn(judgement)))
    found.push("a value that was compared comes out otherwise");
  return found;
};

const verdictDifferences = (recorded: Partial<Verdicts>, now: Verdicts): string[] => [
  ...namedDifferences("gate", recorded.gates ?? {}, now.gates, recorded.rollback !== undefined),
  ...namedDifferences("rollback rule", recorded.rollback ?? {}, now.rollback, recorded.rollback !== undefined),
  ...(recorded.disagreements === undefined || sameJson(recorded.disagreements, now.disagreements)
    ? []
    : [`disagreements: ${now.disagreements.join("; ") || "none"}`]),
  ...(recorded.blind === undefined || sameJson(recorded.blind, now.blind)
    ? []
    : [`blind to ${now.blind.join(", ") || "nothing"}, recorded was ${recorded.blind.join(", ") || "nothing"}`]),
];

/** `whole`: the recording names every verdict there was. */
const namedDifferences = (
  what: string,
  recorded: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  whole: boolean,
): readonly string[] => {
  const found: string[] = [];
  for (const name in recorded) {
    const verdict = Object.hasOwn(now, name) ? now[name] : "not judged";
    if (recorded[name] !== verdict) found.push(`${what} ${name}: ${recorded[name]} was recorded, ${verdict} comes out`);
  }
  if (whole)
    for (const name in now)
      if (!Object.hasOwn(recorded, name))
        found.push(`${what} ${name}: not judged was recorded, ${now[name]} comes out`);
  return found;
};

type Members = Readonly<Record<string, JsonValue | undefined>>;

/** Whether two JSON values are equal, whatever the order of members; an undefined member is none. */
const sameJson = (one: JsonValue | undefined, other: JsonValue | undefined): boolean => {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) && Array.isArray(other)) return sameElements(one, other);
  return !Array.isArray(one) && !Array.isArray(other) && sameMembers(one as Members, other as Members);
};

const sameElements = (one: readonly JsonValue[], other: readonly JsonValue[]): boolean => {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (!sameJson(one[index], other[index])) return false;
  return true;
};

const sameMembers = (one: Members, other: Members): boolean => {
  let more = 0;
  for (const key in one) {
    if (one[key] === undefined) continue;
    more += 1;
    if (!Object.hasOwn(other, key) || !sameJson(one[key], other[key])) return false;
  }
  for (const key in other) if (other[key] !== undefined) more -= 1;
  return more === 0;
};
