import { type EpochMs, epochMs, minuteOf } from "../../../kernel/units.ts";
import type { SignalPath } from "../../../signals/catalogue.ts";
import type { EvidenceState } from "../../../snapshot/evidence-state.ts";
import type { Evidence } from "../../../snapshot/snapshot.ts";
import { BASELINE_MINUTES, baselineErrors, burstFactor } from "./burst.ts";

type Known = Pick<EvidenceState, "baseline" | "burst">;

/** Consumes final minutes of blue alone, and fixes the burst factors once the last of them is final. */
export const nextBaseline = (
  { baseline, burst }: Known,
  by: {
    readonly signals: readonly SignalPath[];
    readonly rows: Evidence["minutes"];
    readonly final: EpochMs;
    readonly greenFrom: EpochMs | null;
  },
): Known => {
  if (burst !== undefined) return { burst };
  const from = baseline?.next ?? epochMs(0);
  const end = by.greenFrom === null ? by.final : epochMs(Math.min(by.final, minuteOf(by.greenFrom)));
  const rows = by.rows.filter(({ at }) => at >= from && at < end);
  const errors = Object.fromEntries(
    by.signals.map((signal) => {
      const before =
        baseline !== undefined && Object.hasOwn(baseline.errors, signal) ? baseline.errors[signal] : undefined;
      return [signal, [...(before ?? []), ...baselineErrors(rows, signal)].slice(-BASELINE_MINUTES)];
    }),
  );
  if (by.greenFrom === null || by.final < minuteOf(by.greenFrom))
    return { baseline: { next: epochMs(Math.max(from, end)), errors } };
  return { burst: factors(errors) };
};

/** The burst factors as far as they are known. */
export const knownBurst = ({ baseline, burst }: Known): Readonly<Record<SignalPath, number>> =>
  burst ?? factors(baseline?.errors ?? {});

const factors = (errors: Readonly<Record<SignalPath, readonly number[]>>): Readonly<Record<SignalPath, number>> =>
  Object.fromEntries(Object.entries(errors).map(([signal, each]) => [signal, burstFactor(each)]));
