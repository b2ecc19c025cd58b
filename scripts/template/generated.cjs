// osls loads CommonJS and YAML, not TypeScript; this is the door from serverless.yml to the modules beside it.
const { join } = require("node:path");
const { readCutovers } = require("./read-cutovers.ts");
const { cutoverResources } = require("./cutover-resources.ts");
const { guardAlarms } = require("./guard-alarms.ts");

const cutovers = readCutovers(join(__dirname, "../.."));
const unique = (arns) => [...new Set(arns)];

module.exports = {
  alarms: { Resources: { ...cutoverResources(cutovers), ...guardAlarms() } },
  weightedRules: unique(cutovers.flatMap((cutover) => cutover.routes.map((route) => route.weightedRuleArn))),
  pins: unique(cutovers.flatMap((cutover) => cutover.routes.map((route) => route.pin.ruleArn))),
  cutoverAlarms: unique(cutovers.flatMap((cutover) => cutover.alarms.map((alarm) => alarm.arn))),
};
