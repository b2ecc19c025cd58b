import type { CutoverBindings, StreamBinding } from "../../src/signals/bindings.ts";
import { weightedArn } from "../../src/signals/routes.ts";

/**
 * What two cutovers both claim as theirs, one sentence each. Each is sound by itself; together one would move the
 * other's traffic, or take its stream apart.
 */
export const togetherFaults = (cutovers: readonly CutoverBindings[]): readonly string[] => {
  const claimed = new Map<string, string>();
  return cutovers.flatMap((cutover) => {
    const file = `policies/${cutover.name}/cutover.json`;
    const claims = [...new Set(claimsOf(cutover))];
    const faults = claims.flatMap((claim) => {
      const other = claimed.get(claim);
      return other === undefined ? [] : [`${file} and ${other} both have ${claim}: give each its own.`];
    });
    for (const claim of claims) if (!claimed.has(claim)) claimed.set(claim, file);
    return faults;
  });
};

const claimsOf = (cutover: CutoverBindings): readonly string[] => [
  ...cutover.routes.flatMap((route) => [
    `the rule ${weightedArn(route)}`,
    ...(route.pin === undefined
      ? []
      : [
          `the rule ${route.pin.ruleArn}`,
          ...[route.pin.raisedPriority, route.pin.parkedPriority].map(
            (priority) => `the number ${priority} for a pin of ${route.listenerArn}`,
          ),
        ]),
  ]),
  ...cutover.tables.map(({ name }) => `the table ${name}`),
  ...[cutover.streams.forward, cutover.streams.reverse].flatMap(streamClaims),
];

const streamClaims = ({ source, sink, group, slot, publication, origin, topics }: StreamBinding): readonly string[] => [
  ...[source, sink].map((name) => `the connector ${name}`),
  `the consumer group ${group}`,
  `the slot ${slot}`,
  `the publication ${publication}`,
  `the origin ${origin}`,
  ...topics.map((topic) => `the topic ${topic}`),
];
