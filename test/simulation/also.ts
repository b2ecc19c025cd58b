/**
 * What happens in a run beside what happens in every one. Off where nobody asks for it: a seed means what it has always
 * meant, and whatever is drawn for these is drawn from streams of their own.
 */
export const ALSO = [
  "rehearsals",
  "waivers",
  "other-routes",
  "mixed-events",
  "composite-alarms",
  "one-listener",
] as const;
export type Also = (typeof ALSO)[number];
