/** The bindings of every cutover, put into the bundle when it is packaged. */
declare module "pawl:cutovers" {
  import type { CutoverBindings } from "../signals/bindings.ts";
  export const cutovers: readonly CutoverBindings[];
}
