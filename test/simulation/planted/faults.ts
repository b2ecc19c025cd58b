import type { Fault } from "./fault.ts";
import { DECOMMISSION } from "./faults/decommission.ts";
import { EVIDENCE } from "./faults/evidence.ts";
import { GOING_BACK } from "./faults/going-back.ts";
import { LEDGER } from "./faults/ledger.ts";
import { OPERATORS } from "./faults/operators.ts";
import { RULES } from "./faults/rules.ts";
import { SOAK } from "./faults/soak.ts";
import { STEPS } from "./faults/steps.ts";

/** Every mistake that the simulation is held against. */
export const FAULTS: readonly Fault[] = [
  ...STEPS,
  ...GOING_BACK,
  ...RULES,
  ...EVIDENCE,
  ...SOAK,
  ...OPERATORS,
  ...DECOMMISSION,
  ...LEDGER,
];
