import { normal } from "./draws.ts";
import type { Uniform } from "./random.ts";

/** How a number is drawn, by name and parameters. */
export interface Distribution {
  readonly kind: keyof typeof SHAPES | "constant";
  readonly parameters: readonly number[];
}

interface Shape {
  readonly names: readonly string[];
  readonly valid: (parameters: readonly number[]) => boolean;
  readonly draw: (uniform: Uniform, first: number, second: number) => number;
}

const SHAPES = {
  lognormal: {
    names: ["mean of the logarithm", "deviation of the logarithm"],
    valid: ([, deviation = -1]) => deviation >= 0,
    draw: (uniform, mean, deviation) => Math.exp(mean + deviation * normal(uniform)),
  },
  uniform: {
    names: ["least", "most"],
    valid: ([least = -1, most = -1]) => least >= 0 && most >= least,
    draw: (uniform, least, most) => least + (most - least) * uniform(),
  },
  exponential: {
    names: ["mean"],
    valid: ([mean = -1]) => mean >= 0,
    draw: (uniform, mean) => -mean * Math.log(1 - uniform()),
  },
} as const satisfies Readonly<Record<string, Shape>>;

export const constant = (value: number): Distribution => ({ kind: "constant", parameters: [value] });

/** "lognormal(-0.7,0.4)", "uniform(0,2)", "exponential(1.5)", or a number; null where it is none of these. */
export const parseDistribution = (written: string | number): Distribution | null => {
  if (typeof written === "number") return written >= 0 ? constant(written) : null;
  const match = /^\s*([a-z]+)\s*\(([^()]*)\)\s*$/.exec(written);
  const kind = match?.[1];
  if (kind === undefined || !isShape(kind)) return null;
  const parameters = (match?.[2] ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const shape: Shape = SHAPES[kind];
  const fits = parameters.length === shape.names.length && parameters.every(Number.isFinite);
  return fits && shape.valid(parameters) ? { kind, parameters } : null;
};

const isShape = (kind: string): kind is keyof typeof SHAPES => Object.hasOwn(SHAPES, kind);

/** "lognormal(mean of the logarithm, deviation of the logarithm)" and so on. */
export const SHAPES_IN_WORDS: readonly string[] = Object.entries(SHAPES).map(
  ([name, { names }]) => `${name}(${names.join(", ")})`,
);

export const draw = (uniform: Uniform, { kind, parameters: [first = 0, second = 0] }: Distribution): number =>
  kind === "constant" ? first : SHAPES[kind].draw(uniform, first, second);
