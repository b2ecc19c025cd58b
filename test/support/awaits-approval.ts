import type { FakeWorld } from "./fake-world.ts";

/** Whether the soak is over, its gates pass, and somebody's word is all that is missing. */
export const awaitsApproval = (world: FakeWorld): boolean =>
  world
    .state()
    .blocking.map(({ what }) => what)
    .join() === "approval";
