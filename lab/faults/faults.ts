import { ACCOUNT_FAULTS } from "./account-faults.ts";
import type { Fault } from "./fault.ts";
import { SHOP_FAULTS } from "./shop-faults.ts";
import { STREAM_FAULTS } from "./stream-faults.ts";

export const FAULTS: readonly Fault[] = [...SHOP_FAULTS, ...STREAM_FAULTS, ...ACCOUNT_FAULTS];

/** @throws {RangeError} no fault of that name. */
export const findFault = (name: string): Fault => {
  const found = FAULTS.find((each) => each.name === name);
  if (found === undefined)
    throw new RangeError(`there is no fault "${name}"; there are ${FAULTS.map((each) => each.name).join(", ")}`);
  return found;
};
