import { odds } from "./menu.ts";
import { always, type Storm } from "./storm.ts";

/** In which the way back is given up, or about to be. */
export const STORMS_AT_THE_RETURN = {
  "permits-unrenewed": {
    why: "workers are lost one by one, so that some go on while others do not",
    odds: { "event-lost": odds(3, [6, 15], 0.7), "act-waits": always(0.4) },
  },
  "loud-returns": {
    why: "the last comparison strains green, and nobody is called in time by the alarm that sees it",
    during: "decommissioning",
    odds: {
      "diff-strains-green": always(),
      "act-waits": always(0.6),
      "event-late": always(0.6),
      "event-lost": always(0.2),
      "table-held": always(0.2),
    },
  },
  "backs-at-the-return": {
    why: "people get cold feet as the way back is given up",
    during: "decommissioning",
    odds: {
      "people-cold-feet": always(0.6),
      "act-waits": always(0.4),
      "request-held": always(0.3),
      "event-late": always(0.5),
    },
  },
  "backs-without-the-table": {
    why: "and whoever is to go back does not reach the table, and stands still half way",
    during: "decommissioning",
    odds: {
      "people-cold-feet": always(),
      "table-cut-off": always(),
      "request-held": always(0.5),
      "event-late": always(0.8),
    },
  },
  "backs-refused-without-the-table": {
    why: "and is refused the pin as well, so that nothing but the weights is left to write",
    during: "decommissioning",
    odds: {
      "people-cold-feet": always(0.6),
      "table-cut-off": always(),
      "pin-throttled": always(0.9),
      "request-held": always(0.7),
      "act-waits": always(0.4),
      "event-late": always(0.8),
    },
  },
} satisfies Readonly<Record<string, Storm>>;
