import { signalAt } from "../../signals/catalogue.ts";
import { wordOf } from "../logic/describe.ts";
import { isComparison } from "../logic/relations.ts";
import { pointerPart } from "../logic/scope.ts";
import { isAccumulated } from "../operations/evidence/uses.ts";
import type { Operations } from "../operations/operation.ts";
import type { GateName, Policy, Rule } from "../policy-file.ts";
import { didYouMean } from "./did-you-mean.ts";
import { expressionsOf, joinedBy, referencesIn } from "./expressions.ts";
import { type Finding, finding } from "./problem.ts";

/** What is wrong with where gates are asked, and with those that nobody asks. */
export const gateFindings = (policy: Policy, operations: Operations): readonly Finding[] => [
  ...gateUses(policy).flatMap((use) => gateUseFindings(policy, use, operations)),
  ...unusedGates(policy),
];

interface GateUse {
  readonly gate: GateName;
  readonly at: string;
  readonly when: "start" | "shifting" | "full" | "decommission";
}

const gateUses = ({ start, steps, decommission }: Policy): readonly GateUse[] => [
  ...start.require.map((gate, index) => ({ gate, at: `/start/require/${index}`, when: "start" as const })),
  ...steps.flatMap(({ promoteWhen, weight }, step) =>
    promoteWhen.map((gate, index) => ({
      gate,
      at: `/steps/${step}/promoteWhen/${index}`,
      when: weight === 100 ? ("full" as const) : ("shifting" as const),
    })),
  ),
  ...decommission.require.map((gate, index) => ({
    gate,
    at: `/decommission/require/${index}`,
    when: "decommission" as const,
  })),
];

export const isTraffic = (path: string, side: "blue" | "green"): boolean =>
  path.startsWith(`${side}.`) && ["minute", "span"].includes(signalAt(path)?.kind ?? "");

const STREAM_GROUPS = /^(forward|reverse|conflicts)\./;

/** A gate may be asked only where its signals can have values; else it would hold for ever. */
const gateUseFindings = (policy: Policy, { gate, at, when }: GateUse, operations: Operations): readonly Finding[] => {
  const found = Object.hasOwn(policy.gates, gate) ? policy.gates[gate] : undefined;
  if (found === undefined) {
    const message = () => `there is no gate "${gate}".${didYouMean(gate, Object.keys(policy.gates))}`;
    return [finding("unknown-gate", at, message)];
  }
  const paths = referencesIn(found.rule, operations).map(({ path }) => path);
  const first = (matches: (path: string) => boolean): string | undefined => paths.find(matches);
  const green = first((path) => isTraffic(path, "green"));
  if (when === "start" && green !== undefined) {
    return [
      finding(
        "green-before-start",
        at,
        `"${gate}" reads ${green}, and before the first step green has no traffic: what asks for it would hold for ever`,
      ),
    ];
  }
  const blue = first((path) => isTraffic(path, "blue"));
  if ((when === "full" || when === "decommission") && blue !== undefined) {
    return [
      finding(
        "blue-at-full",
        at,
        `"${gate}" reads ${blue}, and at 100 % green blue is silent; compare with a limit instead`,
      ),
    ];
  }
  const early = tooEarly(found.rule, operations, when);
  if (early !== undefined) {
    const why = `"${gate}" looks back over the ${early}, which has not begun where it is asked: it would hold for ever`;
    return [finding("never-known", at, `${why}; look back over a duration such as "15m", or ask it later`)];
  }
  const sum = when === "full" ? wholeStretch(found.rule, operations) : undefined;
  if (sum !== undefined) {
    const why = `"${gate}" looks back over the ${sum}, and at 100 % gates are asked of every single minute of the soak`;
    return [
      finding("no-single-minute", at, `${why}; look back over a duration such as "30m", or ask it in decommission`),
    ];
  }
  const stream = first((path) => STREAM_GROUPS.test(path));
  return when === "decommission" && stream !== undefined
    ? [
        finding(
          "stream-in-decommission",
          at,
          `"${gate}" reads ${stream}, which decommission itself takes away; it could never finish`,
        ),
      ]
    : [];
};

/** "step" or "soak", where an operation of the rule adds up one as a whole. */
const wholeStretch = (rule: Rule, operations: Operations): string | undefined =>
  expressionsOf(rule)
    .filter(({ operator }) => Object.hasOwn(operations, operator))
    .map(({ operands }) => wordOf(operands.at(-1)))
    .find(isAccumulated);

/** "step" or "soak", where the rule cannot be true without it and it has not begun. */
const tooEarly = (rule: Rule, operations: Operations, when: GateUse["when"]): string | undefined => {
  const before: readonly string[] = when === "start" ? ["step", "soak"] : when === "shifting" ? ["soak"] : [];
  // Comparisons that no `or`, `if` or negation stands above: each of them has to hold.
  const needed = joinedBy("and", rule)
    .filter((part) => isComparison(expressionsOf(part)[0]?.operator ?? ""))
    .map((part) => wholeStretch(part, operations));
  return needed.find((stretch) => stretch !== undefined && before.includes(stretch));
};

const unusedGates = (policy: Policy): readonly Finding[] => {
  const used = new Set(gateUses(policy).map(({ gate }) => gate));
  return Object.keys(policy.gates)
    .filter((gate) => !used.has(gate))
    .map((gate) =>
      finding(
        "unused-gate",
        `/gates/${pointerPart(gate)}`,
        `no step asks the gate "${gate}"; name it in one or remove it`,
      ),
    );
};
