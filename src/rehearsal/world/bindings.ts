import type { CutoverBindings } from "../../signals/bindings.ts";
import type { Scenario } from "./scenario.ts";

const ROUTE = {
  listenerArn: "simulated:listener",
  weightedRuleArn: "simulated:rule/weighted",
  pin: { ruleArn: "simulated:rule/pin", raisedPriority: 99, parkedPriority: 101 },
  blue: "simulated:targetgroup/blue",
  green: "simulated:targetgroup/green",
};
const STREAM = { source: "", sink: "", group: "", topics: [], slot: "", publication: "", origin: "" };

/** A cutover of one route, with the hosts and alarms of the scenario. */
export const simulatedCutover = ({ hosts, alarms }: Scenario): CutoverBindings => ({
  apiVersion: "pawl/v1",
  name: "simulated",
  routes: [ROUTE],
  loadBalancerArn: "simulated:loadbalancer",
  expectedHosts: hosts.green,
  alarms: alarms.map(({ severity }, index) => ({ arn: `simulated:alarm/${index}`, severity })),
  streams: { forward: STREAM, reverse: STREAM },
  tables: [],
  otherWriters: [],
});
