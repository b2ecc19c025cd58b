import type { Traffic } from "../receipts/traffic.ts";

const LEAST = { ackedOnGreen: 100, writesAcrossSides: 20, inFlightAtChange: 10, usersWhoChangedSide: 20 } as const;

/** Why a clean result would prove nothing: too little was put to the test. Empty when enough was. */
export const vacuities = (traffic: Traffic): readonly string[] => {
  const inFlight = Math.max(0, ...traffic.inFlightAt);
  const seen = [
    { what: "acknowledged writes on green", value: traffic.ackedOnGreen, least: LEAST.ackedOnGreen },
    { what: "writes to rows born on the other side", value: traffic.writesAcrossSides, least: LEAST.writesAcrossSides },
    { what: "requests in flight at a rule change", value: inFlight, least: LEAST.inFlightAtChange },
    { what: "users who changed side", value: traffic.usersWhoChangedSide, least: LEAST.usersWhoChangedSide },
  ];
  return seen
    .filter(({ value, least }) => value < least)
    .map(({ what, value, least }) => `only ${value} ${what}, at least ${least} are needed for this to prove anything`);
};
