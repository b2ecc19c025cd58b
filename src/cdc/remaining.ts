import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import type { Side } from "../signals/bindings.ts";
import { configDifferences, configText } from "./connectors.ts";
import type { CdcFacts } from "./facts.ts";
import { SIDES } from "./names.ts";
import type { CdcPlan } from "./plan.ts";
import type { ConnectorAction, PlanAction } from "./plan-types.ts";
import type { CdcPorts } from "./ports.ts";
import { isApart } from "./sequences.ts";

/** Something that `cdc apply` would still do, or that its proof no longer shows. */
export interface Remaining {
  readonly what: string;
  readonly why: string;
}

/**
 * What is missing of CDC as planned, by the same conditions that let `cdc apply` leave alone what is there. Passwords
 * cannot be looked at; that the connectors run shows them. Effects: none.
 */
export const remainingOf = async (
  ports: CdcPorts,
  facts: CdcFacts,
  plan: CdcPlan,
): Promise<Result<readonly Remaining[], OutsideFailure>> => {
  if (!plan.alreadySeeded)
    return ok([{ what: "both sides were never found equal", why: "cdc apply has not come to its end" }]);
  const left: Remaining[] = [...sequences(facts)];
  for (const action of plan.phases.flatMap(({ actions }) => actions)) {
    const missing = await isMissing(ports, facts, action);
    if (!missing.ok) return missing;
    if (missing.value !== null) left.push({ what: missing.value, why: action.why });
  }
  return ok(left);
};

const isMissing = async (
  ports: CdcPorts,
  facts: CdcFacts,
  action: PlanAction,
): Promise<Result<string | null, OutsideFailure>> => {
  switch (action.kind) {
    case "sql": {
      if (action.unless === undefined) return ok(null);
      const there = await ports.databases[action.side].holds(action.unless);
      if (!there.ok) return there;
      return ok(there.value ? null : `on ${action.side}, ${action.sql.split("\n")[0] ?? ""}`);
    }
    case "topics": {
      const there = new Set(facts.topics.map(({ name }) => name));
      const missing = action.topics.filter((topic) => !there.has(topic));
      return ok(missing.length === 0 ? null : `topics ${missing.join(", ")} do not exist`);
    }
    case "connector":
      return ok(connector(facts, action));
    case "password":
    case "proof":
      return ok(null);
  }
};

const connector = (facts: CdcFacts, { name, config, orElse }: ConnectorAction): string | null => {
  const found = facts.connect.connectors.find((one) => one.name === name)?.config ?? null;
  if (found === null) return `connector ${name} does not exist`;
  if ([config, orElse].some((wanted) => wanted !== undefined && configText(wanted) === configText(found))) return null;
  return `connector ${name} has another configuration (${configDifferences(config, found).join(", ")})`;
};

const sequences = (facts: CdcFacts): readonly Remaining[] =>
  SIDES.flatMap((side: Side) =>
    facts[side].sequences
      .filter((of) => !isApart(side, of))
      .map(({ name }) => ({
        what: `on ${side}, sequence ${name} is not apart from the other side's`,
        why: "blue gives even numbers, green odd ones, so that no number is given twice",
      })),
  );
