import type { CutoverBindings, RouteBinding, StreamBinding } from "../../src/signals/bindings.ts";
import { pinsCross, weightedArn } from "../../src/signals/routes.ts";

/**
 * What two cutovers both claim as theirs, one sentence each. Each is sound by itself; together one would move the
 * other's traffic, or take its stream apart.
 */
export const togetherFaults = (cutovers: readonly CutoverBindings[]): readonly string[] => [
  ...claimedTwice(cutovers),
  ...cutovers.flatMap((cutover, index) => cutovers.slice(0, index).flatMap((other) => crossingPins(cutover, other))),
];

const claimedTwice = (cutovers: readonly CutoverBindings[]): readonly string[] => {
  const claimed = new Map<string, string>();
  return cutovers.flatMap((cutover) => {
    const file = fileOf(cutover);
    const claims = [...new Set(claimsOf(cutover))];
    const faults = claims.flatMap((claim) => {
      const other = claimed.get(claim);
      return other === undefined ? [] : [`${file} and ${other} both have ${claim}: give each its own.`];
    });
    for (const claim of claims) if (!claimed.has(claim)) claimed.set(claim, file);
    return faults;
  });
};

const fileOf = ({ name }: CutoverBindings): string => `policies/${name}/cutover.json`;

const crossingPins = (cutover: CutoverBindings, other: CutoverBindings): readonly string[] =>
  cutover.routes.flatMap((route) =>
    other.routes
      .filter((one) => pinsCross(route, one))
      .map(
        (one) =>
          `${fileOf(cutover)} and ${fileOf(other)} both have pins on ${route.listenerArn}, and their numbers cross ` +
          `(${numbersOf(route)}, ${numbersOf(one)}): give each route three in a row, for its raised pin, its weighted rule and its parked pin.`,
      ),
  );

const numbersOf = ({ pin }: RouteBinding): string => `${pin?.raisedPriority} to ${pin?.parkedPriority}`;

const claimsOf = (cutover: CutoverBindings): readonly string[] => [
  ...cutover.routes.flatMap((route) => [
    `the rule ${weightedArn(route)}`,
    ...(route.pin === undefined ? [] : [`the rule ${route.pin.ruleArn}`]),
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
