import type { JsonObject, JsonValue } from "../../src/kernel/json.ts";
import type { EpochMs } from "../../src/kernel/units.ts";
import { lintPolicy } from "../../src/policy/lint.ts";
import { smallPolicy } from "./small-policy.ts";

/** What lint says of the small policy after changes: `level rule pointer message`, in the order of the text. */
export const lintOf = (changes: JsonObject = {}, now: EpochMs | null = null): readonly string[] =>
  lintPolicy(JSON.stringify(smallPolicy(changes)), "policy.json", [], now).map(
    ({ level, rule, pointer, message }) => `${level} ${rule} ${pointer} ${message}`,
  );

/** With this rule for its gate `lag`, which the start and every step ask. */
export const withGate = (rule: JsonValue): JsonObject => ({
  gates: { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "x", rule } },
});

/** With these gates beside its own, `asked` at the start, in the canary or in decommission, beside what is asked there. */
export const alsoAsking = (
  gates: Readonly<Record<string, JsonValue>>,
  where: "start" | "canary" | "full" | "decommission",
): JsonObject => {
  const small = smallPolicy();
  const names = Object.keys(gates);
  const asking = (place: unknown, field: string): JsonObject => {
    const given = place as JsonObject;
    return { ...given, [field]: [...(given[field] as readonly string[]), ...names] };
  };
  const steps = (small["steps"] as readonly JsonObject[]).map((step) =>
    step["id"] === where ? asking(step, "promoteWhen") : step,
  );
  return {
    gates: {
      ...(small["gates"] as JsonObject),
      ...Object.fromEntries(Object.entries(gates).map(([name, rule]) => [name, { why: "x", rule }])),
    },
    start: where === "start" ? asking(small["start"], "require") : (small["start"] as JsonObject),
    steps,
    decommission:
      where === "decommission" ? asking(small["decommission"], "require") : (small["decommission"] as JsonObject),
  };
};

/** With this rollback rule, named `x`, in the place of its own. */
export const withRollback = (when: JsonValue): JsonObject => ({ rollback: [{ id: "x", why: "x", when }] });
