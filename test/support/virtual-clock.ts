import { fromIso } from "../../src/kernel/instant.ts";
import { type VirtualClock, virtualClock as virtualClockAt } from "../../src/rehearsal/world/virtual-clock.ts";

export type { VirtualClock };

export const virtualClock = (startIso = "2026-11-22T03:00:00Z"): VirtualClock => {
  const start = fromIso(startIso);
  if (start === null) throw new RangeError(`${startIso} is no instant`);
  return virtualClockAt(start);
};
