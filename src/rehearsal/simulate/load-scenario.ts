import scenarioSchema from "../../../policies/schema/scenario.schema.json" with { type: "json" };
import { fail, ok, type Result } from "../../kernel/result.ts";
import { DAY_MS } from "../../kernel/units.ts";
import { didYouMean } from "../../policy/checks/did-you-mean.ts";
import { locateAll, readJson } from "../../policy/checks/json-text.ts";
import { type Finding, finding, inOrder, type PolicyProblem } from "../../policy/checks/problem.ts";
import { schemaCheck } from "../../policy/checks/schema.ts";
import { SIGNALS } from "../../signals/catalogue.ts";
import { parseDistribution, SHAPES_IN_WORDS } from "../world/distribution.ts";
import { DEFAULT_HORIZON, msOf, signalsNamed } from "./ready-scenario.ts";
import type { ScenarioFile } from "./scenario-file.ts";

const checkScenarioSchema = schemaCheck(scenarioSchema);

/** A minute is the least there is to tick; more than four weeks nobody waits for. */
const LEAST_HORIZON_MS = 60_000;
const LONGEST_HORIZON_MS = 28 * DAY_MS;

/** Why a horizon cannot be simulated, or null. */
export const horizonProblem = (written: string): string | null => {
  const ms = /^[1-9][0-9]{0,6}(s|m|h)$/.test(written) ? msOf(written) : Number.NaN;
  return ms >= LEAST_HORIZON_MS && ms <= LONGEST_HORIZON_MS
    ? null
    : `"${written}" is no horizon: at least 1m and at most 672h (four weeks), such as 48h`;
};

/** Reads a scenario. Never throws. @returns It as written, or everything wrong with it. */
export const loadScenario = (text: string, file: string): Result<ScenarioFile, readonly PolicyProblem[]> => {
  const json = readJson(text, file);
  if ("problems" in json) return fail(json.problems);
  const fields = checkScenarioSchema(json.value);
  const written = json.value as unknown as ScenarioFile;
  const findings = [...json.findings, ...fields, ...(fields.length === 0 ? meaning(written) : [])];
  return findings.length > 0 ? fail(inOrder(locateAll(findings, json.locate))) : ok(written);
};

const wrong = (pointer: string, message: string): Finding => finding("invalid-value", pointer, message);

/** What the schema cannot say. */
const meaning = (written: ScenarioFile): readonly Finding[] => [
  ...horizonFindings(written.horizon ?? DEFAULT_HORIZON),
  ...(["lagSeconds", "lagRecords"] as const).flatMap((name) => drawnFindings(`/cdc/${name}`, written.cdc?.[name])),
  ...(written.telemetry?.outages ?? []).flatMap(({ metrics }, index) =>
    metrics.flatMap((name, at) => signalFindings(`/telemetry/outages/${index}/metrics/${at}`, name)),
  ),
];

const horizonFindings = (horizon: string): readonly Finding[] => {
  const problem = horizonProblem(horizon);
  return problem === null ? [] : [wrong("/horizon", problem)];
};

const drawnFindings = (pointer: string, written: string | number | undefined): readonly Finding[] =>
  written === undefined || parseDistribution(written) !== null
    ? []
    : [
        wrong(
          pointer,
          `"${written}" is no distribution; it is a number, or one of ${SHAPES_IN_WORDS.join(", ")}.${didYouMean(
            String(written).replace(/\(.*/, ""),
            SHAPES_IN_WORDS.map((shape) => shape.replace(/\(.*/, "")),
          )}`,
        ),
      ];

const signalFindings = (pointer: string, name: string): readonly Finding[] => {
  if (signalsNamed(name).length > 0) return [];
  const groups = [...new Set(Object.keys(SIGNALS).map((path) => `${path.slice(0, path.indexOf("."))}.*`))];
  return [
    wrong(
      pointer,
      `the catalogue has no signal "${name}".${didYouMean(name, [...Object.keys(SIGNALS), ...groups])} A whole group is written green.*`,
    ),
  ];
};
