import type { CutoverBindings } from "../../src/signals/bindings.ts";

/** Account and Region of a cutover's load balancer, with which its alarms agree (the bindings' own check). */
const placeOf = ({ loadBalancerArn }: CutoverBindings): string => {
  const [, partition, , region, account] = loadBalancerArn.split(":");
  return `${partition}, Region ${region}, account ${account}`;
};

/** A stack stands in one place: of a cutover elsewhere it would make alarms that are not those listed, and reach no rule. */
export const placeFaults = (cutovers: readonly CutoverBindings[]): readonly string[] => {
  const [first] = cutovers;
  if (first === undefined) return [];
  return cutovers
    .filter((cutover) => placeOf(cutover) !== placeOf(first))
    .map(
      (cutover) =>
        `policies/${cutover.name}/cutover.json is of ${placeOf(cutover)}, and policies/${first.name}/cutover.json of ${placeOf(first)}: one stack guards one account and Region; keep a checkout for each.`,
    );
};
