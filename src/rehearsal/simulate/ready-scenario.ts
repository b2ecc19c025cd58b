import { parseDuration } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { SIGNALS, type SignalPath } from "../../signals/catalogue.ts";
import { constant, type Distribution, parseDistribution } from "../world/distribution.ts";
import type { Scenario, SideModel, Span } from "../world/scenario.ts";
import type { ScenarioFile, WrittenSide, WrittenSpan } from "./scenario-file.ts";

/** "0m", "90s", "48h" in milliseconds; the schema has checked the form. */
export const msOf = (text: string): number => (/^0+[smh]$/.test(text) ? 0 : parseDuration(text.replace(/^0+/, "")));

export const DEFAULT_HORIZON = "48h";
const DEFAULT_P99_MS = 200;
const DEFAULT_DELAY = "90s";
const DEFAULT_HOSTS = 4;
/** A median of half a second, and hardly ever more than two. */
const DEFAULT_LAG_SECONDS: Distribution = { kind: "lognormal", parameters: [-0.7, 0.4] };
const LEAST_BAD_RATE = 0.001;

const spanOf = ({ at, for: length }: WrittenSpan): Span => {
  const fromMs = msOf(at);
  return { fromMs, toMs: length === undefined ? Number.POSITIVE_INFINITY : fromMs + msOf(length) };
};

const sideOf = (written: WrittenSide, burstiness: number): SideModel => ({
  errorRate: written.errorRate,
  burstiness: written.burstiness ?? burstiness,
  p99Ms: written.p99Ms ?? DEFAULT_P99_MS,
  refusedRate: written.refusedRate ?? 0,
  changes: (written.changes ?? []).map((change) => {
    const { at: _at, for: _for, ...traits } = change;
    return { ...spanOf(change), traits };
  }),
});

/** The signals that a name means: itself, or with `green.*` a whole group; none where there is no such signal. */
export const signalsNamed = (name: string): readonly SignalPath[] =>
  name.endsWith(".*")
    ? Object.keys(SIGNALS).filter((path) => path.startsWith(name.slice(0, -1)))
    : Object.hasOwn(SIGNALS, name)
      ? [name]
      : [];

const drawnBy = (written: string | number | undefined, otherwise: Distribution): Distribution =>
  (written === undefined ? null : parseDistribution(written)) ?? otherwise;

/** A scenario that was found to be in order, with every default put in. */
export const readyScenario = (file: ScenarioFile, policy: Policy): Scenario => {
  const burstiness = file.blue.burstiness ?? 1;
  return {
    startHour: file.startHour ?? 0,
    horizonMs: msOf(file.horizon ?? DEFAULT_HORIZON),
    traffic: {
      requestsPerMinute: file.traffic?.requestsPerMinute ?? policy.traffic.requestsPerMinute,
      daily: file.traffic?.daily ?? { amplitude: 0, peakHour: 0 },
    },
    blue: sideOf(file.blue, burstiness),
    green: sideOf(file.green, burstiness),
    bad: {
      errorRate: file.bad?.errorRate ?? Math.max(LEAST_BAD_RATE, 2 * file.blue.errorRate),
      p99Ms: file.bad?.p99Ms ?? Number.POSITIVE_INFINITY,
    },
    cdc: cdcOf(file.cdc),
    telemetry: telemetryOf(file.telemetry),
    hosts: hostsOf(file.hosts, policy.params?.["expectedHosts"] ?? DEFAULT_HOSTS),
    alarms: (file.alarms ?? []).map(({ errorRate, for: length = "2m", severity = "degraded" }) => ({
      ...{ errorRate, severity },
      minutes: msOf(length) / 60_000,
    })),
    approvesAfterMs: file.operator === undefined ? null : msOf(file.operator.approvesAfter),
  };
};

const cdcOf = (cdc: ScenarioFile["cdc"]): Scenario["cdc"] => ({
  lagSeconds: drawnBy(cdc?.lagSeconds, DEFAULT_LAG_SECONDS),
  lagRecords: drawnBy(cdc?.lagRecords, constant(0)),
  stalls: (cdc?.stalls ?? []).map(({ stream = "forward", ...span }) => ({
    ...spanOf(span),
    streams: stream === "both" ? ["forward", "reverse"] : [stream],
  })),
});

const telemetryOf = (telemetry: ScenarioFile["telemetry"]): Scenario["telemetry"] => ({
  delayMs: msOf(telemetry?.delay ?? DEFAULT_DELAY),
  dropRate: telemetry?.dropRate ?? 0,
  outages: (telemetry?.outages ?? []).map(({ metrics, ...span }) => ({
    ...spanOf(span),
    signals: metrics.flatMap(signalsNamed),
  })),
});

const hostsOf = (hosts: ScenarioFile["hosts"], planned: number): Scenario["hosts"] => ({
  blue: hosts?.blue ?? planned,
  green: hosts?.green ?? planned,
  changes: (hosts?.changes ?? []).map((change) => {
    const { at: _at, for: _for, ...healthy } = change;
    return { ...spanOf(change), ...healthy };
  }),
});
