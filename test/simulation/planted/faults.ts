import type { Fault } from "./fault.ts";
import { ALARMS_BY_POST } from "./faults/alarms-by-post.ts";
import { ALARMS_OVER_ALARMS } from "./faults/alarms-over-alarms.ts";
import { DECOMMISSION } from "./faults/decommission.ts";
import { EVIDENCE } from "./faults/evidence.ts";
import { GIVING_UP } from "./faults/giving-up.ts";
import { GOING_BACK } from "./faults/going-back.ts";
import { HOLDS } from "./faults/holds.ts";
import { LEDGER } from "./faults/ledger.ts";
import { ONE_LISTENER } from "./faults/one-listener.ts";
import { OPERATORS } from "./faults/operators.ts";
import { OTHER_ROUTES } from "./faults/other-routes.ts";
import { REHEARSALS } from "./faults/rehearsals.ts";
import { ROUTES_APART } from "./faults/routes-apart.ts";
import { RULES } from "./faults/rules.ts";
import { SOAK } from "./faults/soak.ts";
import { STEPS } from "./faults/steps.ts";
import { WAIVED } from "./faults/waivers.ts";
import { WITHOUT_DELAY } from "./faults/without-delay.ts";

/** Every mistake that the simulation is held against. */
export const FAULTS: readonly Fault[] = [
  ...STEPS,
  ...ROUTES_APART,
  ...GOING_BACK,
  ...WITHOUT_DELAY,
  ...HOLDS,
  ...ALARMS_BY_POST,
  ...ALARMS_OVER_ALARMS,
  ...RULES,
  ...EVIDENCE,
  ...SOAK,
  ...OPERATORS,
  ...REHEARSALS,
  ...WAIVED,
  ...OTHER_ROUTES,
  ...ONE_LISTENER,
  ...GIVING_UP,
  ...DECOMMISSION,
  ...LEDGER,
];
