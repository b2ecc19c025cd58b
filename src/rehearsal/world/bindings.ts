import type { CutoverBindings } from "../../signals/bindings.ts";
import { standInCutover } from "../stand-in-cutover.ts";
import type { Scenario } from "./scenario.ts";

const ROUTE = {
  listenerArn: "simulated:listener",
  weightedRuleArn: "simulated:rule/weighted",
  pin: { ruleArn: "simulated:rule/pin", raisedPriority: 99, parkedPriority: 101 },
  blue: "simulated:targetgroup/blue",
  green: "simulated:targetgroup/green",
};
/** A cutover of one route, with the hosts and alarms of the scenario. */
export const simulatedCutover = ({ hosts, alarms }: Scenario): CutoverBindings =>
  standInCutover("simulated", {
    routes: [ROUTE],
    loadBalancerArn: "simulated:loadbalancer",
    expectedHosts: hosts.green,
    alarms: alarms.map(({ severity }, index) => ({ arn: `simulated:alarm/${index}`, severity })),
  });
