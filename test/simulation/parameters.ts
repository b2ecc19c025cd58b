import { readFileSync } from "node:fs";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { CutoverBindings, RouteBinding } from "../../src/signals/bindings.ts";
import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";
import type { Also } from "./also.ts";
import { boundWith, type Composite, drawComposites } from "./composites.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { STORMS, type StormName } from "./faults/storms.ts";
import { START } from "./start.ts";
import { type Drawn, drawWaivers, withWaivers } from "./waived.ts";
import { type Dice, diceOf } from "./world/dice.ts";

const json = <Value>(path: string): Value =>
  JSON.parse(readFileSync(new URL(`../../policies/orders/${path}`, import.meta.url), "utf8")) as Value;

/** The committed files: the simulation runs what operators run. */
const ORDERS = json<PinnedCutover>("cutover.json");
const POLICIES = { drill: json<Policy>("drill.json"), production: json<Policy>("policy.json") } as const;

export type PolicyName = keyof typeof POLICIES;
export const POLICY_NAMES = Object.keys(POLICIES) as readonly PolicyName[];

export const PLAIN_KINDS = ["rule", "default"] as const;
export type PlainKind = (typeof PLAIN_KINDS)[number];

export interface RunOptions {
  /** How long things go wrong, in virtual hours; quiet time until the run has ended comes on top. */
  readonly hours?: number;
  readonly policy?: PolicyName;
  /** Kinds of fault that are switched off. */
  readonly without?: readonly string[];
  /** Routes without a pin, by a rule of their own or by the listener's default action. */
  readonly plain?: PlainKind;
  /** Only the kinds of fault of this storm, by its odds. */
  readonly storm?: StormName;
  /** What happens beside what happens in every run. */
  readonly also?: readonly Also[];
  /** Told of everything that happens, a line each. */
  readonly trace?: (line: string) => void;
}

/** What a seed makes of a run before it begins. */
export interface Parameters {
  readonly policy: PolicyName;
  readonly hours: number;
  /** 0.3 a calm day, 1 a bad one, 3 a storm. */
  readonly weather: number;
  readonly routes: number;
  /** After the soak has begun; null: nobody ever approves. */
  readonly approvesAfterMinutes: number | null;
  readonly rearmsAtMost: number;
  /** How much longer than the file says each step and the soak take. */
  readonly dwellFactor: number;
  /** Whether every decision is recomputed from what was stored; dear, so not for every seed. */
  readonly recomputes: boolean;
  /** Nothing is promoted between these minutes of the Sunday it all happens on; null: no freeze. */
  readonly freeze: readonly [from: number, to: number] | null;
  readonly without: readonly string[];
  readonly plain?: PlainKind;
  readonly storm?: StormName;
  readonly also?: readonly Also[];
  /** What the policy that it is armed with passes over, and until when. */
  readonly waivers?: readonly Drawn[];
  /** Whether the routes are all on one listener; muddled: the last one's raised pin would stand above the others. */
  readonly listener?: "one" | "muddled";
  /** Alarms over the cutover's others. */
  readonly composites?: readonly Composite[];
}

export const parametersOf = (seed: number, options: RunOptions): Parameters => {
  const { hours, policy, without = [], storm } = options;
  const dice = diceOf(seed, "parameters");
  const drawn: PolicyName = dice.chance(0.05) ? "production" : "drill";
  const name = policy ?? (storm === undefined ? undefined : STORMS[storm].policy) ?? drawn;
  const long = name === "production";
  const drawnHours = long ? dice.between(24, 48) : dice.between(4, 8);
  return {
    policy: name,
    hours: hours ?? drawnHours,
    weather: weatherOf(dice, long, storm),
    routes: routesOf(dice, storm),
    approvesAfterMinutes: dice.chance(0.06) ? null : dice.between(0, long ? 1_500 : 60),
    rearmsAtMost: dice.between(0, 6),
    dwellFactor: long ? 1 : dice.of([1, 2, 4, 6]),
    recomputes: isRecomputed(dice, storm),
    freeze: dice.chance(0.3) ? freezeFrom(dice.between(190, 420), dice.between(20, 90)) : null,
    without: storm === undefined ? without : [...new Set([...without, ...besides(storm)])],
    ...besidesAll(seed, options),
  };
};

/** What is named where it is asked for, and nowhere else. */
const besidesAll = (
  seed: number,
  { plain, storm, also: asked }: RunOptions,
): Pick<Parameters, "plain" | "storm" | "also" | "waivers" | "composites" | "listener"> &
  Partial<Pick<Parameters, "routes">> => {
  const also = asked ?? (storm === undefined ? undefined : STORMS[storm].also);
  return {
    ...(plain === undefined ? {} : { plain }),
    ...(storm === undefined ? {} : { storm }),
    ...(also === undefined ? {} : { also }),
    ...(also?.includes("other-routes") === true ? { routes: diceOf(seed, "other routes").between(2, 3) } : {}),
    ...(also?.includes("one-listener") === true && plain !== "default"
      ? oneListener(diceOf(seed, "one listener"))
      : {}),
    ...(also?.includes("waivers") === true ? { waivers: drawWaivers(diceOf(seed, "waivers"), 30, 4) } : {}),
    ...(also?.includes("composite-alarms") === true
      ? { composites: drawComposites(diceOf(seed, "composite alarms"), ORDERS) }
      : {}),
  };
};

const oneListener = (dice: Dice): Pick<Parameters, "routes" | "listener"> => ({
  routes: dice.between(2, 3),
  listener: dice.chance(0.1) ? "muddled" : "one",
});

const weatherOf = (dice: Dice, long: boolean, storm: StormName | undefined): number => {
  const drawn = dice.of([0.15, 0.3, 0.3, 1, 1, 2]) * (long ? 0.2 : 1);
  return storm === undefined ? drawn : 1;
};

/** Drawn all the same: what is drawn after it stays as it was. */
const routesOf = (dice: Dice, storm: StormName | undefined): number => {
  const drawn = dice.chance(0.15) ? 2 : 1;
  return (storm === undefined ? undefined : STORMS[storm].routes) ?? drawn;
};

const isRecomputed = (dice: Dice, storm: StormName | undefined): boolean => {
  const drawn = dice.chance(0.01);
  return (storm === undefined ? undefined : STORMS[storm].recomputes) ?? drawn;
};

const besides = (storm: StormName): readonly string[] =>
  FAULT_KINDS.filter((kind) => STORMS[storm].odds[kind] === undefined);

const freezeFrom = (from: number, minutes: number) => [from, from + minutes] as const;

const clock = (minute: number): string =>
  `Sun ${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const timesLonger = (duration: string, factor: number): string =>
  `${Number(duration.slice(0, -1)) * factor}${duration.slice(-1)}`;

/** The committed policy, slower by the factor, with the freeze and the waivers. Gates, rules and weights stay as they are. */
export const policyOf = ({ policy, dwellFactor, freeze, waivers = [] }: Parameters): Policy => {
  const frozen = freeze === null ? [] : [{ weekly: `${clock(freeze[0])} - ${clock(freeze[1])}`, why: "drawn" }];
  const unwaived = { ...POLICIES[policy], freeze: [...POLICIES[policy].freeze, ...frozen] };
  const file = waivers.length === 0 ? unwaived : withWaivers(unwaived, waivers, START);
  if (dwellFactor === 1) return file;
  return {
    ...file,
    steps: file.steps.map((step) => ({
      ...step,
      minDwell: timesLonger(step.minDwell, dwellFactor),
      ...(step.maxDwell === undefined ? {} : { maxDwell: timesLonger(step.maxDwell, dwellFactor) }),
    })),
    soak: {
      ...file.soak,
      duration: timesLonger(file.soak.duration, dwellFactor),
      ...(file.soak.maxDuration === undefined ? {} : { maxDuration: timesLonger(file.soak.maxDuration, dwellFactor) }),
    },
  };
};

const anotherRoute = (route: PinnedRoute, letter: string): PinnedRoute => ({
  ...route,
  listenerArn: `${route.listenerArn}${letter}`,
  weightedRuleArn: `${route.weightedRuleArn}${letter}`,
  pin: { ...route.pin, ruleArn: `${route.pin.ruleArn}${letter}` },
});

const LETTERS = ["b", "c"];

/** Each route has its own numbers, one after the other, and none between those of another. */
const onOneListener = (route: PinnedRoute, index: number, { routes, listener }: Parameters): PinnedRoute => {
  const by = 100 * index;
  const raisedPriority = listener === "muddled" && index === routes - 1 ? 50 : route.pin.raisedPriority + by;
  return {
    ...route,
    listenerArn: route.listenerArn.slice(0, index === 0 ? undefined : -1),
    pin: { ...route.pin, raisedPriority, parkedPriority: route.pin.parkedPriority + by },
  };
};

const unpinned = (plain: PlainKind, { pin: _pin, weightedRuleArn, ...route }: PinnedRoute): RouteBinding =>
  plain === "rule" ? { ...route, weightedRuleArn } : route;

export const cutoverOf = (parameters: Parameters): CutoverBindings => {
  const { routes, plain, listener, composites = [] } = parameters;
  const apart = ORDERS.routes.flatMap((route) => [
    route,
    ...LETTERS.slice(0, routes - 1).map((letter) => anotherRoute(route, letter)),
  ]);
  const pinned = listener === undefined ? apart : apart.map((route, index) => onOneListener(route, index, parameters));
  return {
    ...boundWith(ORDERS, composites),
    routes: plain === undefined ? pinned : pinned.map((route) => unpinned(plain, route)),
  };
};
