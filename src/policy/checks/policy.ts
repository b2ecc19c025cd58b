import { parseDuration } from "../../kernel/units.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { SIGNALS, signalAt } from "../../signals/catalogue.ts";
import { blindAfterMs, FLOOR_POLICY, FLOOR_RULES, LONGEST_MAX_AGE } from "../floor.ts";
import { wordOf } from "../logic/describe.ts";
import { pointerPart } from "../logic/scope.ts";
import { isAccumulated } from "../operations/evidence/uses.ts";
import type { Operations } from "../operations/operation.ts";
import type { GateName, Policy, PolicyStep, Rule } from "../policy-file.ts";
import { didYouMean } from "./did-you-mean.ts";
import { expressionsOf, referencesIn } from "./expressions.ts";
import { type Finding, finding } from "./problem.ts";

const LEAST_SOAK = "24h";

/** Records and messages name them as the cause of a rollback, as they do a policy's own rules. */
const OWN_RULES: ReadonlySet<string> = new Set([...FLOOR_RULES.map(({ id }) => id), "blind"]);

/** What neither a schema nor a single rule can show of a policy whose fields are all there: how its parts fit together. */
export const policyFindings = (
  policy: Policy,
  operations: Operations,
  cutovers: readonly CutoverBindings[],
): readonly Finding[] => [
  ...gateUses(policy).flatMap((use) => gateUseFindings(policy, use, operations)),
  ...unusedGates(policy),
  ...stepFindings(policy),
  ...doubled(
    policy.rollback.map(({ id }) => id),
    "/rollback",
    "rollback rule",
  ),
  ...policy.rollback.flatMap(({ id }, index) =>
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
  ...maxAgeFindings(policy),
  ...blindFindings(policy),
  ...soakFindings(policy),
  ...cutovers.flatMap((cutover) => cutoverFindings(policy, cutover)),
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

const isTraffic = (path: string, side: "blue" | "green"): boolean =>
  path.startsWith(`${side}.`) && ["minute", "span"].includes(signalAt(path)?.kind ?? "");

const STREAM_GROUPS = /^(forward|reverse|conflicts)\./;

/** A gate may be asked only where its signals can have values; else it would hold for ever. */
const gateUseFindings = (policy: Policy, { gate, at, when }: GateUse, operations: Operations): readonly Finding[] => {
  const found = Object.hasOwn(policy.gates, gate) ? policy.gates[gate] : undefined;
  if (found === undefined) {
    return [finding("unknown-gate", at, `there is no gate "${gate}".${didYouMean(gate, Object.keys(policy.gates))}`)];
  }
  const paths = referencesIn(found.rule, operations).map(({ path }) => path);
  const first = (matches: (path: string) => boolean): string | undefined => paths.find(matches);
  const green = first((path) => isTraffic(path, "green"));
  if (when === "start" && green !== undefined) {
    return [
      finding(
        "green-before-start",
        at,
        `"${gate}" reads ${green}, and before the first step green has no traffic: it could never open`,
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

const doubled = (names: readonly string[], at: string, what: string): readonly Finding[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [finding("duplicate-name", `${at}/${index}/id`, `there are two ${what}s "${name}"; rename one`)]
      : [],
  );

const stepFindings = ({ steps }: Policy): readonly Finding[] => [
  ...doubled(
    steps.map(({ id }) => id),
    "/steps",
    "step",
  ),
  ...steps.flatMap((step, index) => {
    const before = steps[index - 1]?.weight ?? 0;
    return step.weight > before
      ? []
      : [
          finding(
            "weights-not-rising",
            `/steps/${index}/weight`,
            `${step.weight} does not come after ${before}: weights only rise. Reorder or remove it`,
          ),
        ];
  }),
  ...(steps.at(-1)?.weight === 100
    ? []
    : [
        finding(
          "no-full-step",
          `/steps/${steps.length - 1}/weight`,
          "the last step has to be 100, or the cutover never ends; add it",
        ),
      ]),
  ...steps.flatMap(dwellFindings),
];

const dwellFindings = ({ minDwell, maxDwell, onMaxDwell }: PolicyStep, index: number): readonly Finding[] => {
  const at = `/steps/${index}`;
  if (maxDwell === undefined) {
    return onMaxDwell === undefined
      ? []
      : [finding("dwell-without-end", `${at}/onMaxDwell`, "without maxDwell this never happens; add maxDwell")];
  }
  if (onMaxDwell === undefined) {
    return [
      finding(
        "dwell-without-end",
        `${at}/maxDwell`,
        "what happens then? Every hold has a chosen end: add onMaxDwell, page or rollback",
      ),
    ];
  }
  return parseDuration(maxDwell) > parseDuration(minDwell)
    ? []
    : [
        finding(
          "dwell-too-short",
          `${at}/maxDwell`,
          `${maxDwell} is not longer than minDwell ${minDwell}: the step could never be left in time`,
        ),
      ];
};

const blindFindings = ({ blind }: Policy): readonly Finding[] => [
  ...blind.watch.flatMap((path, index) =>
    isTraffic(path, "blue")
      ? [
          finding(
            "blue-at-full",
            `/blind/watch/${index}`,
            `at 100 % green blue is silent: without ${path} pawl would be blind all through the soak. Watch green's signals`,
          ),
        ]
      : [],
  ),
  ...blind.watch.flatMap((path, index) =>
    signalAt(path) === null
      ? [
          finding(
            "unknown-signal",
            `/blind/watch/${index}`,
            `the catalogue has no signal "${path}".${didYouMean(path, Object.keys(SIGNALS))}`,
          ),
        ]
      : [],
  ),
  ...(parseDuration(blind.after) > blindAfterMs({ blind })
    ? [
        finding(
          "blind-too-long",
          "/blind/after",
          `${blind.after} without sight of green is too long; at most ${FLOOR_POLICY.blind.after}`,
        ),
      ]
    : []),
];

const maxAgeFindings = ({ data }: Policy): readonly Finding[] =>
  parseDuration(data.maxAge) > parseDuration(LONGEST_MAX_AGE)
    ? [
        finding(
          "max-age-too-long",
          "/data/maxAge",
          `with ${data.maxAge} an outage of the metrics would not be blindness for as long; at most ${LONGEST_MAX_AGE}, which is also all that pawl takes`,
        ),
      ]
    : [];

const soakFindings = ({ soak, drill }: Policy): readonly Finding[] => {
  const findings: Finding[] = [];
  if (drill !== true && parseDuration(soak.duration) < parseDuration(LEAST_SOAK)) {
    const why = "until the soak is over blue is the way back, and some faults take a day to show";
    findings.push(
      finding(
        "short-soak",
        "/soak/duration",
        `${soak.duration} is less than ${LEAST_SOAK}; ${why}. Only "drill": true may be shorter`,
      ),
    );
  }
  if (soak.maxDuration !== undefined && parseDuration(soak.maxDuration) <= parseDuration(soak.duration)) {
    findings.push(
      finding(
        "soak-never-ends",
        "/soak/maxDuration",
        `${soak.maxDuration} is not longer than the soak itself, ${soak.duration}`,
      ),
    );
  }
  return findings;
};

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
