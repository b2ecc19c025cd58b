import type { EpochMs } from "../../../src/kernel/units.ts";
import { inOrder } from "../elbv2/describe.ts";
import { type Condition, forwardedTo, type RuleRecord } from "../elbv2/load-balancer.ts";
import { valuesOf } from "../elbv2/rule-conditions.ts";
import { readStickyCookie } from "./sticky-cookie.ts";

export interface RoutedRequest {
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly cookie: string | undefined;
}

/** Where a request goes. `stickySeconds` is set where the answer is to bind its client to the group. */
export type Route =
  | { readonly kind: "forward"; readonly targetGroupArn: string; readonly stickySeconds: number | null }
  | { readonly kind: "answer"; readonly status: number; readonly contentType: string; readonly body: string };

export type Router = (request: RoutedRequest, random: number, now: EpochMs) => Route;

interface WeightedGroup {
  readonly arn: string;
  readonly weight: number;
}

/**
 * Compiles a listener's rules: the first whose conditions all hold takes the request, the default rule the rest.
 * Rules are judged anew for every request, so a kept connection pins nobody to a group (aws.md 1, in-flight requests).
 */
export const compileRules = (rules: readonly RuleRecord[], listenerArn: string): Router => {
  const compiled = inOrder(rules, listenerArn).map((rule) => ({
    matches: rule.conditions.map(matcherOf),
    route: routeOf(rule),
  }));
  return (request, random, now) => {
    const taken = compiled.find((rule) => rule.matches.every((holds) => holds(request)));
    return taken?.route(request, random, now) ?? NO_RULE;
  };
};

const NO_RULE: Route = { kind: "answer", status: 503, contentType: "text/plain", body: "" };

const matcherOf = (condition: Condition): ((request: RoutedRequest) => boolean) => {
  const onHost = condition.Field === "host-header";
  const patterns = valuesOf(condition).map((value) => globPattern(value, onHost ? "i" : ""));
  return (request) => patterns.some((pattern) => pattern.test(onHost ? request.host : request.path));
};

/** `*` stands for any run of characters, `?` for exactly one. */
const globPattern = (glob: string, flags: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    flags,
  );

/** Authentication that stands before the routing action is passed over: in the lab every user counts as signed in. */
const routeOf = (rule: RuleRecord): Router => {
  const action = rule.actions.at(-1);
  if (action?.Type !== "forward") {
    const { StatusCode = "503", ContentType = "text/plain", MessageBody = "" } = action?.FixedResponseConfig ?? {};
    return () => ({ kind: "answer", status: Number(StatusCode), contentType: ContentType, body: MessageBody });
  }
  const groups = forwardedTo([action]);
  const { Enabled, DurationSeconds } = action.ForwardConfig?.TargetGroupStickinessConfig ?? {};
  const stickySeconds = Enabled === true ? (DurationSeconds ?? null) : null;
  return (request, random, now) => {
    // The cookie wins over the weights, a weight of 0 included, as long as the rule is sticky (aws.md 0, row 3).
    const bound = stickySeconds === null ? null : readStickyCookie(request.cookie, now);
    const held = groups.find((group) => group.arn === bound);
    return { kind: "forward", targetGroupArn: (held ?? byWeight(groups, random)).arn, stickySeconds };
  };
};

/** Weights are relative to their sum; the split is by request and by chance (aws.md 1, weights). */
const byWeight = (groups: readonly WeightedGroup[], random: number): WeightedGroup => {
  let left = random * groups.reduce((total, group) => total + group.weight, 0);
  for (const group of groups) {
    if (left < group.weight) return group;
    left -= group.weight;
  }
  throw new RangeError("a forward action whose weights are all zero was let through");
};
