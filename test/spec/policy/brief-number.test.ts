import { expect, it } from "vitest";
import { briefNumber } from "../../../src/kernel/brief-number.ts";

it.each<[number, string]>([
  [1_073_741_824, "1073741824"],
  [-1_073_741_825, "-1073741825"],
  [0, "0"],
  [1 / 3, "0.333333"],
  [1_073_741_824.5, "1073740000"],
  [1e300, "1e+300"],
])("%d is told as %s: whole in full, else in six digits", (value, told) => {
  expect(briefNumber(value)).toBe(told);
});
