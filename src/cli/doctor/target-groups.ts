import type { TargetGroupSettings } from "../../actuation/target-groups-port.ts";
import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { endOf, type Finding, fails, holds, unread } from "./finding.ts";

export const targetGroupArns = ({ routes }: CutoverBindings): readonly string[] => [
  ...new Set(routes.flatMap(({ blue, green }) => [blue, green])),
];

/** Each side has groups of its own, and none of them keeps its clients by itself. */
export const targetGroupFindings = (
  cutover: CutoverBindings,
  read: Result<readonly TargetGroupSettings[], OutsideFailure>,
): readonly Finding[] => [apart(cutover), stickiness(read)];

const apart = ({ routes }: CutoverBindings): Finding => {
  const blue = new Set(routes.map((route) => route.blue));
  const green = new Set(routes.map((route) => route.green));
  const both = [...blue].filter((arn) => green.has(arn));
  return both.length === 0
    ? holds("target groups", `blue ${[...blue].map(endOf).join(", ")}, green ${[...green].map(endOf).join(", ")}`)
    : fails("target groups", `${both.join(", ")} is both blue and green`, "Give each side target groups of its own.");
};

const stickiness = (read: Result<readonly TargetGroupSettings[], OutsideFailure>): Finding => {
  const what = "target groups' stickiness";
  if (!read.ok) return unread(what, read.failure, "Correct routes[].blue and routes[].green in cutover.json.");
  const sticky = read.value.filter((group) => group.sticky).map(({ targetGroupArn }) => targetGroupArn);
  return sticky.length === 0
    ? holds(what, "off: the rule alone keeps a client on its side")
    : fails(
        what,
        `on for ${sticky.map(endOf).join(", ")}: the load balancer would refuse the rule at 0 and at 100`,
        `Switch it off: ${sticky.map((arn) => `aws elbv2 modify-target-group-attributes --target-group-arn ${arn} --attributes Key=stickiness.enabled,Value=false`).join("; ")}`,
      );
};
