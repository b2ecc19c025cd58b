import type { CutoverBindings, PinBinding, RouteBinding, StreamBinding } from "../../signals/bindings.ts";
import { pinsCross, weightedArn } from "../../signals/routes.ts";
import { type Finding, finding } from "./problem.ts";

/** What a schema cannot say of bindings that have passed it. */
export const cutoverFindings = (cutover: CutoverBindings): readonly Finding[] => [
  ...cutover.routes.flatMap((route, index) => routeFindings(cutover, route, `/routes/${index}`)),
  ...sharedRules(cutover),
  ...crossingPins(cutover),
  ...sharedTargets(cutover),
  ...placeFindings(cutover),
  ...streamFindings(cutover),
  ...repeated(cutover.alarms.map(({ arn }) => arn)).map((index) =>
    finding(
      "listed-twice",
      `/alarms/${index}/arn`,
      "this alarm is listed twice; with two severities nobody knows which counts. Remove one",
    ),
  ),
  ...repeated(cutover.tables.map(({ name }) => name)).map((index) =>
    finding("listed-twice", `/tables/${index}/name`, "this table is listed twice; remove one"),
  ),
];

/** Indexes of what has already occurred. */
const repeated = (values: readonly string[]): readonly number[] =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));

const routeFindings = (cutover: CutoverBindings, route: RouteBinding, at: string): readonly Finding[] => [
  ...(isUnder(route.listenerArn, "listener", cutover.loadBalancerArn, "loadbalancer")
    ? []
    : [
        finding(
          "wrong-parent",
          `${at}/listenerArn`,
          "this listener is not the load balancer's; take both from the same one",
        ),
      ]),
  ...[
    { arn: route.weightedRuleArn, pointer: `${at}/weightedRuleArn` },
    { arn: route.pin?.ruleArn, pointer: `${at}/pin/ruleArn` },
  ].flatMap(({ arn, pointer }) =>
    arn === undefined || isUnder(arn, "listener-rule", route.listenerArn, "listener")
      ? []
      : [
          finding(
            "wrong-parent",
            pointer,
            "this rule is not the listener's; a rule acts only on the listener it stands in",
          ),
        ],
  ),
  ...(route.pin !== undefined && route.weightedRuleArn === route.pin.ruleArn
    ? [
        finding(
          "pin-is-rule",
          `${at}/pin/ruleArn`,
          "the pin is the weighted rule itself; it has to be a rule of its own that forwards to blue",
        ),
      ]
    : []),
  ...(route.blue === route.green
    ? [
        finding(
          "same-target",
          `${at}/green`,
          "blue and green are the same target group; there would be nothing to move",
        ),
      ]
    : []),
  ...(route.pin === undefined ? withoutPin(at) : pinFindings(route, route.pin, `${at}/pin`)),
];

const withoutPin = (at: string): readonly Finding[] => [
  finding(
    "no-pin",
    at,
    "this route has no pin: a step under way can arrive after a rollback, which is verified only when none can any more",
  ),
];

/** `…:listener/app/x/1/2` stands under `…:loadbalancer/app/x/1`. */
const isUnder = (arn: string, kind: string, parent: string, parentKind: string): boolean =>
  arn.startsWith(`${parent.replace(`:${parentKind}/`, `:${kind}/`)}/`);

const pinFindings = ({ weightedRuleArn }: RouteBinding, pin: PinBinding, at: string): readonly Finding[] => {
  if (weightedRuleArn === undefined)
    return [
      finding("pin-of-default", at, "nothing can stand below a default action; name a rule, or leave the pin out"),
    ];
  const room = pin.parkedPriority - pin.raisedPriority;
  if (room < 2) {
    const why = "the weighted rule stands between the two, and the lower number is taken first";
    return [
      finding(
        "pin-priority",
        `${at}/raisedPriority`,
        `${pin.raisedPriority} has to be at least 2 below ${pin.parkedPriority}: ${why}`,
      ),
    ];
  }
  return room === 2
    ? []
    : [
        finding(
          "pin-gap",
          `${at}/raisedPriority`,
          "there is room for other rules between the pin and the weighted rule; keep them adjacent",
        ),
      ];
};

/** A rule moved for one route would move another. */
const sharedRules = ({ routes }: CutoverBindings): readonly Finding[] =>
  routes.flatMap((route, index) => {
    const others = routes.slice(0, index).flatMap((each) => [weightedArn(each), each.pin?.ruleArn]);
    const at = `/routes/${index}`;
    return [
      route.weightedRuleArn === undefined
        ? { arn: route.listenerArn, pointer: `${at}/listenerArn`, what: "goes by this listener's default action" }
        : { arn: route.weightedRuleArn, pointer: `${at}/weightedRuleArn`, what: "has this rule" },
      { arn: route.pin?.ruleArn, pointer: `${at}/pin/ruleArn`, what: "has this rule" },
    ].flatMap(({ arn, pointer, what }) =>
      arn !== undefined && others.includes(arn)
        ? [finding("shared-rule", pointer, `another route ${what} already; every route has rules of its own`)]
        : [],
    );
  });

/** Raised, one pin may stand above the other route's weighted rule and take its requests, or find its number taken. */
const crossingPins = ({ routes }: CutoverBindings): readonly Finding[] =>
  routes.flatMap((route, index) => {
    const other = routes.findIndex((one, before) => before < index && pinsCross(one, route));
    if (other < 0) return [];
    return [
      finding(
        "pins-cross",
        `/routes/${index}/pin/raisedPriority`,
        `${numbersOf(route)} cross ${numbersOf(routes[other])} of /routes/${other} on one listener; give each route three numbers ` +
          "in a row, for its raised pin, its weighted rule and its parked pin, and move the weighted rules to them",
      ),
    ];
  });

const numbersOf = (route: RouteBinding | undefined): string =>
  `${route?.pin?.raisedPriority} to ${route?.pin?.parkedPriority}`;

const sharedTargets = ({ routes }: CutoverBindings): readonly Finding[] => {
  const blues = new Set(routes.map(({ blue }) => blue));
  return routes.flatMap(({ blue, green }, index) =>
    green !== blue && blues.has(green)
      ? [
          finding(
            "same-target",
            `/routes/${index}/green`,
            "this target group is blue on another route; a side is blue or green everywhere",
          ),
        ]
      : [],
  );
};

/** One stack guards one account and Region. */
const placeFindings = (cutover: CutoverBindings): readonly Finding[] => {
  const placeOf = (arn: string): string => arn.split(":").slice(3, 5).join(" ");
  const home = placeOf(cutover.loadBalancerArn);
  const arns = [
    ...cutover.alarms.map(({ arn }, index) => ({ arn, pointer: `/alarms/${index}/arn` })),
    ...cutover.routes.flatMap(({ blue, green }, index) => [
      { arn: blue, pointer: `/routes/${index}/blue` },
      { arn: green, pointer: `/routes/${index}/green` },
    ]),
  ];
  return arns
    .filter(({ arn }) => placeOf(arn) !== home)
    .map(({ arn, pointer }) =>
      finding(
        "another-place",
        pointer,
        `this is in ${placeOf(arn)}, the load balancer in ${home}; one cutover is one Region and account`,
      ),
    );
};

const NAMES = [
  "source",
  "sink",
  "group",
  "slot",
  "publication",
  "origin",
] as const satisfies readonly (keyof StreamBinding)[];

/** Whatever both streams shared, taking one apart would break the other. */
const streamFindings = ({ streams }: CutoverBindings): readonly Finding[] => {
  const { forward, reverse } = streams;
  const connectors = [forward.source, forward.sink, reverse.source, reverse.sink];
  return [
    ...NAMES.filter((name) => forward[name] === reverse[name]).map((name) =>
      finding(
        "shared-by-streams",
        `/streams/reverse/${name}`,
        `both streams have the ${name} "${forward[name]}"; each needs its own`,
      ),
    ),
    ...repeated(connectors)
      .filter((index) => connectors[index] !== connectors[index - 2])
      .map((index) =>
        finding(
          "shared-by-streams",
          `/streams/${index < 2 ? "forward" : "reverse"}/${index % 2 === 0 ? "source" : "sink"}`,
          `the connector "${connectors[index]}" is named twice; a connector is a source or a sink, of one stream`,
        ),
      ),
    ...reverse.topics.flatMap((topic, index) =>
      forward.topics.includes(topic)
        ? [
            finding(
              "topic-loop",
              `/streams/reverse/topics/${index}`,
              `"${topic}" is a topic of forward too; rows would go round for ever`,
            ),
          ]
        : [],
    ),
  ];
};
