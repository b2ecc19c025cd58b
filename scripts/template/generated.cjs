// osls loads CommonJS and YAML, not TypeScript; this is the door from serverless.yml to the modules beside it.
const { join } = require("node:path");
const { madeAlarms } = require("../../src/signals/made-alarms.ts");
const { readCutovers } = require("./read-cutovers.ts");
const { cutoverResources } = require("./cutover-resources.ts");
const { guardAlarms } = require("./guard-alarms.ts");

const cutovers = readCutovers(join(__dirname, "../.."));
const unique = (arns) => [...new Set(arns)];
const routes = cutovers.flatMap((cutover) => cutover.routes);
const rulesOf = (some) =>
  some.flatMap(({ weightedRuleArn }) => (weightedRuleArn === undefined ? [] : [weightedRuleArn]));

module.exports = {
  alarms: { Resources: { ...cutoverResources(cutovers), ...guardAlarms() } },
  weightedRules: unique(rulesOf(routes)),
  // Listeners whose default action is a route. ModifyListener may do more to them than change it: only where there is no other way.
  defaultListeners: unique(routes.filter((route) => !route.weightedRuleArn).map((route) => route.listenerArn)),
  pins: unique(routes.flatMap((route) => (route.pin === undefined ? [] : [route.pin.ruleArn]))),
  plainRules: unique(rulesOf(routes.filter((route) => route.pin === undefined))),
  userPools: unique(cutovers.flatMap((cutover) => cutover.userPools ?? [])),
  madeAlarms: unique(cutovers.flatMap(madeAlarms)),
};
