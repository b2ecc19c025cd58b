import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { ALSO } from "./also.ts";
import { FAULT_KINDS } from "./faults/kinds.ts";
import { STORM_NAMES } from "./faults/storms.ts";
import { PLAIN_KINDS, POLICY_NAMES, type RunOptions } from "./parameters.ts";

export const USAGE = `Runs the guard in made-up worlds and checks every promise. One seed, one world.

  ./scripts/simulate --seeds A..B [--hours H] [--policy drill|production] [--workers N] [--json]
  ./scripts/simulate --seeds A..B --profile      names the five dearest functions
  ./scripts/simulate --seeds A..A --trace        says everything that happens in one run

  --hours H           virtual hours in which things go wrong; drawn from the seed without it
  --only a,b          only these kinds of fault ("none": none)
  --without a,b       all but these
  --storm NAME        only the kinds of fault of this storm, far likelier: ${STORM_NAMES.join(", ")}
  --plain rule|default   routes without a pin: a rule of their own, or the listener's default action
  --also a,b          what happens beside all that: ${ALSO.join(", ")}
  --workers N         threads; as many as there are cores without it

docs/simulation.md says how to read it. Exit code 1: a promise was broken.`;

export interface Asked {
  readonly seeds: readonly [number, number];
  readonly options: RunOptions;
  readonly workers: number;
  readonly json: boolean;
  readonly profile: boolean;
  readonly trace: boolean;
}

const kindsIn = (list: string): readonly string[] => {
  const kinds = list === "none" ? [] : list.split(",");
  const known: readonly string[] = FAULT_KINDS;
  const stranger = kinds.find((kind) => !known.includes(kind));
  if (stranger !== undefined) throw new RangeError(`"${stranger}" is no kind of fault; there are: ${known.join(", ")}`);
  return kinds;
};

const positive = (text: string, what: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${what} is a number above 0, not "${text}"`);
  return value;
};

const oneOf = <Name extends string>(flag: string, names: readonly Name[], asked: string | undefined) => {
  const found = names.find((name) => name === asked);
  if (asked !== undefined && found === undefined)
    throw new RangeError(`--${flag} is ${names.join(" or ")}, not "${asked}"`);
  return found;
};

/** @throws {RangeError} what is wrong with the arguments, in words. */
export const argumentsOf = (argv: readonly string[]): Asked => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: "string" },
      hours: { type: "string" },
      policy: { type: "string" },
      plain: { type: "string" },
      storm: { type: "string" },
      only: { type: "string" },
      without: { type: "string" },
      also: { type: "string" },
      workers: { type: "string" },
      json: { type: "boolean" },
      profile: { type: "boolean" },
      trace: { type: "boolean" },
    },
  });
  const range = /^(\d+)\.\.(\d+)$/.exec(values.seeds ?? "");
  const [from, to] = [Number(range?.[1]), Number(range?.[2])];
  if (range === null || from > to) throw new RangeError("--seeds A..B is needed, A at most B");
  const policy = oneOf("policy", POLICY_NAMES, values.policy);
  const plain = oneOf("plain", PLAIN_KINDS, values.plain);
  const storm = oneOf("storm", STORM_NAMES, values.storm);
  const only = values.only === undefined ? null : kindsIn(values.only);
  const off = values.without === undefined ? [] : kindsIn(values.without);
  const without = FAULT_KINDS.filter((kind) => off.includes(kind) || only?.includes(kind) === false);
  const also = values.also?.split(",").flatMap((name) => oneOf("also", ALSO, name) ?? []);
  return {
    seeds: [from, to],
    options: {
      ...(plain === undefined ? {} : { plain }),
      ...(storm === undefined ? {} : { storm }),
      ...(values.hours === undefined ? {} : { hours: positive(values.hours, "--hours") }),
      ...(policy === undefined ? {} : { policy }),
      ...(without.length === 0 ? {} : { without }),
      ...(also === undefined ? {} : { also }),
    },
    workers: values.workers === undefined ? availableParallelism() : Math.ceil(positive(values.workers, "--workers")),
    json: values.json === true,
    profile: values.profile === true,
    trace: values.trace === true,
  };
};
