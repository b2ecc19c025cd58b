import type { CutoverBindings } from "../../signals/bindings.ts";
import { FLOOR_RULES } from "../floor.ts";
import type { Operations } from "../operations/operation.ts";
import type { Policy } from "../policy-file.ts";
import { doubled } from "./doubled.ts";
import { gateFindings } from "./gate-uses.ts";
import { type Finding, finding } from "./problem.ts";
import { settingFindings } from "./settings.ts";
import { stepFindings } from "./steps.ts";

/** Records and messages name them as the cause of a rollback, as they do a policy's own rules. */
const OWN_RULES: ReadonlySet<string> = new Set([...FLOOR_RULES.map(({ id }) => id), "blind"]);

/** What neither a schema nor a single rule can show of a policy whose fields are all there: how its parts fit together. */
export const policyFindings = (
  policy: Policy,
  operations: Operations,
  cutovers: readonly CutoverBindings[],
): readonly Finding[] => [
  ...gateFindings(policy, operations),
  ...stepFindings(policy),
  ...ruleNameFindings(policy),
  ...settingFindings(policy),
  ...cutovers.flatMap((cutover) => cutoverFindings(policy, cutover)),
];

const ruleNameFindings = ({ rollback }: Policy): readonly Finding[] => [
  ...doubled(
    rollback.map(({ id }) => id),
    "/rollback",
    "rollback rule",
  ),
  ...rollback.flatMap(({ id }, index) =>
    OWN_RULES.has(id)
      ? [
          finding(
            "duplicate-name",
            `/rollback/${index}/id`,
            `"${id}" is what a rule of pawl's own is called; rename it`,
          ),
        ]
      : [],
  ),
];

const cutoverFindings = ({ params }: Policy, cutover: CutoverBindings): readonly Finding[] => {
  const expected = params?.["expectedHosts"];
  return expected === undefined || expected === cutover.expectedHosts
    ? []
    : [
        finding(
          "hosts-differ",
          "/params/expectedHosts",
          `${expected} hosts here, and ${cutover.expectedHosts} in cutover ${cutover.name}; one of the two is wrong`,
        ),
      ];
};
