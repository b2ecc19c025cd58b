import type { CutoverBindings } from "../../src/signals/bindings.ts";
import type { LabAccount } from "../account.ts";
import type { CdcStack } from "../cdc/stack.ts";
import type { Load } from "../load/load.ts";
import type { ShopWorld } from "../shop-world.ts";

/** What a fault can reach. */
export interface FaultWorld {
  readonly bindings: CutoverBindings;
  readonly cdc: CdcStack;
  readonly shop: ShopWorld;
  readonly account: LabAccount;
  readonly load: Load;
}

/** Ends a fault: puts right what it did. What pawl or an operator has to put right stays. */
export type EndFault = () => Promise<void>;

export interface Fault {
  readonly name: string;
  /** What goes wrong, in a sentence. */
  readonly what: string;
  /** What pawl is expected to do. */
  readonly expect: string;
  begin(world: FaultWorld): Promise<EndFault>;
}

export const fault = (name: string, what: string, expect: string, begin: Fault["begin"]): Fault => ({
  name,
  what,
  expect,
  begin,
});
