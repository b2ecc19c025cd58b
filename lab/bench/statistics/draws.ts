import { gamma, poisson } from "../../../src/rehearsal/world/draws.ts";
import type { Uniform } from "../../../src/rehearsal/world/random.ts";

/**
 * Errors of a minute. With `shock` 0 they are independent; else the minute's own rate is `mean` times a draw of mean 1 and
 * variance `shock`.
 */
export const errorsOf = (uniform: Uniform, mean: number, shock: number): number =>
  poisson(uniform, shock === 0 ? mean : mean * gamma(uniform, 1 / shock, shock));
