import type { EpochMs } from "../kernel/units.ts";
import type { AlarmSeverity } from "../signals/bindings.ts";
import type { GuardPorts } from "./ports.ts";
import type { TimeLeft } from "./time-left.ts";

export type SnapBackPorts = Pick<
  GuardPorts,
  "clock" | "newId" | "digest" | "state" | "ledger" | "alarms" | "rules" | "notify"
> &
  TimeLeft;

/** How an alarm's change of state reached pawl: by its own action on the function, or by what passes such changes on. */
export type AlarmWay = "action" | "eventbridge" | "sns";

/** Who wants traffic back on blue. */
export type SnapBackTrigger =
  | {
      readonly kind: "alarm";
      readonly alarmArn: string;
      readonly severity: AlarmSeverity;
      /** When the alarm changed its state, by its own event. */
      readonly alarmAt: EpochMs;
      /** For the record. */
      readonly via?: AlarmWay;
    }
  /** Promote has latched this epoch, or tried to, by what this tick saw, and may not touch the pin itself. */
  | { readonly kind: "promote"; readonly epoch: number; readonly tick?: EpochMs }
  | { readonly kind: "operator"; readonly by: string; readonly reason: string; readonly acceptLoss: boolean };
