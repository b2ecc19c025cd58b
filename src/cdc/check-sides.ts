import type { CdcFacts, DatabaseAddress } from "./facts.ts";
import type { Refusal } from "./refusal.ts";

const placeOf = ({ host, port, database }: DatabaseAddress): string => `${host}:${port}/${database}`;

/** Looked at before all else: the first thing that an apply does is to fence green. */
export const sideRefusals = ({ blue, green, addresses }: CdcFacts): readonly Refusal[] => {
  const [blueAt, greenAt] = [placeOf(addresses.blue), placeOf(addresses.green)];
  if (blue.instance !== green.instance && blueAt !== greenAt) return [];
  return [
    {
      name: "same-database",
      what: `Blue (${blueAt}) and green (${greenAt}) are one database.`,
      why: "Green is fenced until all is proven: the application, which is on blue, could write nothing.",
      remedy: "Correct the addresses of green, the administrator's too.",
    },
  ];
};
