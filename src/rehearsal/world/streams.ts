import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { Direction } from "../../signals/bindings.ts";
import { SIGNALS, type SignalPath } from "../../signals/catalogue.ts";
import { known, type Observation, type SignalValue, unknown } from "../../signals/observation.ts";
import type { StreamsPort } from "../../signals/ports.ts";
import { healthyValue } from "../fixtures/standing.ts";
import { draw } from "./distribution.ts";
import type { Uniform } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Sight } from "./sight.ts";
import { isWithin } from "./traits.ts";

/** Writes that a request makes, for what piles up while a stream stands still. */
const WRITES_PER_REQUEST = 0.2;
const GROUPS: readonly string[] = ["forward", "reverse", "conflicts", "sequences"];
const LOST = "the reading was lost, by the scenario's drop rate";

/** What a stream shows of itself beside its steady state. */
type Now = Readonly<Record<SignalPath, SignalValue>>;

interface StreamsWorld {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly armedAt: EpochMs;
  readonly sight: Sight;
  /** Requests a minute on the side that a stream reads from. */
  readonly requestsFrom: (direction: Direction) => number;
  /** The generator of the reading at this instant. */
  readonly uniformAt: (at: EpochMs) => Uniform;
}

/** Both streams as `observe` reads them: close behind by the scenario's draws, or standing still. */
export const simulatedStreams = (world: StreamsWorld): StreamsPort => {
  const { scenario, policy, sight } = world;
  const paths = Object.keys(SIGNALS).filter((path) => GROUPS.some((group) => path.startsWith(`${group}.`)));
  const steady = paths
    .filter((path) => path !== "conflicts.new")
    .map((path) => ({ path, group: path.slice(0, path.indexOf(".")), value: healthyValue(path, policy, 0) }));
  return {
    read: async () => {
      const at = sight.now();
      const uniform = world.uniformAt(at);
      const now = { ...streamNow(world, "forward", uniform, at), ...streamNow(world, "reverse", uniform, at) };
      const lost = GROUPS.map(() => uniform() < scenario.telemetry.dropRate);
      const readings: Record<SignalPath, Observation> = {};
      for (const { path, group, value } of steady) {
        const why = lost[GROUPS.indexOf(group)] ? LOST : sight.outageOf(namesOf(path));
        readings[path] = why === null ? known(now[path] ?? value, at) : unknown(why, at);
      }
      return readings;
    },
  };
};

/** What the guard counts from arming on it cannot count without the total. */
const namesOf = (path: SignalPath): readonly SignalPath[] =>
  path === "conflicts.total" ? [path, "conflicts.new"] : [path];

const streamNow = (
  { scenario, armedAt, requestsFrom }: StreamsWorld,
  direction: Direction,
  uniform: Uniform,
  at: EpochMs,
): Now => {
  const { lagSeconds, lagRecords, stalls } = scenario.cdc;
  const seconds = draw(uniform, lagSeconds);
  const records = Math.round(draw(uniform, lagRecords));
  const stall = stalls.find((one) => one.streams.includes(direction) && isWithin(one, at - armedAt));
  const stoodMs = stall === undefined ? 0 : at - armedAt - stall.fromMs;
  const piled = Math.round((stoodMs / MINUTE_MS) * requestsFrom(direction) * WRITES_PER_REQUEST);
  return {
    [`${direction}.lagSeconds`]: seconds + stoodMs / 1000,
    [`${direction}.lagRecords`]: records + piled,
    [`${direction}.stalled`]: stall !== undefined && piled > 0,
    [`${direction}.drained`]: records + piled === 0,
  };
};
