import { fromIso } from "../kernel/instant.ts";
import type { EpochMs } from "../kernel/units.ts";
import { referencesIn } from "./checks/expressions.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import type { GateName, Policy, Waiver } from "./policy-file.ts";

/** What no waiver takes away: whether data are safe, whether there is a way back, whether anybody raises an alarm. */
const NEVER_WAIVED: readonly (readonly [signals: RegExp, what: string])[] = [
  [/^(forward|reverse)\./, "a stream"],
  [/^(conflicts|diff|sequences)\./, "whether both sides hold the same"],
  [/^blue\.(healthyHosts|unhealthyHosts|readyPercent)$/, "the way back"],
  [/^alarms\./, "the alarms"],
  [/^traffic\.ruleInSync$/, "whether the rules are pawl's own"],
];

/** Why this gate cannot be waived, or null: "it looks at a stream (forward.state)". */
export const waiverRefusal = ({ gates }: Pick<Policy, "gates">, gate: GateName): string | null => {
  const found = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
  if (found === undefined) return `there is no gate "${gate}"`;
  for (const { path } of referencesIn(found.rule, STANDARD_OPERATIONS)) {
    const never = NEVER_WAIVED.find(([signals]) => signals.test(path));
    if (never !== undefined) return `it looks at ${never[1]} (${path})`;
  }
  return null;
};

/** Until this instant a waiver holds; null where it cannot be read, and then it does not. */
export const waiverEnds = ({ expires }: Waiver): EpochMs | null => fromIso(expires);

/**
 * The waivers that hold now, of the gates that are asked. Pure. What the linter refuses holds nothing here either: a
 * policy may have reached the table by another way.
 */
export const waiversInForce = (policy: Policy, asked: readonly GateName[], at: EpochMs): readonly Waiver[] => {
  const holding = policy.waivers.filter((waiver) => {
    const holds = at < (waiverEnds(waiver) ?? 0);
    return holds && asked.includes(waiver.gate) && waiverRefusal(policy, waiver.gate) === null;
  });
  const all = asked.every((gate) => holding.some((waiver) => waiver.gate === gate));
  return all ? [] : holding;
};
