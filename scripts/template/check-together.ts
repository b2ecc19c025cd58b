import { tableName } from "../../src/cdc/names.ts";
import type { CutoverBindings, RouteBinding, StreamBinding } from "../../src/signals/bindings.ts";
import { pinsShareNumber, weightedArn } from "../../src/signals/routes.ts";

/**
 * What two cutovers both claim as theirs, one sentence each. Each is sound by itself; together one would move the
 * other's traffic, or take its stream apart.
 */
export const togetherFaults = (cutovers: readonly CutoverBindings[]): readonly string[] => [
  ...clashes(cutovers, claimsOf, "give each its own."),
  ...clashes(cutovers, schemaClaims, ONE_SCHEMA_ONE_CUTOVER),
  ...sharedNumbers(cutovers),
];

/** The cutovers of a stack move between the same two databases, and in one schema pawl's things have one name each. */
const ONE_SCHEMA_ONE_CUTOVER =
  "pawl keeps tables and functions of its own beside them, named alike for every cutover, and the second would take " +
  "over the first's. Make one cutover of both, with the tables of both, or give each a schema, or a stack, of its own.";

const clashes = (
  cutovers: readonly CutoverBindings[],
  claimsOf: (cutover: CutoverBindings) => readonly string[],
  remedy: string,
): readonly string[] => {
  const claimed = new Map<string, string>();
  return cutovers.flatMap((cutover) => {
    const file = fileOf(cutover);
    const claims = [...new Set(claimsOf(cutover))];
    const faults = claims.flatMap((claim) => {
      const other = claimed.get(claim);
      return other === undefined ? [] : [`${file} and ${other} both have ${claim}: ${remedy}`];
    });
    for (const claim of claims) if (!claimed.has(claim)) claimed.set(claim, file);
    return faults;
  });
};

const fileOf = ({ name }: CutoverBindings): string => `policies/${name}/cutover.json`;

/** Of the routes of all of them, those of one cutover among each other included. */
const sharedNumbers = (cutovers: readonly CutoverBindings[]): readonly string[] => {
  const all = cutovers.flatMap((cutover) => cutover.routes.map((route) => ({ route, file: fileOf(cutover) })));
  return all.flatMap(({ route, file }, index) =>
    all
      .slice(0, index)
      .filter((before) => pinsShareNumber(route, before.route))
      .map(
        (before) =>
          `${file === before.file ? `Two routes of ${file}` : `${file} and ${before.file}`} want one number for their pins on ${route.listenerArn} ` +
          `(${numbersOf(route)}, ${numbersOf(before.route)}): give each route three in a row, for its raised pin, its weighted rule and its parked pin.`,
      ),
  );
};

const numbersOf = ({ pin }: RouteBinding): string => `${pin?.raisedPriority} and ${pin?.parkedPriority}`;

const claimsOf = (cutover: CutoverBindings): readonly string[] => [
  ...cutover.routes.flatMap((route) => [
    `the rule ${weightedArn(route)}`,
    ...(route.pin === undefined ? [] : [`the rule ${route.pin.ruleArn}`]),
  ]),
  ...[cutover.streams.forward, cutover.streams.reverse].flatMap(streamClaims),
];

const schemaClaims = ({ tables }: CutoverBindings): readonly string[] =>
  tables.map(({ name }) => `tables in the schema ${tableName(name).schema}`);

const streamClaims = ({ source, sink, group, slot, publication, origin, topics }: StreamBinding): readonly string[] => [
  ...[source, sink].map((name) => `the connector ${name}`),
  `the consumer group ${group}`,
  `the slot ${slot}`,
  `the publication ${publication}`,
  `the origin ${origin}`,
  ...topics.map((topic) => `the topic ${topic}`),
];
