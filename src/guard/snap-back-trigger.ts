import type { EpochMs } from "../kernel/units.ts";
import type { AlarmSeverity } from "../signals/bindings.ts";
import type { GuardPorts } from "./ports.ts";

export type SnapBackPorts = Pick<
  GuardPorts,
  "clock" | "newId" | "digest" | "state" | "ledger" | "alarms" | "rules" | "notify"
>;

/** Who wants traffic back on blue. */
export type SnapBackTrigger =
  | {
      readonly kind: "alarm";
      readonly alarmArn: string;
      readonly severity: AlarmSeverity;
      /** When the alarm changed its state, by its own event. */
      readonly alarmAt: EpochMs;
    }
  /** Promote has latched this epoch, or tried to, and may not touch the pin itself. */
  | { readonly kind: "promote"; readonly epoch: number }
  | { readonly kind: "operator"; readonly by: string; readonly reason: string; readonly acceptLoss: boolean };
