import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok } from "../../kernel/result.ts";
import { type EpochMs, earlier, MINUTE_MS } from "../../kernel/units.ts";
import type { MetricsPort, P99Datum } from "../../signals/ports.ts";
import { type Answer, ask, type Missing, seriesOf, worstP99 } from "./metric-answers.ts";
import { minuteQuestions, p99Questions } from "./metric-questions.ts";

const before = (tick: EpochMs, minutes: number): EpochMs => earlier(tick, minutes * MINUTE_MS);

/** A window of a p99, and who uses it: gates look at minutes that have settled, rollback rules at everything. */
const windowsOf = (tick: EpochMs) => [
  { use: "gates" as const, from: before(tick, 5), to: before(tick, 2) },
  { use: "rollback" as const, from: before(tick, 3), to: tick },
];

type Window = ReturnType<typeof windowsOf>[number];

const p99Of = (window: Window, answers: readonly Answer[]): { data: P99Datum[]; missing: Missing[] } => {
  const sides = (["blue", "green"] as const).map((of) => ({
    of,
    ...worstP99(
      answers.filter((answer) => answer.of === of),
      window.from,
    ),
  }));
  return {
    data: sides.filter(({ fault }) => fault === null).map(({ of, p99Ms }) => ({ of, ...window, p99Ms })),
    missing: sides.flatMap(({ of, fault }) =>
      fault === null ? [] : [{ what: `${of}.p99Ms for ${window.use}`, reason: fault }],
    ),
  };
};

/** The load balancer's metrics by GetMetricData: one request for the minutes and one for each window of the p99. */
export const cloudwatchMetrics = (client: CloudWatchClient, now: () => EpochMs): MetricsPort => ({
  read: async (cutover, tick, timeoutMs) => {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    try {
      const [minutes, ...windows] = await Promise.all([
        ask(client, minuteQuestions(cutover), { from: before(tick, 10), to: tick }, abortSignal),
        ...windowsOf(tick).map(async (window) =>
          p99Of(window, await ask(client, p99Questions(cutover), window, abortSignal)),
        ),
      ]);
      const { series, missing } = seriesOf(minutes);
      return ok({
        readAt: now(),
        series,
        p99: windows.flatMap((window) => window.data),
        missing: [...missing, ...windows.flatMap((window) => window.missing)],
      });
    } catch (error) {
      return failureOf(error, `GetMetricData of the cutover ${cutover.name}`);
    }
  },
});
