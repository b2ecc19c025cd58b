import { odds } from "./menu.ts";
import { always, type Storm } from "./storm.ts";

/** In which a rollback is held, or is to be, and others are under way. */
export const STORMS_OF_HOLDS = {
  "holds-overtaken": {
    why: "reverse cannot be read now and then, what rings may wait, and latches, holds and ticks overtake one another",
    odds: {
      "streams-unreadable": always(0.25),
      "alarm-flapping": odds(2, [1, 2], 0.6),
      "green-errors": odds(0.5, [2, 5]),
      "table-held": always(0.4),
      "table-answer-lost": always(0.15),
      "event-late": always(0.6),
      "people-hasty": always(0.5),
    },
  },
  "steps-overtaken-by-a-hold": {
    why: "reverse stops and alarms that may wait ring, known to ticks alone, while the step of the tick before is not recorded yet",
    odds: {
      "stream-stalled": odds(4, [2, 3]),
      "alarm-flapping": odds(5, [1, 1]),
      "older-map": always(),
      "table-held": always(0.6),
      "people-hasty": always(0.8),
    },
  },
} satisfies Readonly<Record<string, Storm>>;
